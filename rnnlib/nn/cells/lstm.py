"""The long short-term memory."""

from typing import NamedTuple

import numpy as np

from ...functional import dsigmoid, dtanh, sigmoid
from .base import Cell


class LSTMCache(NamedTuple):
    """The intermediate results of one step of `LSTMCell`; `cache.f` is the forget gate."""

    i: np.ndarray  # (B, H), how much of the candidate is written
    f: np.ndarray  # (B, H), how much of the memory is kept
    g: np.ndarray  # (B, H), the candidate
    o: np.ndarray  # (B, H), how much of the memory is shown
    c_prev: np.ndarray  # (B, H), the memory before the step
    tanh_c: np.ndarray  # (B, H), of the memory after it


class LSTMCell(Cell):
    r"""The LSTM's arithmetic: a memory c that is changed by gates and never squashed.  Chapter 13.

    .. math::
        a &= a^x + a^h \\
        i, f, o &= \sigma(a_i), \sigma(a_f), \sigma(a_o) \\
        g &= \tanh(a_g) \\
        c_t &= f \odot c_{t-1} + i \odot g \\
        h_t &= o \odot \tanh(c_t)

    Parameters
    ----------
    forget_bias : float
        Where the bias of the forget gate starts; at 1 a new network keeps 73 % of its memory.

    References
    ----------
    S. Hochreiter and J. Schmidhuber, "Long short-term memory", Neural Computation 9 (1997).
    F. Gers, J. Schmidhuber and F. Cummins, "Learning to forget", Neural Computation 12 (2000).
    """

    gates = 4  # in PyTorch's order: i, f, g, o
    state_names = ("h", "c")

    def __init__(self, forget_bias=1.0):
        self.bias_start = (0.0, forget_bias, 0.0, 0.0)

    def forward(self, a_x, a_h, state):
        """Advance one time step; h is unused: it acts through `a_h`."""
        _, c_prev = state
        a = a_x + a_h
        (i, f), g, o = sigmoid(a[:2]), np.tanh(a[2]), sigmoid(a[3])
        c = f * c_prev + i * g
        tanh_c = np.tanh(c)
        return (o * tanh_c, c), LSTMCache(i, f, g, o, c_prev, tanh_c)

    def backward(self, dstate, cache):
        """Return (da_x, da_h, dstate), the gradients of the step's three inputs.

        The memory's gradient goes back through one factor, the forget gate: no matrix, no tanh.
        """
        i, f, g, o, c_prev, tanh_c = cache
        dh, dc = dstate
        dc = dc + dh * o * dtanh(tanh_c)
        da = (
            dc * g * dsigmoid(i),
            dc * c_prev * dsigmoid(f),
            dc * i * dtanh(g),
            dh * tanh_c * dsigmoid(o),
        )
        return da, da, (0.0, dc * f)
