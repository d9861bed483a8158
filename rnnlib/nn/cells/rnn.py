"""The plain recurrent cell."""

from typing import NamedTuple

import numpy as np

from ...functional import dtanh
from .base import Cell


class RNNCache(NamedTuple):
    """The intermediate results of one step of `RNNCell`."""

    h: np.ndarray  # (B, H), after the step


class RNNCell(Cell):
    r"""The Elman cell's arithmetic.  Chapter 4.

    .. math:: h_t = \tanh(a^x_t + a^h_t), \qquad a^x_t = x_t W_{xh} + b_h, \quad a^h_t = h_{t-1} W_{hh}

    References
    ----------
    J. Elman, "Finding structure in time", Cognitive Science 14 (1990).
    """  # noqa: E501

    gates = 1
    state_names = ("h",)
    bias_start = (0.0,)

    def forward(self, a_x, a_h, state):
        """Advance one time step: h is unused, it acts through `a_h`."""
        (a,) = a_x + a_h  # (B, H)
        h = np.tanh(a)
        return (h,), RNNCache(h)

    def backward(self, dstate, cache):
        """Return (da_x, da_h, dstate); both products enter only as their sum."""
        (dh,) = dstate
        da = dh * dtanh(cache.h)  # (B, H)
        return (da,), (da,), (0.0,)  # no path to the past but a_h
