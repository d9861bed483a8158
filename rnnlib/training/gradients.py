"""Measuring, clipping and checking gradients."""

import numpy as np


def global_norm(grads):
    """Return the Euclidean length of all gradients taken as one long vector."""
    return float(np.sqrt(sum(np.vdot(g, g).astype(np.float64) for g in grads.values())))


def clip_by_norm(grads, max_norm):
    r"""Shorten the gradient to length `max_norm` if it is longer, in place.  Chapter 7.

    .. math:: g \leftarrow g \cdot \min(1,\, \text{max\_norm} / \lVert g \rVert)

    All gradients are scaled by one number, so the direction of the step stays.

    Parameters
    ----------
    grads : dict of str to ndarray
    max_norm : float

    Returns
    -------
    float
        The norm before clipping.

    References
    ----------
    R. Pascanu, T. Mikolov and Y. Bengio, "On the difficulty of training recurrent neural
    networks", ICML 2013.
    """
    _check_limit(max_norm, "max_norm")
    norm = global_norm(grads)
    if norm > max_norm:
        for g in grads.values():
            g *= max_norm / norm
    return norm


def clip_by_value(grads, limit):
    """Cut every component to the interval [-limit, limit], in place.  Chapter 7.

    Only the components outside are changed, so the direction of the step turns.

    Parameters
    ----------
    grads : dict of str to ndarray
    limit : float
    """
    _check_limit(limit, "limit")
    for g in grads.values():
        np.clip(g, -limit, limit, out=g)


def _check_limit(value, name):
    if not value > 0:
        raise ValueError(f"{name} must be positive, got {value}. To leave gradients alone: None.")


def numerical_gradient(f, x, step=1e-5):
    r"""Differentiate a function by central differences.  Chapter 6.

    .. math:: \frac{\partial f}{\partial x_i} \approx \frac{f(x + h e_i) - f(x - h e_i)}{2h}

    Parameters
    ----------
    f : callable
        Takes no argument, reads `x`, returns a float.
    x : ndarray of float64
        Moved one component at a time and put back.
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
    if x.dtype != np.float64:
        raise TypeError(f"Gradients are checked in float64, got {x.dtype}: pass dtype=np.float64.")
    gradient = np.empty_like(x)
    for i in np.ndindex(x.shape):
        middle = x[i]
        x[i] = middle + step
        above = f()
        x[i] = middle - step
        below = f()
        x[i] = middle
        gradient[i] = (above - below) / (2 * step)
    return gradient


def relative_error(a, b):
    """Return the length of a - b over the larger of the two lengths; 0 if both are 0."""
    scale = max(np.linalg.norm(a), np.linalg.norm(b))
    return float(np.linalg.norm(a - b) / scale) if scale > 0 else 0.0


def check_gradients(thing, *inputs, step=1e-5, seed=0):
    """Compare every gradient that an object computes with central differences.  Chapter 6.

    Parameters
    ----------
    thing : model, layer or recurrent layer, in float64
        A model is asked for the gradients of its loss; a layer for those of a random weighted
        sum of its outputs, and of its final state.
    *inputs
        For a model `ids, targets[, state, mask]`; for a layer `xs`; for a recurrent layer
        `xs[, state]`.

    Returns
    -------
    dict of str to float
        The worst relative error of each parameter, and of each input and initial state that a
        gradient flows to.  Sound code stays below 1e-7.

    Notes
    -----
    A layer must answer the same inputs with the same outputs: check dropout with rate 0, or
    with a generator that each call seeds anew.
    """
    if hasattr(thing, "loss_and_grads"):
        return _check_model(thing, *inputs, step=step)
    rng = np.random.default_rng(seed)
    xs, *state = inputs
    recurrent = hasattr(thing, "initial_state")
    if recurrent and not state:
        state = [thing.initial_state(xs.shape[1])]

    outputs, cache = _outputs(thing.forward(xs, *state))
    weights = [rng.standard_normal(out.shape) for out in outputs]

    def loss():
        outputs, _ = _outputs(thing.forward(xs, *state))
        return sum(float(np.vdot(w, out)) for w, out in zip(weights, outputs, strict=True))

    analytic, variables = {}, dict(thing.params)
    if recurrent:
        dstate = _unflatten(iter(weights[1:]), state[0])
        dxs, dstate, grads = thing.backward(weights[0], cache, dstate)
        for i, (s, ds) in enumerate(zip(_flatten(state[0]), _flatten(dstate), strict=True)):
            variables[f"state[{i}]"], analytic[f"state[{i}]"] = s, ds
    else:
        dxs, grads = thing.backward(weights[0], cache)
    analytic.update(grads)
    if dxs is not None:  # ids have no gradient
        variables["xs"], analytic["xs"] = xs, dxs
    return {
        name: relative_error(analytic[name], numerical_gradient(loss, x, step))
        for name, x in variables.items()
    }


def _check_model(model, *inputs, step):
    def loss():
        return model.loss_and_grads(*inputs)[0]

    grads = {name: g.copy() for name, g in model.loss_and_grads(*inputs)[1].items()}
    return {
        name: relative_error(grads[name], numerical_gradient(loss, p, step))
        for name, p in model.params.items()
    }


def _outputs(result):
    """Sort what `forward` returned into a flat list of output arrays and the cache."""
    ys, *state, cache = result
    return [ys, *_flatten(state)], cache


def _flatten(state):
    """List the arrays of nested tuples from left to right."""
    if isinstance(state, np.ndarray):
        return [state]
    return [array for part in state for array in _flatten(part)]


def _unflatten(arrays, like):
    """Put arrays back into tuples nested as in `like`."""
    if isinstance(like, np.ndarray):
        return next(arrays)
    return tuple(_unflatten(arrays, part) for part in like)
