"""The encoder: a source read in both directions, and summed up for the decoder."""

from typing import NamedTuple

import numpy as np

from ..errors import at_least_one, require, require_type
from ..functional import dtanh
from ..nn.cells import Cell, LinearCell
from ..nn.layers import Linear, named
from ..nn.stacking import Bidirectional
from ..text.pair_batches import valid_mask


class EncoderCache(NamedTuple):
    """The intermediate results of `Encoder.forward` that `backward` needs."""

    shape: tuple  # (S, B, H)
    reading: list  # the cache of `Bidirectional`
    summary: np.ndarray  # (B, H), both directions after their last symbols
    bridge: np.ndarray  # (B, n·H), the decoder's initial state


class Encoder:
    r"""A bidirectional layer, and a bridge from its last states to the decoder.  Chapter 19.

    .. math:: s_0 = \tanh([\overrightarrow{h}_{last}; \overleftarrow{h}_{first}] W_{hy} + b_y)

    Parameters
    ----------
    make_cell : callable
        The class of a cell, such as GRUCell.
    input_size, hidden_size : int
        D and H; each direction has half of H; if H is odd, the first has one more.
    rng : numpy.random.Generator
    dtype : float32 or float64

    Attributes
    ----------
    params : dict
        `forward.…` and `backward.…` as of `Recurrent`, `bridge.…` as of `Linear`.

    References
    ----------
    D. Bahdanau, K. Cho and Y. Bengio, "Neural machine translation by jointly learning to align and
    translate", ICLR 2015, appendix A.2.
    """

    def __init__(self, make_cell, input_size, hidden_size, rng, dtype=np.float32):
        require_type(
            isinstance(make_cell, type) and issubclass(make_cell, Cell | LinearCell),
            f"make_cell must be a class such as rl.GRUCell, got {make_cell!r:.60}.",
        )
        at_least_one(hidden_size=hidden_size)
        require(hidden_size > 1, "hidden_size must be at least 2: each direction takes a half.")
        self.reader = Bidirectional(
            *(
                make_cell().layer(input_size, size, rng, dtype)
                for size in (hidden_size - hidden_size // 2, hidden_size // 2)
            )
        )
        self.parts = len(make_cell.state_names)
        self.bridge = Linear(hidden_size, self.parts * hidden_size, rng, dtype)
        self.params = self.reader.params | named({"bridge": self.bridge.params})

    def __repr__(self):
        return f"Encoder({self.reader!r})"

    def forward(self, xs, lengths):
        """Read the sources.

        Parameters
        ----------
        xs : ndarray (S, B, D)
            Short rows are padded at their ends; nothing that is valid depends on the padding.
        lengths : ndarray (B,) of int

        Returns
        -------
        memory : ndarray (S, B, H)
            Both directions' states at each step; meaningless on padding.
        state : tuple of ndarray (B, H)
            Where the decoder starts, one array for each part of the cell's state.
        cache : EncoderCache

        Raises
        ------
        ValueError
            Lengths that are not B numbers from 1 to S.
        """
        (S, B), lengths = xs.shape[:2], np.asarray(lengths)
        require(
            lengths.shape == (B,) and lengths.min() >= 1 and lengths.max() <= S,
            lambda: f"lengths must be {B} numbers from 1 to {S}, got {lengths}.",
        )
        memory, last, reading = self.reader.forward(xs, mask=valid_mask(lengths, S))
        summary = np.concatenate([h for h, *_ in last], axis=1)
        bridge = np.tanh(self.bridge.forward(summary)[0])
        state = tuple(np.split(bridge, self.parts, axis=1))
        return memory, state, EncoderCache(memory.shape, reading, summary, bridge)

    def backward(self, dmemory, dstate, cache):
        """Return (dxs, grads); dmemory is None if only the state was used."""
        shape, reading, summary, bridge = cache
        dbridge = np.concatenate(dstate, axis=1) * dtanh(bridge)
        dsummary, bridge_grads = self.bridge.backward(dbridge, summary)
        if dmemory is None:
            dmemory = np.zeros(shape, dsummary.dtype)
        dlast = self.reader.initial_state(shape[1])  # zeros, except for h
        halves = np.split(dsummary, [self.reader.layers["forward"].hidden_size], axis=1)
        for (dh, *_), part in zip(dlast, halves, strict=True):
            dh += part
        dxs, _, reader_grads = self.reader.backward(dmemory, reading, dlast)
        return dxs, reader_grads | named({"bridge": bridge_grads})
