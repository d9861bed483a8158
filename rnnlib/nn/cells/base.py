"""The contract between a cell, which is arithmetic, and `Recurrent`, which does the rest."""

import numpy as np


class Cell:
    """One time step of a recurrent layer, without the layer's matrices.

    `Recurrent` holds the weights and does the two products of every recurrent layer,
    x @ W_xh + b_h and h @ W_hh.  A cell turns them into the next state, and its gradient into
    theirs.  To write a new one, inherit from this class, set the four attributes and write
    `forward` and `backward`; `rl.check_gradients(rl.Recurrent(MyCell(), …, dtype=np.float64), xs)`
    checks it.

    Attributes
    ----------
    gates : int
        G: W_xh and W_hh have G·H columns, H for each gate.
    state_names : tuple of str
        The arrays (B, H) that are carried from step to step, "h" first: the one that the layer
        above and W_hh see.
    bias_start : tuple of float
        Where the bias of each gate starts.
    additive : bool
        Whether the step depends on a_x and a_h only through their sum, so that both have one
        gradient.
    matrices : tuple of str
        The names of the layer's matrices.
    """

    gates = 1
    state_names = ("h",)
    bias_start = (0.0,)
    additive = True
    matrices = ("W_xh", "W_hh")

    def layer(self, input_size, hidden_size, rng, dtype=np.float32):
        """Return the layer that unrolls this cell over time: a `Recurrent`."""
        from ..recurrent import Recurrent  # here: a layer imports its cells

        return Recurrent(self, input_size, hidden_size, rng, dtype)

    def forward(self, a_x, a_h, state):
        """Advance one time step.

        Parameters
        ----------
        a_x : ndarray (G, B, H)
            Input product, `x @ W_xh + b_h`, for each gate.
        a_h : ndarray (G, B, H)
            Recurrent product, `h @ W_hh`, after `add_bias`.
        state : tuple of ndarray (B, H)
            Before the step, one array for each of `state_names`.

        Returns
        -------
        state : tuple of ndarray (B, H)
            After the step.
        cache : NamedTuple
            What `backward` needs.
        """
        raise NotImplementedError(f"{type(self).__name__} must define forward and backward.")

    def backward(self, dstate, cache):
        """Send the gradient back through one time step.

        Parameters
        ----------
        dstate : tuple of ndarray (B, H)
            Gradient of the loss with respect to the state after the step.
        cache : NamedTuple

        Returns
        -------
        da_x, da_h : tuple of ndarray (B, H)
            For each gate; the same ones if the cell is `additive`.
        dstate : tuple
            The part that reaches the state before the step without passing through `a_h`: arrays
            (B, H), or 0.0 where there is none.
        """
        raise NotImplementedError(f"{type(self).__name__} must define forward and backward.")

    def extra_params(self, hidden_size, dtype):
        """Return the further parameters that this cell needs, by name; none by default."""
        return {}

    def add_bias(self, a_h, params):
        """Add the extra parameters to the recurrent product (G, B, H), in place."""

    def extra_grads(self, da_h):
        """Return the extra parameters' gradients, given that of a_h at all steps (G, N, H)."""
        return {}
