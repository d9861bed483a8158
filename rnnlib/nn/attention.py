"""Attention: a weighted mean of the states that were read, with weights set by a query."""

from typing import NamedTuple

import numpy as np

from ..errors import at_least_one, require, require_mask
from ..functional import dsoftmax, dtanh, softmax
from ..initializers import uniform


class AttentionCache(NamedTuple):
    """The intermediate results of attention; `weights[b]` is the alignment picture of row b."""

    queries: np.ndarray  # (B, T, Q), the batch first, so that each row is one matrix
    keys: np.ndarray  # (B, S, K)
    features: np.ndarray  # (B, T, S, A), tanh of the two projections
    weights: np.ndarray  # (B, T, S), sum to 1 over the source, 0 on pads


class AdditiveAttention:
    r"""Additive attention: every query takes a weighted mean of the keys.  Chapter 19.

    .. math::
        e_{ts} &= v \cdot \tanh(q_t W_q + k_s W_k) \\
        \alpha_t &= \operatorname{softmax}(e_t) \\
        c_t &= \textstyle\sum_s \alpha_{ts} k_s

    All queries are answered at once: three products over the whole batch, and no loop.

    Parameters
    ----------
    query_size, key_size, attention_dim : int
        Q, K and A
    rng : numpy.random.Generator
        W_q starts in U(-1/sqrt(Q), 1/sqrt(Q)), W_k in U(-1/sqrt(K), 1/sqrt(K)), v in
        U(-1/sqrt(A), 1/sqrt(A)).
    dtype : float32 or float64

    References
    ----------
    D. Bahdanau, K. Cho and Y. Bengio, "Neural machine translation by jointly learning to align and
    translate", ICLR 2015.
    """

    def __init__(self, query_size, key_size, attention_dim, rng, dtype=np.float32):
        at_least_one(query_size=query_size, key_size=key_size, attention_dim=attention_dim)
        shapes = {
            "W_q": (query_size, attention_dim),
            "W_k": (key_size, attention_dim),
            "v": (attention_dim,),
        }
        self.params = {
            name: uniform(rng, shape, 1 / np.sqrt(shape[0]), dtype)
            for name, shape in shapes.items()
        }

    def __repr__(self):
        (Q, A), K = self.params["W_q"].shape, len(self.params["W_k"])
        return f"AdditiveAttention(queries {Q}, keys {K} → {A})"

    def forward(self, queries, keys, mask=None):
        """Answer all queries.

        Parameters
        ----------
        queries : ndarray (T, B, Q)
        keys : ndarray (S, B, K)
        mask : ndarray (S, B), optional
            0 where a key is padding, which then gets no weight and may be nan.

        Returns
        -------
        contexts : ndarray (T, B, K)
        cache : AttentionCache

        Raises
        ------
        ValueError
            Shapes that do not match, or a row of the batch without a single key.
        """
        self._check(queries, keys, mask)
        if mask is not None:
            keys = np.where(np.asarray(mask)[..., None], keys, 0)  # 0 · nan would be nan
        queries, keys = queries.swapaxes(0, 1), keys.swapaxes(0, 1)
        q, k = queries @ self.params["W_q"], keys @ self.params["W_k"]
        features = q[:, :, None] + k[:, None]  # (B, T, S, A)
        np.tanh(features, out=features)
        scores = features @ self.params["v"]  # (B, T, S)
        if mask is not None:
            scores = np.where(np.transpose(mask)[:, None] != 0, scores, -np.inf)
        weights = softmax(scores)
        contexts = weights @ keys  # (B, T, K)
        return contexts.swapaxes(0, 1), AttentionCache(queries, keys, features, weights)

    def backward(self, dcontexts, cache):
        """Return (dqueries, dkeys, grads), given the gradient of the contexts (T, B, K)."""
        queries, keys, features, weights = cache
        dcontexts = dcontexts.swapaxes(0, 1)
        dweights = dcontexts @ keys.swapaxes(1, 2)  # (B, T, S)
        dscores = dsoftmax(weights, dweights)

        slope, v = dtanh(features), self.params["v"]
        dq = np.einsum("bts,btsa->bta", dscores, slope) * v
        dk = np.einsum("bts,btsa->bsa", dscores, slope) * v
        grads = {
            "W_q": _flat(queries).T @ _flat(dq),
            "W_k": _flat(keys).T @ _flat(dk),
            "v": dscores.ravel() @ _flat(features),
        }
        dqueries = dq @ self.params["W_q"].T
        # a key is used twice: compared with the query, and averaged
        dkeys = dk @ self.params["W_k"].T + weights.swapaxes(1, 2) @ dcontexts
        return dqueries.swapaxes(0, 1), dkeys.swapaxes(0, 1), grads

    def _check(self, queries, keys, mask):
        Q, K = len(self.params["W_q"]), len(self.params["W_k"])
        B = queries.shape[1] if queries.ndim == 3 else "B"
        require(
            queries.shape[2:] == (Q,) and keys.shape[1:] == (B, K),
            lambda: (
                f"queries {queries.shape} and keys {keys.shape} do not match; "
                f"expected (T, {B}, {Q}) and (S, {B}, {K})."
            ),
        )
        require(
            mask is None or np.shape(mask) == keys.shape[:2],
            lambda: f"mask {np.shape(mask)} must have the shape {keys.shape[:2]}, (S, B).",
        )
        require(
            len(keys) > 0 and (mask is None or np.any(mask, axis=0).all()),
            "There is a row without a single key: there is nothing to attend to.",
        )
        if mask is not None:
            require_mask(mask)


def _flat(xs):
    return xs.reshape(-1, xs.shape[-1])
