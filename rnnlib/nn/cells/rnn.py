"""The plain recurrent cell."""

from typing import NamedTuple

import numpy as np

from ...functional import dtanh


class RNNCache(NamedTuple):
    """What one step of `RNNCell` keeps for its way back."""

    h: np.ndarray  # (B, H), after the step


class RNNCell:
    r"""The Elman cell's arithmetic.  Chapter 4.

    .. math:: h_t = \tanh(a^x_t + a^h_t), \qquad a^x_t = x_t W_{xh} + b_h, \quad a^h_t = h_{t-1} W_{hh}

    References
    ----------
    J. Elman, "Finding structure in time", Cognitive Science 14 (1990).
    """  # noqa: E501

    gates = 1  # W_xh and W_hh have gates * H columns
    state_names = ("h",)
    biased_gate = None  # no gate uses a_h apart from the sum a_x + a_h
    bias_start = (0.0,)  # of each gate

    def forward(self, a_x, a_h, state):
        """Advance one time step.

        Parameters
        ----------
        a_x : ndarray (1, B, H)
            Input product, `x @ W_xh + b_h`, for each gate.
        a_h : ndarray (1, B, H)
            Recurrent product, `h @ W_hh`.
        state : (h,)
            Unused: the Elman cell reaches its past only through `a_h`.

        Returns
        -------
        state : (h,)
            After the step, h of shape (B, H).
        cache : RNNCache
            What `backward` needs.
        """
        (a,) = a_x + a_h
        h = np.tanh(a)
        return (h,), RNNCache(h)

    def backward(self, dstate, cache):
        """Return (da_x, da_h, dstate), the gradients of the step's three inputs.

        Parameters
        ----------
        dstate : (dh,)
            Gradient of the loss with respect to the state after the step.
        cache : RNNCache

        Returns
        -------
        da_x, da_h : tuple of ndarray (B, H)
            For each gate.  One and the same: both products enter only as their sum.
        dstate : (float,)
            The part that reaches the state before the step without passing through `a_h`: none.
        """
        (dh,) = dstate
        da = dh * dtanh(cache.h)  # (B, H)
        return (da,), (da,), (0.0,)
