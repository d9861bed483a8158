"""The layers of a Transformer: norm, feed-forward network, positions, and a block of them."""

from typing import NamedTuple

import numpy as np

from ..errors import at_least_one, require, require_float_dtype
from ..functional import dgelu, gelu_gate
from ..initializers import normal, uniform
from .layers import Dropout, named
from .self_attention import SelfAttention, SelfAttentionCache


class LayerNorm:
    r"""Every vector shifted to mean 0 and scaled to variance 1, then stretched and moved as learnt.

    .. math::
        \hat x = \frac{x - \bar x}{\sqrt{\operatorname{var}(x) + \epsilon}}, \qquad
        y = \hat x \odot \gamma + \beta

    Mean and variance are those of the vector's own H numbers: nothing depends on the batch.

    Parameters
    ----------
    hidden_size : int
        H
    dtype : float32 or float64
    eps : float
        Keeps a vector of equal numbers from being divided by 0.

    Attributes
    ----------
    params : dict
        gain (H), which starts at 1, and bias (H), which starts at 0.

    References
    ----------
    J. L. Ba, J. R. Kiros and G. Hinton, "Layer normalization", 2016.
    """

    def __init__(self, hidden_size, dtype=np.float32, eps=1e-5):
        at_least_one(hidden_size=hidden_size)
        dtype = require_float_dtype(dtype)
        self.eps = eps
        self.params = {"gain": np.ones(hidden_size, dtype), "bias": np.zeros(hidden_size, dtype)}

    def __repr__(self):
        return f"LayerNorm({len(self.params['gain'])})"

    def forward(self, xs):
        """(…, H) -> (…, H); the cache is x̂ and 1 over the spread that x was divided by."""
        gain, xs = self.params["gain"], np.asarray(xs)
        require(
            xs.shape[-1:] == gain.shape, lambda: f"xs {xs.shape} must have {len(gain)} features."
        )
        centred = xs - xs.mean(axis=-1, keepdims=True)
        inverse = 1 / np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + self.eps)
        normed = centred * inverse
        return normed * gain + self.params["bias"], (normed, inverse)

    def backward(self, dys, cache):
        """(…, H) -> (…, H) and the gradients of gain and bias.

        Moving or stretching a whole vector does not change its norm: the parts of the gradient
        along 1 and along x̂ are taken out.
        """
        normed, inverse = cache
        H = normed.shape[-1]
        grads = {
            "gain": (dys * normed).reshape(-1, H).sum(axis=0),
            "bias": dys.reshape(-1, H).sum(axis=0),
        }
        dnormed = dys * self.params["gain"]
        along = (dnormed * normed).mean(axis=-1, keepdims=True)
        dxs = inverse * (dnormed - dnormed.mean(axis=-1, keepdims=True) - normed * along)
        return dxs, grads


class FeedForward:
    """gelu(x W_1 + b_1) W_2 + b_2, for each symbol by itself.

    Parameters
    ----------
    hidden_size, inner_size : int
        H and F
    rng : numpy.random.Generator
        W_1 starts in U(-1/sqrt(H), 1/sqrt(H)), W_2 in U(-1/sqrt(F), 1/sqrt(F)), biases at 0.
    dtype : float32 or float64

    References
    ----------
    A. Vaswani et al., "Attention is all you need", NeurIPS 2017, section 3.3, with a ReLU.
    """

    def __init__(self, hidden_size, inner_size, rng, dtype=np.float32):
        at_least_one(hidden_size=hidden_size, inner_size=inner_size)
        H, F = hidden_size, inner_size
        self.params = {
            "W_1": uniform(rng, (H, F), 1 / np.sqrt(H), dtype),
            "b_1": np.zeros(F, dtype),
            "W_2": uniform(rng, (F, H), 1 / np.sqrt(F), dtype),
            "b_2": np.zeros(H, dtype),
        }

    def __repr__(self):
        return "FeedForward({} → {})".format(*self.params["W_1"].shape)

    def forward(self, xs):
        """(…, H) -> (…, H); the cache is xs, what the GELU is applied to, and its gate."""
        p, xs = self.params, np.asarray(xs)
        H = len(p["W_1"])
        require(xs.shape[-1:] == (H,), lambda: f"xs {xs.shape} must have {H} features.")
        a = xs.reshape(-1, H) @ p["W_1"] + p["b_1"]  # (N, F)
        gate = gelu_gate(a)
        return (a * gate @ p["W_2"] + p["b_2"]).reshape(xs.shape), (xs, a, gate)

    def backward(self, dys, cache):
        """(…, H) -> (…, H) and the gradients of both layers."""
        xs, a, gate = cache
        dflat, flat = (x.reshape(-1, x.shape[-1]) for x in (dys, xs))
        da = dflat @ self.params["W_2"].T * dgelu(a, gate)
        grads = {
            "W_1": flat.T @ da,
            "b_1": da.sum(axis=0),
            "W_2": (a * gate).T @ dflat,
            "b_2": dflat.sum(axis=0),
        }
        return (da @ self.params["W_1"].T).reshape(xs.shape), grads


class Positions:
    """One learnt vector for each position, added to the symbol there.

    Attention takes a mean, and a mean does not know the order of what it is taken of.

    Parameters
    ----------
    max_len : int
        M, the number of positions.
    hidden_size : int
        H
    rng : numpy.random.Generator
        Rows start in N(0, scale²).
    dtype : float32 or float64
    scale : float
    """

    def __init__(self, max_len, hidden_size, rng, dtype=np.float32, scale=1.0):
        at_least_one(max_len=max_len, hidden_size=hidden_size)
        self.params = {"W": normal(rng, (max_len, hidden_size), scale, dtype)}

    def __repr__(self):
        return "Positions({} × {})".format(*self.params["W"].shape)

    def forward(self, xs, start=0):
        """(T, B, H) -> (T, B, H); the cache is the slice of positions, from `start` on."""
        W, T = self.params["W"], len(xs)
        after = f" after the {start} of the state" if start else ""
        require(
            start + T <= len(W),
            lambda: (
                f"{T} symbols{after} are more than max_len={len(W)} positions: cut the sequence "
                "into shorter ones, or build the model with a larger max_len."
            ),
        )
        here = slice(start, start + T)
        return xs + W[here, None], here

    def backward(self, dys, cache):
        """Return (dxs, grads): what is added has the gradient of the sum."""
        dW = np.zeros_like(self.params["W"])
        dW[cache] = dys.sum(axis=1)
        return dys, {"W": dW}


class BlockCache(NamedTuple):
    """The caches of a block's parts, from its input to its output."""

    norm1: tuple
    attention: SelfAttentionCache
    kept1: np.ndarray | None  # dropout's mask
    norm2: tuple
    feed_forward: tuple
    kept2: np.ndarray | None


class TransformerBlock:
    """Self-attention, then a feed-forward network, each added to a stream that goes straight on.

    ::

        x = x + dropout(attention(norm1(x)))
        x = x + dropout(feed_forward(norm2(x)))

    Normalised first ("pre-norm"), so that the sums are a road without a gate from the top to the
    bottom: the gradient needs no warm-up of the learning rate.

    Parameters
    ----------
    hidden_size, num_heads : int
        H and n; the feed-forward network is 4H wide inside.
    rng : numpy.random.Generator
    dropout : float
    dtype : float32 or float64

    Attributes
    ----------
    params : dict
        `norm1.gain`, `attention.W_qkv`, `norm2.gain`, `feed_forward.W_1`, …

    References
    ----------
    A. Vaswani et al., "Attention is all you need", NeurIPS 2017.
    R. Xiong et al., "On layer normalization in the Transformer architecture", ICML 2020.
    """

    def __init__(self, hidden_size, num_heads, rng, dropout=0.0, dtype=np.float32):
        self.dropout = Dropout(dropout, rng)
        self.norm1 = LayerNorm(hidden_size, dtype)
        self.attention = SelfAttention(hidden_size, num_heads, rng, dtype)
        self.norm2 = LayerNorm(hidden_size, dtype)
        self.feed_forward = FeedForward(hidden_size, 4 * hidden_size, rng, dtype)
        self.params = named(
            {
                "norm1": self.norm1.params,
                "attention": self.attention.params,
                "norm2": self.norm2.params,
                "feed_forward": self.feed_forward.params,
            }
        )

    def __repr__(self):
        return f"TransformerBlock({self.attention!r}, {self.feed_forward!r}, {self.dropout!r})"

    def initial_state(self, batch_size):
        """Return the state of its attention before the first symbol."""
        return self.attention.initial_state(batch_size)

    def forward(self, xs, state=None, train=False):
        """(T, B, H) -> (T, B, H), with the keys and values of `SelfAttention` as the state.

        Returns
        -------
        xs : ndarray (T, B, H)
        state : tuple of ndarray (B, S + T, H)
        cache : BlockCache
        """
        normed, norm1 = self.norm1.forward(xs)
        ys, state, attention = self.attention.forward(normed, state)
        ys, kept1 = self.dropout.forward(ys, train)
        xs = xs + ys
        normed, norm2 = self.norm2.forward(xs)
        ys, feed_forward = self.feed_forward.forward(normed)
        ys, kept2 = self.dropout.forward(ys, train)
        return xs + ys, state, BlockCache(norm1, attention, kept1, norm2, feed_forward, kept2)

    def backward(self, dxs, cache, dstate=None):
        """Return (dxs, dstate, grads) as `SelfAttention.backward` does."""
        dys, _ = self.dropout.backward(dxs, cache.kept2)
        dnormed, feed_forward = self.feed_forward.backward(dys, cache.feed_forward)
        dys, norm2 = self.norm2.backward(dnormed, cache.norm2)
        dxs = dxs + dys  # the stream, and the way through the branch
        dys, _ = self.dropout.backward(dxs, cache.kept1)
        dnormed, dstate, attention = self.attention.backward(dys, cache.attention, dstate)
        dys, norm1 = self.norm1.backward(dnormed, cache.norm1)
        parts = {"norm1": norm1, "attention": attention, "norm2": norm2}
        return dxs + dys, dstate, named(parts | {"feed_forward": feed_forward})
