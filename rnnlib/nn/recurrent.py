"""Unrolling a cell over time and sending the gradient back: the same code for every cell."""

from typing import NamedTuple

import numpy as np

from ..functional import by_gate, sum_rows
from ..initializers import uniform


class RecurrentCache(NamedTuple):
    """What `Recurrent.backward` needs of its `forward`."""

    xs: np.ndarray  # (T, B, D), or ids (T, B)
    hs: np.ndarray  # (T+1, B, H), hs[0] the initial state
    steps: list  # the cell's cache of each time step
    mask: np.ndarray | None = None  # (T, B, 1) of bool


class Recurrent:
    """A recurrent layer: holds the weights, unrolls a cell, back-propagates through time.

    A cell is only the arithmetic between the two products x @ W_xh and h @ W_hh, and gets each as
    one matrix for each of its gates; so this class serves every cell.  The input product of all
    time steps is one product before the loop, and each weight gradient one after it.  Chapters 4
    and 6.

    Parameters
    ----------
    cell : RNNCell or another cell
        An object with `gates`, `state_names`, `biased_gate`, `bias_start`, `forward` and
        `backward`.
    input_size, hidden_size : int
        D and H
    rng : numpy.random.Generator
        Weights start in U(-1/sqrt(H), 1/sqrt(H)), as in PyTorch; biases at the cell's
        `bias_start`.
    dtype : float32 or float64

    Attributes
    ----------
    params : dict
        W_xh (D, G·H), W_hh (H, G·H), b_h (G·H) and, if the cell has a `biased_gate`, b_hn (H).
    """

    def __init__(self, cell, input_size, hidden_size, rng, dtype=np.float32):
        self.cell = cell
        self.input_size, self.hidden_size = input_size, hidden_size
        limit, columns = 1 / np.sqrt(hidden_size), cell.gates * hidden_size
        self.params = {
            "W_xh": uniform(rng, (input_size, columns), limit, dtype),
            "W_hh": uniform(rng, (hidden_size, columns), limit, dtype),
            "b_h": np.repeat(cell.bias_start, hidden_size).astype(dtype),
        }
        if cell.biased_gate is not None:
            self.params["b_hn"] = np.zeros(hidden_size, dtype)

    def initial_state(self, batch_size):
        """Return zeros (B, H), one array for each of the cell's state names."""
        shape, dtype = (batch_size, self.hidden_size), self.params["W_hh"].dtype
        return tuple(np.zeros(shape, dtype) for _ in self.cell.state_names)

    def forward(self, xs, state=None, mask=None):
        """Run over a whole sequence.

        Parameters
        ----------
        xs : ndarray (T, B, D), or (T, B) of int
            Ids stand for one-hot vectors: the product is a row lookup.
        state : tuple of ndarray (B, H), optional
            Where to start; zeros by default.
        mask : ndarray (T, B), optional
            Where it is 0 the sequence has no symbol and its state stands still, so that the last
            state is the one after the last symbol, however long the sequence.

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
        self._check_input(xs)
        T, B = xs.shape[:2]
        if state is None:
            state = self.initial_state(B)
        self._check_state(state, B)
        mask = _column(mask, (T, B))

        W_hh, bias = self.params["W_hh"], self.params.get("b_hn")
        hs = np.empty((T + 1, B, self.hidden_size), W_hh.dtype)
        hs[0] = state[0]
        steps = []
        for t, a_x in enumerate(self._input_products(xs)):  # (G, B, H)
            a_h = by_gate(state[0] @ W_hh, self.cell.gates)  # (G, B, H)
            if bias is not None:
                a_h[self.cell.biased_gate] += bias
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
        xs, hs, steps, mask = cache
        T, B, H = dhs.shape
        W_hh = self.params["W_hh"]
        da_x = np.empty((T, B, self.cell.gates * H), W_hh.dtype)
        da_h = da_x if self.cell.biased_gate is None else np.empty_like(da_x)
        if dstate is None:
            dstate = self.initial_state(B)
        W_hh_T = np.ascontiguousarray(W_hh.T)
        for t in reversed(range(T)):
            dh, *rest = dstate
            # h_t is used twice: by its own step's output and by the next step
            dstate = (dhs[t] + dh, *rest)
            if mask is not None:
                still = [d * ~mask[t] for d in dstate]  # goes around the step
                dstate = tuple(d * mask[t] for d in dstate)
            to_x, to_h, dstate = self.cell.backward(dstate, steps[t])
            np.concatenate(to_x, axis=1, out=da_x[t])
            if da_h is not da_x:
                np.concatenate(to_h, axis=1, out=da_h[t])
            direct, *rest = dstate
            dstate = (da_h[t] @ W_hh_T + direct, *rest)
            if mask is not None:
                dstate = tuple(d + s for d, s in zip(dstate, still, strict=True))

        flat_x, flat_h = da_x.reshape(T * B, -1), da_h.reshape(T * B, -1)
        grads = {"W_hh": hs[:-1].reshape(T * B, H).T @ flat_h, "b_h": flat_x.sum(axis=0)}
        if self.cell.biased_gate is not None:
            grads["b_hn"] = by_gate(flat_h, self.cell.gates)[self.cell.biased_gate].sum(axis=0)
        if xs.ndim == 2:
            grads["W_xh"] = sum_rows(xs.ravel(), flat_x, self.input_size)
            dxs = None
        else:
            grads["W_xh"] = xs.reshape(T * B, -1).T @ flat_x
            dxs = (flat_x @ self.params["W_xh"].T).reshape(xs.shape)
        return dxs, dstate, grads

    def _input_products(self, xs):
        """Yield x @ W_xh + b_h of each step, (G, B, H)."""
        W_xh, b_h, G = self.params["W_xh"], self.params["b_h"], self.cell.gates
        if xs.ndim == 2:
            W = np.ascontiguousarray(by_gate(W_xh + b_h, G))
            for ids in xs:  # when they are needed, and not all T steps in memory
                yield W.take(ids, axis=1)
        else:
            T, B, D = xs.shape
            for a_x in (xs.reshape(T * B, D) @ W_xh + b_h).reshape(T, B, -1):
                yield by_gate(a_x, G)

    def _check_input(self, xs):
        ids = np.issubdtype(xs.dtype, np.integer)
        if xs.ndim != (2 if ids else 3) or 0 in xs.shape:
            raise ValueError(
                f"xs has shape {xs.shape} and type {xs.dtype}; expected floats "
                f"(T, B, {self.input_size}) or integer ids (T, B), time first."
            )
        if ids and (xs.min() < 0 or xs.max() >= self.input_size):
            raise ValueError(
                f"ids run from {xs.min()} to {xs.max()}; expected 0 … {self.input_size - 1}."
            )
        if not ids and xs.shape[2] != self.input_size:
            raise ValueError(f"xs has {xs.shape[2]} features; expected {self.input_size}.")

    def _check_state(self, state, B):
        shapes = [np.shape(s) for s in state]
        expected = [(B, self.hidden_size)] * len(self.cell.state_names)
        if shapes != expected:
            raise ValueError(
                f"state ({', '.join(self.cell.state_names)}) has shapes {shapes}; "
                f"expected {expected} for a batch of {B}."
            )


def _column(mask, shape):
    """Return the mask as booleans (T, B, 1), which are the same for every unit."""
    if mask is None:
        return None
    if np.shape(mask) != shape:
        raise ValueError(f"mask {np.shape(mask)} must have the shape (T, B) of the input, {shape}.")
    return np.asarray(mask, dtype=bool)[..., None]
