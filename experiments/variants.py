"""Cells that differ from the GRU and the LSTM in one thing; chapter 14 asks which of them count."""

from typing import NamedTuple

import numpy as np

import rnnlib as rl
from rnnlib.functional import dsigmoid, dtanh, sigmoid
from rnnlib.nn.cells import CELLS


class Gates(NamedTuple):
    """The intermediate results of one step, in the order in which a cell names them."""

    values: tuple


class ReLUCell(rl.Cell):
    """The plain cell without its squash: h' = max(0, a)."""

    def forward(self, a_x, a_h, state):
        """Advance one time step."""
        h = np.maximum(a_x[0] + a_h[0], 0)
        return (h,), Gates((h,))

    def backward(self, dstate, cache):
        """Return (da_x, da_h, dstate)."""
        (h,) = cache.values
        da = dstate[0] * (h > 0)
        return (da,), (da,), (0.0,)


class CoupledCell(rl.Cell):
    """The LSTM with one gate for keeping and writing: c' = f·c + (1 - f)·g, a weighted mean."""

    gates = 3  # f, g, o
    state_names = ("h", "c")
    bias_start = (1.0, 0.0, 0.0)

    def forward(self, a_x, a_h, state):
        """Advance one time step."""
        a = a_x + a_h
        f, g, o = sigmoid(a[0]), np.tanh(a[1]), sigmoid(a[2])
        c = f * state[1] + (1 - f) * g
        return (o * np.tanh(c), c), Gates((f, g, o, state[1], np.tanh(c)))

    def backward(self, dstate, cache):
        """Return (da_x, da_h, dstate)."""
        f, g, o, c_prev, tanh_c = cache.values
        dh, dc = dstate
        dc = dc + dh * o * dtanh(tanh_c)
        da_f, da_g = dc * (c_prev - g) * dsigmoid(f), dc * (1 - f) * dtanh(g)
        da = da_f, da_g, dh * tanh_c * dsigmoid(o)
        return da, da, (0.0, dc * f)


class ForgetlessCell(rl.Cell):
    """The LSTM of 1997, which cannot forget: c' = c + i·g."""

    gates = 3  # i, g, o
    state_names = ("h", "c")
    bias_start = (0.0, 0.0, 0.0)

    def forward(self, a_x, a_h, state):
        """Advance one time step."""
        a = a_x + a_h
        i, g, o = sigmoid(a[0]), np.tanh(a[1]), sigmoid(a[2])
        c = state[1] + i * g
        return (o * np.tanh(c), c), Gates((i, g, o, np.tanh(c)))

    def backward(self, dstate, cache):
        """Return (da_x, da_h, dstate)."""
        i, g, o, tanh_c = cache.values
        dh, dc = dstate
        dc = dc + dh * o * dtanh(tanh_c)
        da = dc * g * dsigmoid(i), dc * i * dtanh(g), dh * tanh_c * dsigmoid(o)
        return da, da, (0.0, dc)


class MinimalCell(rl.Cell):
    """The minimal gated unit: the GRU with one gate for both, h' = (1 - f)·h + f·tanh(…).

    G.-B. Zhou, J. Wu, C.-L. Zhang and Z.-H. Zhou, "Minimal gated unit for recurrent neural
    networks", International Journal of Automation and Computing 13 (2016).
    """

    gates = 2  # f, n
    additive = False
    bias_start = (0.0, 0.0)

    def forward(self, a_x, a_h, state):
        """Advance one time step."""
        (h,) = state
        f = sigmoid(a_x[0] + a_h[0])
        a_hn = a_h[1].copy()
        n = np.tanh(a_x[1] + f * a_hn)
        return (h + f * (n - h),), Gates((f, n, h, a_hn))

    def backward(self, dstate, cache):
        """Return (da_x, da_h, dstate)."""
        f, n, h, a_hn = cache.values
        (dh,) = dstate
        da_n = dh * f * dtanh(n)
        da_f = (dh * (n - h) + da_n * a_hn) * dsigmoid(f)
        return (da_f, da_n), (da_f, da_n * f), (dh * (1 - f),)


VARIANTS = {
    "relu": ReLUCell,
    "forgetless": ForgetlessCell,
    "coupled": CoupledCell,
    "minimal": MinimalCell,
}


CELLS.update(VARIANTS)  # now LanguageModel(cell="minimal") knows them
