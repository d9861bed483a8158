"""Measuring and clipping gradients.  Chapter 7."""

import numpy as np

from ..errors import kind_of, require, require_type
from .hyperparameters import number


def global_norm(grads):
    """Return the Euclidean length of all gradients taken as one long vector.

    Where squares would overflow or vanish in single precision, the gradients are divided by the
    largest component and squared in double precision.
    """
    _check_kinds(grads)
    if not grads:
        return 0.0
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        squares = sum(float(np.vdot(g, g)) for g in grads.values())
    if 1e-20 < squares < 1e30:  # no square overflowed, and those that vanished do not count
        return float(np.sqrt(squares))
    largest, length = _scaled_norm(grads)
    return largest * length


def clip_by_norm(grads, max_norm):
    r"""Shorten the gradient to length `max_norm` if it is longer, in place.  Chapter 7.

    .. math:: g \leftarrow g \cdot \min(1,\, \text{max\_norm} / \lVert g \rVert)

    All gradients are scaled by the same number, so the direction of the step does not change.

    Parameters
    ----------
    grads : dict of str to ndarray
    max_norm : float

    Returns
    -------
    float
        The norm before clipping.

    Raises
    ------
    ValueError
        A gradient that is not finite: it has no direction to keep.

    References
    ----------
    R. Pascanu, T. Mikolov and Y. Bengio, "On the difficulty of training recurrent neural
    networks", ICML 2013.
    """
    max_norm = number("max_norm", max_norm)
    norm = global_norm(grads)
    if not norm < 1e30:  # or nan
        _check_finite(grads)
    if norm > max_norm:
        factors = [max_norm / norm] if norm < 1e30 else _two_factors(grads, max_norm)
        for g in grads.values():
            for factor in factors:
                g *= factor
    return norm


def clip_by_value(grads, limit):
    """Limit every component to the interval [-limit, limit], in place.  Chapter 7.

    Only the components outside it are changed, so the direction of the step changes.

    Parameters
    ----------
    grads : dict of str to ndarray
    limit : float

    Raises
    ------
    ValueError
        A component that is not finite, which has no place in the interval.
    """
    limit = number("limit", limit)
    _check_kinds(grads)
    _check_finite(grads)
    for g in grads.values():
        np.clip(g, -limit, limit, out=g)


def _scaled_norm(grads):
    """Return the largest component, and the length in units of it."""
    parts = [np.asarray(g, np.float64) for g in grads.values() if np.size(g)]
    largest = max((float(abs(g).max()) for g in parts), default=0.0)
    if largest == 0 or not np.isfinite(largest):
        return largest, 1.0
    return largest, float(np.sqrt(sum(float(np.vdot(g / largest, g / largest)) for g in parts)))


def _two_factors(grads, max_norm):
    """Return max_norm / norm as two factors that single precision can represent."""
    largest, length = _scaled_norm(grads)
    return 1 / largest, max_norm / length


def _check_kinds(grads):
    """Refuse what has no length in real numbers; the squares of integers would run over."""
    require_type(
        isinstance(grads, dict), lambda: f"grads must be a dict of arrays, got {kind_of(grads)}."
    )
    for name, g in grads.items():
        require_type(
            isinstance(g, np.ndarray) and g.dtype.kind == "f",
            lambda: f"The gradient of {name} must be an array of floats, got {g!r:.40}.",  # noqa: B023
        )


def _check_finite(grads):
    for name, g in grads.items():
        require(
            np.isfinite(g).all(),
            f"The gradient of {name} is not finite, and cannot be clipped: the network has "
            "diverged. Try a smaller learning rate.",
        )
