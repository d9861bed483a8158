"""Recurrent layers combined: on top of each other, or one in each direction."""

from itertools import pairwise

import numpy as np

from ..errors import require, require_type
from .layers import Dropout, named
from .recurrent import Recurrent


class Bidirectional:
    """Two recurrent layers: one reads from left to right, the other from right to left.

    Chapter 18.

    Parameters
    ----------
    forward_layer, backward_layer : Recurrent
        Of the same input_size.

    Attributes
    ----------
    params : dict
        `forward.W_xh`, …, `backward.W_xh`, …

    Notes
    -----
    The second layer walks through time backwards.  Where the mask is 0 its state does not
    change, so it meets the last symbol of every sequence in its initial state, whatever the
    padding.

    References
    ----------
    M. Schuster and K. Paliwal, "Bidirectional recurrent neural networks", IEEE Transactions on
    Signal Processing 45 (1997).
    """

    def __init__(self, forward_layer, backward_layer):
        for layer in (forward_layer, backward_layer):
            require_type(
                isinstance(layer, Recurrent), f"expected a Recurrent layer, got {layer!r:.60}."
            )
        sizes = forward_layer.input_size, backward_layer.input_size
        require(sizes[0] == sizes[1], f"Both layers must have the same input_size, got {sizes}.")
        self.layers = {"forward": forward_layer, "backward": backward_layer}
        self.input_size = sizes[0]
        self.hidden_size = sum(layer.hidden_size for layer in self.layers.values())
        self.params = named({way: layer.params for way, layer in self.layers.items()})

    def __repr__(self):
        return "Bidirectional({!r}, {!r})".format(*self.layers.values())

    def initial_state(self, batch_size):
        """Return the initial states of both layers, the forward layer's first."""
        return tuple(layer.initial_state(batch_size) for layer in self.layers.values())

    def forward(self, xs, state=None, mask=None):
        """Read a whole sequence in both directions.

        Parameters
        ----------
        xs : ndarray (T, B, D), or (T, B) of int
        state : tuple, optional
            One state tuple for each direction.
        mask : ndarray (T, B), optional
            0 where a sequence has no symbol.

        Returns
        -------
        hs : ndarray (T, B, 2H)
            The forward layer's states, then the backward layer's; after the end of a sequence
            the former stays at its last state, the latter at its first.
        state : tuple
            After the last symbol of each sequence, and after the first.
        cache : list of RecurrentCache
        """
        right, left = self.layers.values()
        right_state, left_state = (None, None) if state is None else state
        flipped = None if mask is None else np.asarray(mask)[::-1]
        hs, right_state, right_cache = right.forward(xs, right_state, mask)
        back, left_state, left_cache = left.forward(xs[::-1], left_state, flipped)
        hs = np.concatenate([hs, back[::-1]], axis=2)  # (T, B, 2H)
        return hs, (right_state, left_state), [right_cache, left_cache]

    def backward(self, dhs, cache, dstate=None):
        """Return (dxs, dstate, grads) as `Recurrent.backward` does."""
        right, left = self.layers.values()
        dright, dleft = (None, None) if dstate is None else dstate
        H = right.hidden_size
        dxs, dright, right_grads = right.backward(dhs[..., :H], cache[0], dright)
        dback, dleft, left_grads = left.backward(dhs[::-1, :, H:], cache[1], dleft)
        if dxs is not None:
            dxs = dxs + dback[::-1]
        return dxs, (dright, dleft), named({"forward": right_grads, "backward": left_grads})


class Stacked:
    """Recurrent layers on top of each other, with dropout between them.

    Parameters
    ----------
    layers : list of Recurrent or Bidirectional
    dropout : float
        Rate between one layer and the next, never along time.
    rng : numpy.random.Generator, optional
        Needed if dropout > 0.
    variational : bool
        Drop the same units at all steps, see `Dropout`.

    References
    ----------
    W. Zaremba, I. Sutskever and O. Vinyals, "Recurrent neural network regularization", 2014.
    """

    def __init__(self, layers, dropout=0.0, rng=None, variational=False):
        self.layers = _checked(layers)
        self.dropout = Dropout(dropout, rng, variational)
        self.params = named({f"layer{i}": layer.params for i, layer in enumerate(self.layers)})

    def __repr__(self):
        return f"Stacked({self.layers!r}, {self.dropout!r})"

    def initial_state(self, batch_size):
        """Return a tuple with the initial state of each layer."""
        return tuple(layer.initial_state(batch_size) for layer in self.layers)

    def forward(self, xs, state=None, train=False, mask=None):
        """Run all layers.

        Parameters
        ----------
        xs : ndarray (T, B, D), or (T, B) of int
        state : tuple, optional
            One state tuple for each layer.
        train : bool
            Whether dropout acts.
        mask : ndarray (T, B), optional
            0 where a sequence has no symbol and its states do not change.

        Returns
        -------
        hs : ndarray (T, B, H)
            Of the top layer; 2H if it is bidirectional.
        state : tuple
        cache : list
            Pairs of what dropout kept, and a layer's cache.
        """
        if state is None:
            state = (None,) * len(self.layers)
        require_type(
            isinstance(state, tuple), lambda: f"state must be a tuple, got {type(state).__name__}."
        )
        require(
            len(state) == len(self.layers),
            lambda: f"state has {len(state)} parts; expected {len(self.layers)} layers.",
        )
        last, caches = [], []
        for i, layer in enumerate(self.layers):
            kept = None
            if i > 0:
                xs, kept = self.dropout.forward(xs, train)
            xs, final, cache = layer.forward(xs, state[i], mask)
            last.append(final)
            caches.append((kept, cache))
        return xs, tuple(last), caches

    def backward(self, dhs, cache, dstate=None):
        """Return (dxs, dstate, grads) as `Recurrent.backward` does."""
        if dstate is None:
            dstate = (None,) * len(self.layers)
        grads, first = {}, []
        for i in reversed(range(len(self.layers))):
            kept, layer_cache = cache[i]
            dhs, dinitial, layer_grads = self.layers[i].backward(dhs, layer_cache, dstate[i])
            first.insert(0, dinitial)
            grads.update({f"layer{i}.{name}": g for name, g in layer_grads.items()})
            if i > 0:
                dhs, _ = self.dropout.backward(dhs, kept)
        return dhs, tuple(first), grads


def _checked(layers):
    """Return the layers as a list in which each reads what the one below it writes."""
    require_type(
        isinstance(layers, list | tuple), f"layers must be a list of layers, got {layers!r:.60}."
    )
    require(len(layers) > 0, "layers is empty: there is nothing to stack.")
    for layer in layers:
        require_type(
            isinstance(layer, Recurrent | Bidirectional),
            f"layers must be Recurrent or Bidirectional, got {layer!r:.60}.",
        )
    for below, above in pairwise(layers):
        require(
            below.hidden_size == above.input_size,
            f"{above!r} cannot read the {below.hidden_size} features of {below!r} below it.",
        )
    return list(layers)
