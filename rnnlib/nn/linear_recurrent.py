"""A linear cell unrolled over time: all products first, then one element-wise line per step."""

from typing import Any, NamedTuple

import numpy as np

from .cells import LinearCell
from .recurrent import Recurrent
from .scan import linear_recurrence, linear_recurrence_backward


class LinearRecurrentCache(NamedTuple):
    """The intermediate results of `LinearRecurrent.forward` that `backward` needs."""

    xs: np.ndarray  # (T, B, D), or ids (T, B)
    state: tuple  # of ndarray (B, H), the initial state
    a: np.ndarray  # (T, B, H)
    memory: np.ndarray  # (T, B, H), the states
    hs: np.ndarray  # (T, B, H), what is shown of them
    coefficients: Any  # the cell's cache
    read: Any  # the cell's cache
    mask: np.ndarray | None = None  # (T, B, 1) of bool


class LinearRecurrent(Recurrent):
    """A recurrent layer whose cell is linear in its state: no W_hh, and no product in the loop.

    Everything but h = a ⊙ h + b is computed for all time steps at once.  `parallel_scan` would
    take that line out of the loop too; on a few processors the loop is faster.  Chapter 23.

    Parameters
    ----------
    cell : LinearCell
    input_size, hidden_size, rng, dtype
        As in `Recurrent`.

    Attributes
    ----------
    params : dict
        W_xh (D, G·H), b_h (G·H) and the cell's `extra_params`.
    """

    unrolls, example = LinearCell, "MinGRUCell"

    def forward(self, xs, state=None, mask=None):
        """Run over a whole sequence; arguments and results are those of `Recurrent.forward`."""
        xs, state, mask = self._prepared(xs, state, mask)
        a_x = self._input_products(xs)  # (G, T, B, H)
        (a, b), to_coefficients = self.cell.coefficients(a_x, self.params)
        if mask is not None:
            a, b = np.where(mask, a, 1), np.where(mask, b, 0)  # the state does not change
        memory = linear_recurrence(a, b, state[-1])
        hs, to_read = self.cell.read(memory, a_x)
        if mask is not None:
            hs = linear_recurrence(*_hold(mask, hs), state[0])  # nor what is shown
        last = (hs[-1].copy(), memory[-1].copy())  # or the next call would keep all steps alive
        cache = (xs, state, a, memory, hs, to_coefficients, to_read, mask)
        return hs, last[-len(state) :], LinearRecurrentCache(*cache)

    def backward(self, dhs, cache, dstate=None):
        """Back-propagate through time; arguments and results are those of `Recurrent.backward`."""
        xs, start, a, memory, hs, to_coefficients, to_read, mask = cache
        dh, dc = _in_two(self.initial_state(hs.shape[1]) if dstate is None else dstate)
        if mask is None:
            dhs, dh = np.concatenate([dhs[:-1], dhs[-1:] + dh]), np.zeros_like(dh)
        else:
            keep, _ = _hold(mask, hs)
            _, dhs, dh = linear_recurrence_backward(dhs, keep, hs, start[0], dh)
            dhs = dhs * mask
        dmemory, of_read = self.cell.read_backward(dhs, to_read)
        da, db, dc = linear_recurrence_backward(dmemory, a, memory, start[-1], dc)
        if mask is not None:
            da, db = da * mask, db * mask
        of_coefficients, extra = self.cell.coefficients_backward(da, db, to_coefficients)
        da_x = np.concatenate([*of_coefficients, *of_read], axis=-1)  # (T, B, G·H)
        dxs, grads = self._input_gradients(da_x.reshape(-1, da_x.shape[-1]), xs)
        dstate = (dh, dc) if len(start) == 2 else (dh + dc,)
        return dxs, dstate, grads | extra

    def _input_products(self, xs):
        """Return x @ W_xh + b_h of all steps, (G, T, B, H)."""
        W_xh, b_h = self.params["W_xh"], self.params["b_h"]
        T, B = xs.shape[:2]
        a_x = W_xh[xs] if xs.ndim == 2 else (xs.reshape(T * B, -1) @ W_xh).reshape(T, B, -1)
        a_x += b_h
        return np.moveaxis(a_x.reshape(T, B, self.cell.gates, -1), 2, 0)


def _hold(mask, hs):
    """Return the recurrence that shows on, where the mask is 0, what was shown last."""
    return np.broadcast_to(~mask, hs.shape), np.where(mask, hs, 0)


def _in_two(dstate):
    """Return the gradients of what was shown and of the state, also if the state is shown as is."""
    return dstate if len(dstate) == 2 else (np.zeros_like(dstate[0]), dstate[0])
