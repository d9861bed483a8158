"""Self-attention: every symbol takes a weighted mean of what it and all symbols before it offer."""

import math
from typing import NamedTuple

import numpy as np

from ..errors import at_least_one, require, require_float_dtype, require_generator, require_type
from ..functional import dsoftmax, softmax
from ..initializers import uniform


class SelfAttentionCache(NamedTuple):
    """The intermediate results of self-attention; `weights[b, j]` is the picture of head j."""

    xs: np.ndarray  # (T, B, H)
    queries: np.ndarray  # (B, T, H), the batch first; the heads lie side by side in H
    keys: np.ndarray  # (B, S, H), those of the state first
    values: np.ndarray  # (B, S, H)
    weights: np.ndarray  # (B, n, T, S), sum to 1 over S, 0 on symbols that come later
    means: np.ndarray  # (T, B, H)


class SelfAttention:
    r"""Causal multi-head scaled dot-product attention.  Chapter 23.

    .. math::
        [q_t, k_t, v_t] &= x_t W_{qkv} + b_{qkv} \\
        \alpha_t &= \operatorname{softmax}_{s \le t}(q_t \cdot k_s / \sqrt d) \\
        y_t &= \bigl(\textstyle\sum_{s \le t} \alpha_{ts} v_s\bigr) W_o + b_o

    Each of n heads does so with its own d = H / n columns of q, k and v.  All symbols are answered
    at once: four products, and no loop over time.

    Parameters
    ----------
    hidden_size : int
        H
    num_heads : int
        n, which divides H.
    rng : numpy.random.Generator
        Weights start in U(-1/sqrt(H), 1/sqrt(H)), biases at 0.
    dtype : float32 or float64

    Attributes
    ----------
    params : dict
        W_qkv (H, 3H), whose columns are those of the queries, the keys and the values, head by
        head; b_qkv (3H), W_o (H, H) and b_o (H).

    References
    ----------
    A. Vaswani et al., "Attention is all you need", NeurIPS 2017, section 3.2.
    """

    def __init__(self, hidden_size, num_heads, rng, dtype=np.float32):
        _check_heads(hidden_size, num_heads)
        require_generator(rng)
        dtype = require_float_dtype(dtype)
        self.hidden_size, self.num_heads = hidden_size, num_heads
        H, limit = hidden_size, 1 / np.sqrt(hidden_size)
        self.params = {
            "W_qkv": uniform(rng, (H, 3 * H), limit, dtype),
            "b_qkv": np.zeros(3 * H, dtype),
            "W_o": uniform(rng, (H, H), limit, dtype),
            "b_o": np.zeros(H, dtype),
        }

    def __repr__(self):
        return f"SelfAttention({self.hidden_size}, {self.num_heads} heads)"

    def initial_state(self, batch_size):
        """Return the keys and the values of no symbols, (B, 0, H) each."""
        nothing = np.zeros((batch_size, 0, self.hidden_size), self.params["W_o"].dtype)
        return nothing, nothing.copy()

    def forward(self, xs, state=None):
        """Answer all symbols.

        Parameters
        ----------
        xs : ndarray (T, B, H)
        state : tuple of ndarray (B, S, H), optional
            The keys and the values of S earlier symbols, which all may look at; none by default.

        Returns
        -------
        ys : ndarray (T, B, H)
        state : tuple of ndarray (B, S + T, H)
            The keys and the values so far: with them the next symbol costs one row of each
            product, however many came before.
        cache : SelfAttentionCache

        Raises
        ------
        ValueError
            Shapes that do not match.
        """
        self._check_input(xs)
        T, B, H = xs.shape
        past = self.initial_state(B) if state is None else state
        self.check_state(past, B)
        qkv = _flat(xs) @ self.params["W_qkv"] + self.params["b_qkv"]
        q, k, v = np.split(qkv.reshape(T, B, 3 * H).swapaxes(0, 1), 3, axis=2)  # (B, T, H)
        k, v = (np.concatenate(pair, axis=1) for pair in zip(past, (k, v), strict=True))
        S = k.shape[1]

        scores = self._heads(q) @ self._heads(k).swapaxes(2, 3) * self._scale  # (B, n, T, S)
        is_past = np.tri(T, S, S - T, dtype=bool)  # row t sees the state, and symbols up to t
        weights = softmax(np.where(is_past, scores, -np.inf))
        means = self._joined(weights @ self._heads(v)).swapaxes(0, 1)  # (T, B, H)
        ys = _flat(means) @ self.params["W_o"] + self.params["b_o"]
        return ys.reshape(T, B, H), (k, v), SelfAttentionCache(xs, q, k, v, weights, means)

    def backward(self, dys, cache, dstate=None):
        """Go back through the products; every symbol is blamed as query, as key and as value.

        Parameters
        ----------
        dys : ndarray (T, B, H)
        cache : SelfAttentionCache
        dstate : tuple of ndarray (B, S + T, H), optional
            Gradient with respect to the keys and values returned, if something used them.

        Returns
        -------
        dxs : ndarray (T, B, H)
        dstate : tuple of ndarray (B, S, H)
            Gradient with respect to the keys and values given.
        grads : dict
        """
        xs, q, k, v, weights, means = cache
        T, B, H = xs.shape
        grads = {"W_o": _flat(means).T @ _flat(dys), "b_o": _flat(dys).sum(axis=0)}
        dmeans = (_flat(dys) @ self.params["W_o"].T).reshape(T, B, H).swapaxes(0, 1)

        dweights = self._heads(dmeans) @ self._heads(v).swapaxes(2, 3)  # (B, n, T, S)
        dscores = dsoftmax(weights, dweights) * self._scale
        dq = self._joined(dscores @ self._heads(k))
        dk = self._joined(dscores.swapaxes(2, 3) @ self._heads(q))
        dv = self._joined(weights.swapaxes(2, 3) @ self._heads(dmeans))
        if dstate is not None:
            dk, dv = dk + dstate[0], dv + dstate[1]

        past = k.shape[1] - T
        dqkv = np.concatenate([dq, dk[:, past:], dv[:, past:]], axis=2)  # (B, T, 3H)
        dqkv = _flat(dqkv.swapaxes(0, 1))
        grads |= {"W_qkv": _flat(xs).T @ dqkv, "b_qkv": dqkv.sum(axis=0)}
        dxs = (dqkv @ self.params["W_qkv"].T).reshape(T, B, H)
        return dxs, (dk[:, :past], dv[:, :past]), grads

    @property
    def _scale(self):
        """1 / sqrt(d): a sum of d products of standard normal numbers has a spread of sqrt(d)."""
        return 1 / math.sqrt(self.hidden_size // self.num_heads)

    def _heads(self, xs):
        """View (B, T, H) as one matrix for each head: (B, n, T, d)."""
        B, T, H = xs.shape
        return xs.reshape(B, T, self.num_heads, H // self.num_heads).swapaxes(1, 2)

    def _joined(self, xs):
        """Lay (B, n, T, d) side by side again: (B, T, H)."""
        B, _, T, _ = xs.shape
        return xs.swapaxes(1, 2).reshape(B, T, self.hidden_size)

    def _check_input(self, xs):
        require_type(
            isinstance(xs, np.ndarray), lambda: f"xs must be an array, got {type(xs).__name__}."
        )
        require(
            xs.ndim == 3 and xs.shape[2] == self.hidden_size and 0 not in xs.shape,
            lambda: f"xs has shape {xs.shape}; expected (T, B, {self.hidden_size}), time first.",
        )

    def check_state(self, state, B):
        """Raise an error unless a state holds as many keys as values, for a batch of B."""
        require_type(
            isinstance(state, tuple),
            lambda: f"state must be a tuple (keys, values), got {type(state).__name__}.",
        )
        shapes = [np.shape(s) for s in state]
        S = shapes[0][1] if shapes and len(shapes[0]) == 3 else "S"
        require(
            shapes == [(B, S, self.hidden_size)] * 2,
            lambda: (
                f"state (keys, values) has shapes {shapes}; "
                f"expected twice (B, S, H), here ({B}, {S}, {self.hidden_size})."
            ),
        )


def _flat(xs):
    return xs.reshape(-1, xs.shape[-1])


def _check_heads(hidden_size, num_heads):
    at_least_one(hidden_size=hidden_size, num_heads=num_heads)
    require(
        hidden_size % num_heads == 0,
        f"hidden_size must be a multiple of num_heads, since each head gets as many columns; "
        f"got {hidden_size} and {num_heads}.",
    )
