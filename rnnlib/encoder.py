"""Reading a padded batch in both directions, and handing over what was read."""

from typing import NamedTuple

import numpy as np

from .functional import dtanh
from .layers import Linear
from .recurrent import Recurrent, RecurrentCache


class EncoderCache(NamedTuple):
    """What `Encoder.backward` needs of its `forward`."""

    swap: tuple  # indices that reverse each row without its pads
    last: tuple  # indices of each row's last valid step
    there: RecurrentCache
    back: RecurrentCache
    summary: np.ndarray  # (B, H), both directions at their last valid steps
    bridge: np.ndarray  # (B, n·H), the decoder's initial state


class Encoder:
    r"""Two recurrent layers, one for each direction, and a bridge to the decoder.  Chapter 18.

    .. math:: s_0 = \tanh([\overrightarrow{h}_{last}; \overleftarrow{h}_{first}] W_{hy} + b_y)

    Parameters
    ----------
    make_cell : callable
        Returns a cell: RNNCell, GRUCell or LSTMCell.
    input_size, hidden_size : int
        D and H; each direction has half of H; of an odd one, the first has one more.
    rng : numpy.random.Generator
    dtype : float32 or float64

    Attributes
    ----------
    params : dict
        `forward.…` and `backward.…` as of `Recurrent`, `bridge.…` as of `Linear`.

    References
    ----------
    M. Schuster and K. Paliwal, "Bidirectional recurrent neural networks", IEEE Transactions on
    Signal Processing 45 (1997); for the bridge D. Bahdanau et al., ICLR 2015, appendix A.2.
    """

    def __init__(self, make_cell, input_size, hidden_size, rng, dtype=np.float32):
        self.there, self.back = (
            Recurrent(make_cell(), input_size, size, rng, dtype)
            for size in (hidden_size - hidden_size // 2, hidden_size // 2)
        )
        self.parts = len(make_cell.state_names)
        self.bridge = Linear(hidden_size, self.parts * hidden_size, rng, dtype)
        self.params = self._flat(self.there.params, self.back.params, self.bridge.params)

    def forward(self, xs, lengths):
        """Read.

        Parameters
        ----------
        xs : ndarray (S, B, D)
            Short rows are filled up at their ends; with what, changes nothing that is valid.
        lengths : ndarray (B,) of int

        Returns
        -------
        memory : ndarray (S, B, H)
            What each direction knows at each step; meaningless on pads.
        state : tuple of ndarray (B, H)
            Where the decoder starts, one array for each part of the cell's state.
        cache : EncoderCache

        Raises
        ------
        ValueError
            Lengths that are not B numbers from 1 to S.
        """
        (S, B), lengths = xs.shape[:2], np.asarray(lengths)
        if lengths.shape != (B,) or lengths.min() < 1 or lengths.max() > S:
            raise ValueError(f"lengths must be {B} numbers from 1 to {S}, got {lengths}.")
        # The second direction meets the symbols of each row in reverse order, and the pads last
        # as the first one does: nothing that counts comes after a pad.
        steps, rows = np.arange(S)[:, None], np.arange(B)
        swap = np.where(steps < lengths, lengths - 1 - steps, steps), rows  # its own inverse
        last = lengths - 1, rows
        there, _, there_cache = self.there.forward(xs)
        back, _, back_cache = self.back.forward(xs[swap])
        summary = np.concatenate([there[last], back[last]], axis=1)
        bridge = np.tanh(self.bridge.forward(summary)[0])
        memory = np.concatenate([there, back[swap]], axis=2)
        state = tuple(np.split(bridge, self.parts, axis=1))
        return memory, state, EncoderCache(swap, last, there_cache, back_cache, summary, bridge)

    def backward(self, dmemory, dstate, cache):
        """Return (dxs, grads); dmemory is None if only the state was used."""
        swap, last, there_cache, back_cache, summary, bridge = cache
        dbridge = np.concatenate(dstate, axis=1) * dtanh(bridge)
        dsummary, bridge_grads = self.bridge.backward(dbridge, summary)
        if dmemory is None:
            S, B = swap[0].shape
            dmemory = np.zeros((S, B, dsummary.shape[1]), dsummary.dtype)
        half = self.there.hidden_size
        dthere, dback = dmemory[:, :, :half].copy(), dmemory[:, :, half:][swap]
        dthere[last] += dsummary[:, :half]
        dback[last] += dsummary[:, half:]
        dxs, _, there_grads = self.there.backward(dthere, there_cache)
        dxs_too, _, back_grads = self.back.backward(dback, back_cache)
        return dxs + dxs_too[swap], self._flat(there_grads, back_grads, bridge_grads)

    @staticmethod
    def _flat(there, back, bridge):
        parts = {"forward": there, "backward": back, "bridge": bridge}
        return {f"{part}.{k}": a for part, arrays in parts.items() for k, a in arrays.items()}
