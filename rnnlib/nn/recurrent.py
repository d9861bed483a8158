"""A cell unrolled over time, and the way back through it: the same code for every cell."""

from typing import NamedTuple

import numpy as np

from ..errors import (
    at_least_one,
    require,
    require_float_dtype,
    require_generator,
    require_mask,
    require_type,
)
from ..functional import by_gate, sum_rows
from ..initializers import uniform
from .cells import Cell


class RecurrentCache(NamedTuple):
    """The intermediate results of `Recurrent.forward` that `backward` needs."""

    xs: np.ndarray  # (T, B, D), or ids (T, B)
    hs: np.ndarray  # (T+1, B, H), hs[0] the initial state
    steps: list  # the cell's cache of each time step
    mask: np.ndarray | None = None  # (T, B, 1) of bool


class Recurrent:
    """A recurrent layer: holds the weights, unrolls a cell, back-propagates through time.

    A cell is only the arithmetic after the two products x @ W_xh and h @ W_hh, each of which it
    receives as one matrix per gate, so this class serves every cell.  The input product of all
    time steps is one product before the loop, and each weight gradient one after it.  Chapters
    4, 6 and 21.

    Parameters
    ----------
    cell : Cell
    input_size, hidden_size : int
        D and H
    rng : numpy.random.Generator
        Weights start in U(-1/sqrt(H), 1/sqrt(H)), as in PyTorch; biases at the cell's
        `bias_start`.
    dtype : float32 or float64

    Attributes
    ----------
    params : dict
        W_xh (D, G·H), W_hh (H, G·H), b_h (G·H) and the cell's `extra_params`.
    """

    unrolls, example = Cell, "RNNCell"

    def __init__(self, cell, input_size, hidden_size, rng, dtype=np.float32):
        self._check_cell(cell)
        at_least_one(input_size=input_size, hidden_size=hidden_size)
        require_generator(rng)
        dtype = require_float_dtype(dtype)
        self.cell = cell
        self.input_size, self.hidden_size = input_size, hidden_size
        limit, columns = 1 / np.sqrt(hidden_size), cell.gates * hidden_size
        rows = {"W_xh": input_size, "W_hh": hidden_size}
        self.params = {
            **{W: uniform(rng, (rows[W], columns), limit, dtype) for W in cell.matrices},
            "b_h": np.repeat(cell.bias_start, hidden_size).astype(dtype),
            **cell.extra_params(hidden_size, dtype),
        }

    def __repr__(self):
        cell, sizes = type(self.cell).__name__, f"{self.input_size} → {self.hidden_size}"
        return f"{type(self).__name__}({cell}, {sizes})"

    def initial_state(self, batch_size):
        """Return zeros (B, H), one array for each of the cell's state names."""
        shape, dtype = (batch_size, self.hidden_size), self.params["W_xh"].dtype
        return tuple(np.zeros(shape, dtype) for _ in self.cell.state_names)

    def forward(self, xs, state=None, mask=None):
        """Run over a whole sequence.

        Parameters
        ----------
        xs : ndarray (T, B, D), or (T, B) of int
            Ids are read as one-hot vectors: the product is a row lookup.
        state : tuple of ndarray (B, H), optional
            The initial state; zeros by default.
        mask : ndarray (T, B), optional
            0 where a sequence has no symbol: its state does not change there, so that the last
            state is the one after the last symbol, and nothing depends on `xs`, which may be nan.

        Returns
        -------
        hs : ndarray (T, B, H)
        state : tuple of ndarray (B, H)
            After the last step.
        cache : RecurrentCache

        Raises
        ------
        ValueError
            Shapes that do not match.
        """
        xs, state, mask = self._prepared(xs, state, mask)
        (T, B), W_hh = xs.shape[:2], self.params["W_hh"]
        hs = np.empty((T + 1, B, self.hidden_size), W_hh.dtype)
        hs[0] = state[0]
        steps = []
        for t, a_x in enumerate(self._input_products(xs)):  # (G, B, H)
            a_h = by_gate(state[0] @ W_hh, self.cell.gates)  # (G, B, H)
            self.cell.add_bias(a_h, self.params)
            before = state
            state, step = self.cell.forward(a_x, a_h, before)
            if mask is not None:
                pairs = zip(state, before, strict=True)
                state = tuple(np.where(mask[t], new, old) for new, old in pairs)
            hs[t + 1] = state[0]
            steps.append(step)
        return hs[1:], state, RecurrentCache(xs, hs, steps, mask)

    def backward(self, dhs, cache, dstate=None):
        """Back-propagate through time.

        Parameters
        ----------
        dhs : ndarray (T, B, H)
            Gradient of the loss with respect to each hidden state, as used *at its own step*.
        cache : RecurrentCache
        dstate : tuple of ndarray (B, H), optional
            Gradient with respect to the final state, if something used it.

        Returns
        -------
        dxs : ndarray (T, B, D), or None for ids
        dstate : tuple of ndarray (B, H)
            Gradient with respect to the initial state.
        grads : dict
        """
        mask, W_hh = cache.mask, self.params["W_hh"]
        T, B, _ = dhs.shape
        da_x = np.empty((T, B, W_hh.shape[1]), W_hh.dtype)  # (T, B, G·H)
        da_h = da_x if self.cell.additive else np.empty_like(da_x)
        if dstate is None:
            dstate = self.initial_state(B)
        W_hh_T = np.ascontiguousarray(W_hh.T)
        for t in reversed(range(T)):
            dh, *rest = dstate
            # h_t is used twice: by its own step's output and by the next step
            dstate = (dhs[t] + dh, *rest)
            if mask is not None:
                unchanged = [d * ~mask[t] for d in dstate]  # goes around the step
                dstate = tuple(d * mask[t] for d in dstate)
            to_x, to_h, dstate = self.cell.backward(dstate, cache.steps[t])
            np.concatenate(to_x, axis=1, out=da_x[t])
            if da_h is not da_x:
                np.concatenate(to_h, axis=1, out=da_h[t])
            direct, *rest = dstate
            dstate = (da_h[t] @ W_hh_T + direct, *rest)
            if mask is not None:
                dstate = tuple(d + u for d, u in zip(dstate, unchanged, strict=True))
        dxs, grads = self._weight_gradients(da_x.reshape(T * B, -1), da_h.reshape(T * B, -1), cache)
        return dxs, dstate, grads

    def _weight_gradients(self, da_x, da_h, cache):
        """Return (dxs, grads): one product for each matrix, over all T·B steps."""
        past = cache.hs[:-1].reshape(-1, self.hidden_size)
        dxs, grads = self._input_gradients(da_x, cache.xs)
        grads |= {"W_hh": past.T @ da_h} | self.cell.extra_grads(by_gate(da_h, self.cell.gates))
        return dxs, grads

    def _input_gradients(self, da_x, xs):
        """Return (dxs, grads) of the input product, given its gradient (T·B, G·H)."""
        grads = {"b_h": da_x.sum(axis=0)}
        if xs.ndim == 2:
            return None, grads | {"W_xh": sum_rows(xs.ravel(), da_x, self.input_size)}
        grads["W_xh"] = xs.reshape(len(da_x), -1).T @ da_x
        return (da_x @ self.params["W_xh"].T).reshape(xs.shape), grads

    def _input_products(self, xs):
        """Yield x @ W_xh + b_h of each step, (G, B, H)."""
        W_xh, b_h, G = self.params["W_xh"], self.params["b_h"], self.cell.gates
        if xs.ndim == 3:
            T, B, D = xs.shape
            for a_x in (xs.reshape(T * B, D) @ W_xh + b_h).reshape(T, B, -1):
                yield by_gate(a_x, G)
        elif xs.size < self.input_size:  # few ids of many: leave the other rows alone
            for ids in xs:
                yield np.ascontiguousarray(by_gate(W_xh[ids] + b_h, G))
        else:
            W = np.ascontiguousarray(by_gate(W_xh + b_h, G))
            for ids in xs:  # one at a time, so that not all T steps are in memory
                yield W.take(ids.astype(np.intp, copy=False), axis=1)  # in a browser, 32 bits

    def _prepared(self, xs, state, mask):
        """Check what `forward` is given; return the input, a state, and the mask as a column."""
        self._check_input(xs)
        T, B = xs.shape[:2]
        if state is None:
            state = self.initial_state(B)
        self._check_state(state, B)
        mask = _column(mask, (T, B))
        if mask is not None and xs.ndim == 3:
            xs = np.where(mask, xs, 0)  # 0 · nan would be nan in the gradient of W_xh
        return xs, state, mask

    def _check_cell(self, cell):
        kind = self.unrolls.__name__
        require_type(
            isinstance(cell, self.unrolls),
            f"cell must be an instance of a rl.{kind} such as rl.{self.example}(), got "
            f"{cell!r:.60}.  A cell builds its own layer: cell.layer(input_size, …).",
        )

    def _check_input(self, xs):
        require_type(
            isinstance(xs, np.ndarray), lambda: f"xs must be an array, got {type(xs).__name__}."
        )
        ids = np.issubdtype(xs.dtype, np.integer)
        require(
            xs.ndim == (2 if ids else 3) and 0 not in xs.shape,
            lambda: (
                f"xs has shape {xs.shape} and type {xs.dtype}; expected floats "
                f"(T, B, {self.input_size}) or integer ids (T, B), time first."
            ),
        )
        if ids:
            lowest, highest = xs.min(), xs.max()
            require(
                lowest >= 0 and highest < self.input_size,
                lambda: f"ids run from {lowest} to {highest}; expected 0 … {self.input_size - 1}.",
            )
        else:
            require(
                xs.shape[2] == self.input_size,
                lambda: f"xs has {xs.shape[2]} features; expected {self.input_size}.",
            )

    def _check_state(self, state, B):
        names, expected = self.cell.state_names, (B, self.hidden_size)
        require_type(
            isinstance(state, tuple),
            lambda: f"state must be a tuple ({', '.join(names)}), got {type(state).__name__}.",
        )
        shapes = [np.shape(s) for s in state]
        require(
            shapes == [expected] * len(names),
            lambda: (
                f"state ({', '.join(names)}) has shapes {shapes}; "
                f"expected {[expected] * len(names)} for a batch of {B}."
            ),
        )


def _column(mask, shape):
    """Return the mask as booleans (T, B, 1), which are the same for every unit."""
    if mask is None:
        return None
    require(
        np.shape(mask) == shape,
        lambda: f"mask {np.shape(mask)} must have the shape (T, B) of the input, {shape}.",
    )
    return require_mask(mask).astype(bool)[..., None]
