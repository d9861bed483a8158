"""Layers without memory: `forward(xs) -> ys, cache` and `backward(dys, cache) -> dxs, grads`."""

from numbers import Real

import numpy as np

from ..errors import at_least_one, require, require_generator, require_ids, require_type
from ..functional import sum_rows
from ..initializers import normal, uniform


class Linear:
    """y = x W_hy + b_y, the layer that turns hidden states into logits.

    Parameters
    ----------
    input_size, output_size : int
        D and V
    rng : numpy.random.Generator
        Weights start in U(-a, a) with a = 0.3 / sqrt(D), biases at 0: logits near 0, so that an
        untrained model starts with a loss of ln V.
    dtype : float32 or float64
    """

    def __init__(self, input_size, output_size, rng, dtype=np.float32):
        at_least_one(input_size=input_size, output_size=output_size)
        limit = 0.3 / np.sqrt(input_size)
        self.params = {
            "W_hy": uniform(rng, (input_size, output_size), limit, dtype),
            "b_y": np.zeros(output_size, dtype),
        }

    def __repr__(self):
        return "Linear({} → {})".format(*self.params["W_hy"].shape)

    def forward(self, xs):
        """(…, D) -> (…, V); the cache is xs."""
        W, xs = self.params["W_hy"], np.asarray(xs)
        require(xs.shape[-1:] == W.shape[:1], lambda: f"xs {xs.shape} must have {len(W)} features.")
        flat = xs.reshape(-1, xs.shape[-1])  # one product for all time steps
        ys = flat @ W
        ys += self.params["b_y"]
        return ys.reshape(*xs.shape[:-1], W.shape[1]), xs

    def backward(self, dys, cache):
        """(…, V) -> (…, D) and the gradients of W_hy and b_y."""
        xs = cache
        dflat = dys.reshape(-1, dys.shape[-1])
        grads = {
            "W_hy": xs.reshape(-1, xs.shape[-1]).T @ dflat,
            "b_y": dflat.sum(axis=0),
        }
        return (dflat @ self.params["W_hy"].T).reshape(xs.shape), grads


class Embedding:
    """One learnt vector per symbol: a row lookup.  Chapter 3.

    Parameters
    ----------
    vocab_size, embedding_dim : int
        V and E
    rng : numpy.random.Generator
        Rows start in N(0, 1).
    dtype : float32 or float64
    """

    def __init__(self, vocab_size, embedding_dim, rng, dtype=np.float32):
        at_least_one(vocab_size=vocab_size, embedding_dim=embedding_dim)
        self.params = {"W": normal(rng, (vocab_size, embedding_dim), 1.0, dtype)}

    def __repr__(self):
        return "Embedding({} × {})".format(*self.params["W"].shape)

    def forward(self, xs):
        """Ids (T, B) -> vectors (T, B, E); the cache is the ids."""
        W = self.params["W"]
        ids = require_ids(xs, len(W), ndim=None)
        return W[ids], ids

    def backward(self, dys, cache):
        """Return (None, grads): ids have no gradient, each row gets the sum of its uses."""
        W = self.params["W"]
        return None, {"W": sum_rows(cache.ravel(), dys.reshape(-1, W.shape[1]), len(W))}


class Dropout:
    """Set a random share of the inputs to 0 and scale the rest up, during training only.

    Parameters
    ----------
    rate : float
        The share, in [0, 1).
    rng : numpy.random.Generator, optional
        Needed if rate > 0.
    variational : bool
        Draw one mask (B, D) for all time steps, not one for each.

    References
    ----------
    N. Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting",
    JMLR 15 (2014).
    Y. Gal and Z. Ghahramani, "A theoretically grounded application of dropout in recurrent neural
    networks", NeurIPS 2016; they also drop along time, which is not done here.
    """

    def __init__(self, rate, rng=None, variational=False):
        self.rate, self.rng, self.variational = _checked_rate(rate), rng, variational
        if rng is not None or self.rate > 0:
            require_generator(rng)
        self.params = {}

    def __repr__(self):
        return f"Dropout({self.rate:g}{', variational' if self.variational else ''})"

    def forward(self, xs, train=True):
        """Return ys of xs's shape; the cache is the scaled mask, or None."""
        xs = np.asarray(xs)
        if not train or self.rate == 0:
            return xs, None
        shape = xs.shape[1:] if self.variational and xs.ndim == 3 else xs.shape
        kept = self.rng.random(shape, dtype=np.float32) >= self.rate
        kept = kept * xs.dtype.type(1 / (1 - self.rate))
        return xs * kept, kept

    def backward(self, dys, cache):
        """Return dxs and no gradients."""
        return (dys if cache is None else dys * cache), {}


def named(parts):
    """Merge the dicts of several layers into one; each name begins with its layer's."""
    return {f"{part}.{name}": a for part, arrays in parts.items() for name, a in arrays.items()}


def _checked_rate(rate):
    number = isinstance(rate, Real) and not isinstance(rate, bool)
    require_type(number, f"dropout must be a number in [0, 1), got {rate!r:.60}.")
    require(0 <= rate < 1, f"dropout must be in [0, 1), got {rate}.")
    return float(rate)
