"""Checking gradients against central differences.  Chapter 6."""

import numpy as np

from ..errors import kind_of, require, require_type
from ..nn.nested_state import flatten, unflatten
from ..text.batches import Batch, by_name
from .hyperparameters import number


def numerical_gradient(f, x, step=1e-5):
    r"""Differentiate a function by central differences.  Chapter 6.

    .. math:: \frac{\partial f}{\partial x_i} \approx \frac{f(x + h e_i) - f(x - h e_i)}{2h}

    Parameters
    ----------
    f : callable
        Takes no argument, reads `x`, returns a float.
    x : ndarray of float64
        Moved one component at a time and restored.
    step : float
        h.  The error falls as h² until rounding, which grows as 1/h, takes over: near 1e-5 for
        float64.

    Returns
    -------
    ndarray of x's shape

    Raises
    ------
    TypeError
        x is not float64: single precision drowns the difference in rounding.
    """
    found = x.dtype if isinstance(x, np.ndarray) else type(x).__name__
    require_type(
        found == np.float64,
        f"Gradients are checked in float64, got {found}: pass dtype=np.float64.",
    )
    step = number("step", step)
    gradient = np.empty_like(x)
    for i in np.ndindex(x.shape):
        middle = x[i]
        try:
            x[i] = middle + step
            above = f()
            x[i] = middle - step
            below = f()
        finally:
            x[i] = middle
        gradient[i] = (above - below) / (2 * step)
    return gradient


def relative_error(a, b):
    """Return the length of a - b over the larger of the two lengths.

    Parameters
    ----------
    a, b : ndarray of the same shape, or float

    Returns
    -------
    float
        0 if a and b are equal, or empty; inf, which exceeds every limit, if a component of either
        is not finite.

    Raises
    ------
    ValueError
        Shapes that differ, even if they would broadcast.
    """
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    require(a.shape == b.shape, f"Shapes {a.shape} and {b.shape} differ.")
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        return float("inf")
    largest = max(abs(a).max(initial=0), abs(b).max(initial=0))
    if largest == 0:
        return 0.0
    a, b = a / largest, b / largest  # squares of large numbers overflow, of small ones vanish
    return float(np.linalg.norm(a - b) / max(np.linalg.norm(a), np.linalg.norm(b)))


def check_gradients(layer, *inputs, step=1e-5, seed=0):
    """Compare every gradient of a layer or model with central differences.  Chapter 6.

    Parameters
    ----------
    layer : layer, recurrent layer or model, in float64
        A model's gradients are those of its loss; a layer's are those of a randomly weighted sum
        of its outputs and its final state.
    *inputs
        For a model a `Batch`, or `ids, targets[, state, mask]`; for a layer `xs`; for a recurrent
        layer `xs[, state]`.

    Returns
    -------
    dict of str to float
        The worst relative error of each parameter, and of each input and initial state that a
        gradient flows to.  Correct code stays below 1e-7.

    Notes
    -----
    A layer must return the same outputs for the same inputs: check dropout at rate 0, or with a
    generator that is seeded again at each call.
    """
    require_type(
        not isinstance(layer, type) and hasattr(layer, "params") and inputs,
        f"check_gradients takes a model or a layer, and its inputs; got {kind_of(layer)} and "
        f"{len(inputs)} inputs.",
    )
    if hasattr(layer, "loss_and_grads"):
        return _check_model(layer, *inputs, step=step)
    rng = np.random.default_rng(seed)
    xs, *state = inputs
    recurrent = hasattr(layer, "initial_state")
    if recurrent and not state:
        state = [layer.initial_state(xs.shape[1])]

    outputs, cache = _outputs(layer.forward(xs, *state))
    weights = [rng.standard_normal(out.shape) for out in outputs]

    def loss():
        outputs, _ = _outputs(layer.forward(xs, *state))
        return sum(float(np.vdot(w, out)) for w, out in zip(weights, outputs, strict=True))

    analytic, variables = {}, dict(layer.params)
    if recurrent:
        dstate = unflatten(weights[1:], state[0])
        dxs, dstate, grads = layer.backward(weights[0], cache, dstate)
        for i, (s, ds) in enumerate(zip(flatten(state[0]), flatten(dstate), strict=True)):
            variables[f"state[{i}]"], analytic[f"state[{i}]"] = s, ds
    else:
        dxs, grads = layer.backward(weights[0], cache)
    _check_names(grads, layer.params)
    analytic.update(grads)
    if dxs is not None:  # ids have no gradient
        variables["xs"], analytic["xs"] = xs, dxs
    return {
        name: relative_error(analytic[name], numerical_gradient(loss, x, step))
        for name, x in variables.items()
    }


def _check_model(model, *inputs, step):
    given = {}
    if isinstance(inputs[0], Batch):
        batch, *state = inputs
        inputs, given = batch[:2], by_name(batch, *state)

    def loss():
        return model.loss_and_grads(*inputs, **given)[0]

    grads = {name: g.copy() for name, g in model.loss_and_grads(*inputs, **given)[1].items()}
    _check_names(grads, model.params)
    return {
        name: relative_error(grads[name], numerical_gradient(loss, p, step))
        for name, p in model.params.items()
    }


def _outputs(result):
    """Sort what `forward` returned into a flat list of output arrays and the cache."""
    ys, *state, cache = result
    return flatten((ys, *state)), cache


def _check_names(grads, params):
    differ = grads.keys() ^ params.keys()
    require(not differ, f"Gradients and parameters differ in {sorted(differ)}.")
