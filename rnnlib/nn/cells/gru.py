"""The gated recurrent unit."""

from typing import NamedTuple

import numpy as np

from ...functional import dsigmoid, dtanh, sigmoid
from .base import Cell


class GRUCache(NamedTuple):
    """The intermediate results of one step of `GRUCell`."""

    r: np.ndarray  # (B, H), how much of the past the candidate sees
    z: np.ndarray  # (B, H), how much of the state is kept
    n: np.ndarray  # (B, H), the candidate
    h_prev: np.ndarray  # (B, H), the state before the step
    a_hn: np.ndarray  # (B, H), the candidate's recurrent product


class GRUCell(Cell):
    r"""The GRU's arithmetic, with the reset gate after the product, as in PyTorch.  Chapter 14.

    .. math::
        r, z = \sigma(a^x_r + a^h_r), \sigma(a^x_z + a^h_z), \qquad n = \tanh(a^x_n + r \odot a^h_n)

    .. math:: h_t = (1 - z) \odot n + z \odot h_{t-1}

    References
    ----------
    K. Cho et al., "Learning phrase representations using RNN encoder-decoder for statistical
    machine translation", EMNLP 2014.
    """

    gates = 3  # in PyTorch's order: r, z, n
    state_names = ("h",)
    bias_start = (0.0, 0.0, 0.0)
    additive = False  # r scales a_hn, and not a_xn

    def forward(self, a_x, a_h, state):
        """Advance one time step."""
        (h_prev,) = state
        r, z = sigmoid(a_x[:2] + a_h[:2])
        a_hn = a_h[2].copy()  # or the cache would hold all of a_h
        n = np.tanh(a_x[2] + r * a_hn)
        return (n + z * (h_prev - n),), GRUCache(r, z, n, h_prev, a_hn)

    def backward(self, dstate, cache):
        """Return (da_x, da_h, dstate), the gradients of the step's three inputs."""
        r, z, n, h_prev, a_hn = cache
        (dh,) = dstate
        da_n = dh * (1 - z) * dtanh(n)
        da_z = dh * (h_prev - n) * dsigmoid(z)
        da_r = da_n * a_hn * dsigmoid(r)
        return (da_r, da_z, da_n), (da_r, da_z, da_n * r), (dh * z,)

    def extra_params(self, hidden_size, dtype):
        """Return b_hn (H), the bias of a_hn: r scales it too, so b_h cannot replace it."""
        return {"b_hn": np.zeros(hidden_size, dtype)}

    def add_bias(self, a_h, params):
        """Add b_hn to the candidate's recurrent product, in place."""
        a_h[2] += params["b_hn"]

    def extra_grads(self, da_h):
        """Return the gradient of b_hn, given that of a_h at all steps (3, N, H)."""
        return {"b_hn": da_h[2].sum(axis=0)}
