"""The minimal gated recurrent unit, which looks at its input alone."""

from typing import NamedTuple

import numpy as np

from ...functional import dsigmoid, sigmoid
from .linear import LinearCell


class MinGRUCache(NamedTuple):
    """The intermediate results of `MinGRUCell.coefficients`."""

    z: np.ndarray  # (T, B, H), how much of the candidate is written
    n: np.ndarray  # (T, B, H), the candidate


class MinGRUCell(LinearCell):
    r"""The GRU without its looks at the past, so that it can be computed by a scan.  Chapter 23.

    .. math::
        z, n = \sigma(a^x_z), a^x_n, \qquad h_t = (1 - z) \odot h_{t-1} + z \odot n

    Its z is what the paper writes; that of `GRUCell` is what PyTorch keeps.

    Notes
    -----
    The candidate has no tanh, as in the paper: the state is a weighted mean of candidates, so it
    never leaves their range, and no state comes back through a matrix that could make it grow.
    The paper's version in log space, which its scan needs, makes the candidate positive instead.

    References
    ----------
    L. Feng et al., "Were RNNs all we needed?", 2024, arXiv 2410.01201.
    """

    gates = 2  # z, n
    bias_start = (0.0, 0.0)

    def coefficients(self, a_x, params):
        """Return ((1 - z, z ⊙ n), cache)."""
        z, n = sigmoid(a_x[0]), a_x[1]
        return (1 - z, z * n), MinGRUCache(z, n)

    def coefficients_backward(self, da, db, cache):
        """Return (da_x, grads)."""
        z, n = cache
        return ((db * n - da) * dsigmoid(z), db * z), {}
