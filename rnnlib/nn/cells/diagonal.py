"""A diagonal state space: every unit forgets at a rate of its own."""

from typing import NamedTuple

import numpy as np

from ...functional import dsigmoid, sigmoid
from .linear import LinearCell


class DiagonalCache(NamedTuple):
    """The intermediate results of `DiagonalCell.coefficients`."""

    a: np.ndarray  # (H,), how much of the memory is kept
    v: np.ndarray  # (T, B, H), the input


class ReadCache(NamedTuple):
    """The intermediate results of `DiagonalCell.read`."""

    c: np.ndarray  # (T, B, H), the memory
    a_o: np.ndarray  # (T, B, H), the gate's input
    s: np.ndarray  # (T, B, H), its sigmoid


class DiagonalCell(LinearCell):
    r"""A linear state space with a diagonal real matrix, and a gate on its way out.  Chapter 23.

    .. math::
        a &= \sigma(\lambda) \\
        c_t &= a \odot c_{t-1} + \sqrt{1 - a^2} \odot a^x_v \\
        h_t &= a^x_o \odot \sigma(a^x_o) \odot c_t

    What a unit keeps, a, is learnt and the same at all times, whatever comes.  The root makes all
    memories equally loud: of an input of variance 1 without order, c has variance 1 too, as long
    as it may remember.  The gate looks at the input, so that two layers are more than one.  It is
    that of Mamba, the SiLU, which may also turn a memory around or make it louder.

    Notes
    -----
    The a start evenly spaced in (0, 1), so that some units forget at once, and some in a few times
    H steps.

    References
    ----------
    A. Gu et al., "On the parameterization and initialization of diagonal state space models",
    NeurIPS 2022, for the real diagonal (S4D-Real).
    A. Orvieto et al., "Resurrecting recurrent neural networks for long sequences", ICML 2023, for
    the root and for a that is learnt as such (LRU).
    A. Gu and T. Dao, "Mamba: linear-time sequence modeling with selective state spaces", COLM 2024,
    for the gate.
    """

    gates = 2  # v, o
    state_names = ("h", "c")
    bias_start = (0.0, 0.0)

    def coefficients(self, a_x, params):
        """Return ((a, sqrt(1 - a²) ⊙ v), cache)."""
        a, v = sigmoid(params["decay"]), a_x[0]
        return (np.broadcast_to(a, v.shape), np.sqrt(1 - a * a) * v), DiagonalCache(a, v)

    def coefficients_backward(self, da, db, cache):
        """Return (da_x, grads): a acts at every step, directly and through the root."""
        a, v = cache
        root = np.sqrt(1 - a * a)
        da = (da - db * v * (a / root)).sum(axis=(0, 1))  # (H,)
        return (db * root,), {"decay": da * dsigmoid(a)}

    def read(self, state, a_x):
        """Return (h, cache): the memory through its gate."""
        a_o, s = a_x[1], sigmoid(a_x[1])
        return a_o * s * state, ReadCache(state, a_o, s)

    def read_backward(self, dh, cache):
        """Return (dc, da_x)."""
        c, a_o, s = cache
        return dh * a_o * s, (dh * c * (s + a_o * dsigmoid(s)),)

    def extra_params(self, hidden_size, dtype):
        """Return decay (H), λ: the logit of a."""
        a = (np.arange(hidden_size) + 0.5) / hidden_size
        return {"decay": np.log(a / (1 - a)).astype(dtype)}
