"""The linear recurrence h' = a ⊙ h + b: step by step, all steps at once, and the way back.

Neither form divides or takes a logarithm: where a is in [-1, 1], all that either computes are sums,
and products that may fade to 0, as they should.  Scans that divide by the running product of a need
logarithms: it leaves the range of floating point after a hundred steps or so.
"""

import numpy as np

from ..errors import require


def linear_recurrence(a, b, start):
    r"""Compute a linear recurrence step by step.  Chapter 23.

    .. math:: h_t = a_t \odot h_{t-1} + b_t

    Parameters
    ----------
    a, b : ndarray (T, B, H)
        What each step keeps of the state, and what it adds.
    start : ndarray (B, H)
        The state before the first step.

    Returns
    -------
    hs : ndarray (T, B, H)
        The state after each step.

    Raises
    ------
    ValueError
        Shapes that do not match.

    Examples
    --------
    A mean that forgets half at each step:

    >>> half = np.full((3, 1, 1), 0.5)
    >>> rl.linear_recurrence(half, half, np.zeros((1, 1))).ravel()
    array([0.5  , 0.75 , 0.875])
    """
    _check(a, b, start)
    hs, h = np.empty(b.shape, np.result_type(b, start)), start
    for t in range(len(b)):
        h = np.multiply(a[t], h, out=hs[t, ...])  # (B, H), a view of hs even without B and H
        h += b[t]
    return hs


def parallel_scan(a, b, start):
    r"""Compute a linear recurrence in ⌈log₂ T⌉ rounds, each over all steps at once.  Chapter 23.

    Two steps in a row are one step of the same kind,

    .. math:: a_2 (a_1 h + b_1) + b_2 = (a_2 a_1)\, h + (a_2 b_1 + b_2)

    so each round joins every step with the one that ends where it begins, and doubles the stretch
    of time that a step covers.

    Parameters
    ----------
    a, b, start
        As in `linear_recurrence`.

    Returns
    -------
    hs : ndarray (T, B, H)
        Those of `linear_recurrence`, but for rounding.

    Raises
    ------
    ValueError
        Shapes that do not match.

    Notes
    -----
    It does log₂ T times the work, so it pays where a round costs little more than a step: on a
    processor that computes T·B·H numbers at once.

    References
    ----------
    W. D. Hillis and G. Steele, "Data parallel algorithms", Communications of the ACM 29 (1986).
    E. Martin and C. Cundy, "Parallelizing linear recurrent neural nets over sequence length",
    ICLR 2018.
    """
    _check(a, b, start)
    a, hs = np.array(a), b.astype(np.result_type(b, start))
    hs[:1] += a[:1] * start
    covered = 1
    while covered < len(b):
        hs[covered:] = a[covered:] * hs[:-covered] + hs[covered:]
        a[covered:] = a[covered:] * a[:-covered]
        covered *= 2
    return hs


def linear_recurrence_backward(dhs, a, hs, start, dlast=None):
    r"""Send the gradient back through a linear recurrence: the same recurrence, from the right.

    .. math:: \frac{\mathrm d L}{\mathrm d h_t} =
        a_{t+1} \odot \frac{\mathrm d L}{\mathrm d h_{t+1}} + \frac{\partial^+ L}{\partial h_t}

    Parameters
    ----------
    dhs : ndarray (T, B, H)
        Gradient of the loss with respect to each state, as used *at its own step*.
    a, hs, start : ndarray
        What `linear_recurrence` was given, and what it returned.
    dlast : ndarray (B, H), optional
        Gradient with respect to the last state, if something else used it.

    Returns
    -------
    da, db : ndarray (T, B, H)
    dstart : ndarray (B, H)
    """
    if dlast is None:
        dlast = np.zeros_like(start)
    onward = np.concatenate([a[1:], np.ones_like(a[:1])])  # what h_t is multiplied by next
    db = linear_recurrence(onward[::-1], dhs[::-1], dlast)[::-1]  # that of h_t is that of b_t
    da = db * np.concatenate([start[None], hs[:-1]])
    return da, db, a[0] * db[0]


def _check(a, b, start):
    shapes = np.shape(a), np.shape(b), np.shape(start)
    require(
        len(shapes[1]) > 0 and shapes == (shapes[1], shapes[1], shapes[1][1:]),
        lambda: "a {}, b {} and start {} must have shapes (T, …), (T, …) and (…).".format(*shapes),
    )
