"""The minimal long short-term memory, which looks at its input alone."""

from typing import NamedTuple

import numpy as np

from ...functional import dsigmoid, sigmoid, softplus
from .linear import LinearCell


class MinLSTMCache(NamedTuple):
    """The intermediate results of `MinLSTMCell.coefficients`."""

    keep: np.ndarray  # (T, B, H), f / (f + i)
    closed: np.ndarray  # (2, T, B, H), 1 - f and 1 - i
    n: np.ndarray  # (T, B, H), the candidate


class MinLSTMCell(LinearCell):
    r"""The LSTM without its looks at the past, so that it can be computed by a scan.  Chapter 23.

    .. math::
        f, i, n &= \sigma(a^x_f), \sigma(a^x_i), a^x_n \\
        h_t &= \frac{f}{f + i} \odot h_{t-1} + \frac{i}{f + i} \odot n

    Its two gates are scaled to a sum of 1, so that the state is a mean of candidates, as in
    `MinGRUCell`, and needs no memory apart from what it shows.

    Parameters
    ----------
    forget_bias : float
        Where the bias of the forget gate starts; at 1 a new network keeps 59 % of its state.

    Notes
    -----
    Where both gates are closed, f and i round to 0, and their ratio to nan.  It is computed from
    their logarithms, and ln f = -softplus(-a):

    .. math:: \frac{f}{f + i} = \sigma(\ln f - \ln i)

    References
    ----------
    L. Feng et al., "Were RNNs all we needed?", 2024, arXiv 2410.01201.
    """

    gates = 3  # f, i, n

    def __init__(self, forget_bias=1.0):
        self.bias_start = (forget_bias, 0.0, 0.0)

    def coefficients(self, a_x, params):
        """Return ((keep, (1 - keep) ⊙ n), cache)."""
        a_f, a_i, n = a_x
        keep = sigmoid(softplus(-a_i) - softplus(-a_f))
        return (keep, (1 - keep) * n), MinLSTMCache(keep, sigmoid(-a_x[:2]), n)

    def coefficients_backward(self, da, db, cache):
        """Return (da_x, grads); the slope of ln σ(a) is 1 - σ(a)."""
        keep, (not_f, not_i), n = cache
        dlog = (da - db * n) * dsigmoid(keep)
        return (dlog * not_f, -dlog * not_i, db * (1 - keep)), {}
