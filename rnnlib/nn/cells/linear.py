"""The contract between a cell that is linear in its state, and `LinearRecurrent`."""

import numpy as np


class LinearCell:
    r"""One time step that is linear in the state, with coefficients from the input alone.

    .. math:: h_t = a_t \odot h_{t-1} + b_t

    Since a and b do not depend on the state, they are computed for all time steps at once, and so
    is what is read from the states: what remains to be done step by step is this one line, and a
    parallel scan can do even that at once.  To write a new cell, inherit from this class, set
    `gates`, and write `coefficients` and its way back.  Chapter 23.

    Attributes
    ----------
    gates : int
        G: W_xh has G·H columns, H for each gate.
    state_names : tuple of str
        ("h",); ("h", "c") if `read` shows something else than the state: then c is the state, and
        h is what was shown, as in an LSTM.
    bias_start : tuple of float
        Where the bias of each gate starts.
    matrices : tuple of str
        The names of the layer's matrices: there is no W_hh.

    Examples
    --------
    A cell whose gate is in [-1, 1], so that it can turn its state around:

    >>> class FlippingCell(rl.LinearCell):
    ...     gates, bias_start = 2, (0.0, 0.0)
    ...
    ...     def coefficients(self, a_x, params):
    ...         a, b = np.clip(a_x[0], -1, 1), a_x[1]
    ...         return (a, b), a_x[0]
    ...
    ...     def coefficients_backward(self, da, db, cache):
    ...         return (da * (abs(cache) < 1), db), {}

    >>> layer = FlippingCell().layer(3, 4, rng, np.float64)
    >>> layer
    LinearRecurrent(FlippingCell, 3 → 4)
    >>> errors = rl.check_gradients(layer, rng.standard_normal((7, 2, 3)))
    >>> max(errors.values()) < 1e-7
    True

    An entry in `CELLS` gives it a name that the models know:

    >>> from rnnlib.nn.cells import CELLS
    >>> CELLS["flipping"] = FlippingCell
    >>> rl.LanguageModel(27, 8, cell="flipping", rng=rng)
    LanguageModel(27 symbols, Flipping 8: 691 parameters)
    >>> del CELLS["flipping"]
    """

    gates = 2
    state_names = ("h",)
    bias_start = (0.0, 0.0)
    matrices = ("W_xh",)

    def layer(self, input_size, hidden_size, rng, dtype=np.float32):
        """Return the layer that unrolls this cell over time: a `LinearRecurrent`."""
        from ..linear_recurrent import LinearRecurrent  # here: a layer imports its cells

        return LinearRecurrent(self, input_size, hidden_size, rng, dtype)

    def coefficients(self, a_x, params):
        """Compute the coefficients of all time steps.

        Parameters
        ----------
        a_x : ndarray (G, T, B, H)
            Input product, `x @ W_xh + b_h`, for each gate.
        params : dict
            Of the layer, `extra_params` among them.

        Returns
        -------
        (a, b) : tuple of ndarray (T, B, H)
        cache
            What `coefficients_backward` needs.
        """
        raise NotImplementedError(
            f"{type(self).__name__} must define coefficients and coefficients_backward."
        )

    def coefficients_backward(self, da, db, cache):
        """Send the gradient back from the coefficients.

        Parameters
        ----------
        da, db : ndarray (T, B, H)
        cache

        Returns
        -------
        da_x : tuple of ndarray (T, B, H)
            For each gate, but for those that `read` uses, which come last.
        grads : dict
            Those of `extra_params`.
        """
        raise NotImplementedError(
            f"{type(self).__name__} must define coefficients and coefficients_backward."
        )

    def read(self, state, a_x):
        """Return what the layer above sees of the states (T, B, H), and a cache: all by default."""
        return state, None

    def read_backward(self, dh, cache):
        """Return (dstate, da_x) of `read`: da_x has one array for each gate that it uses."""
        return dh, ()

    def extra_params(self, hidden_size, dtype):
        """Return the further parameters that this cell needs, by name; none by default."""
        return {}
