"""Activations, their derivatives, and softmax."""

import math

import numpy as np


def sigmoid(x):
    """1 / (1 + exp(-x)), written with tanh, which cannot overflow."""
    y = np.tanh(0.5 * x)
    y *= 0.5  # in place: 0.5 * tanh(0.5 * x) + 0.5
    y += 0.5
    return y


def softplus(x):
    """ln(1 + exp(x)) = -ln(1 - sigmoid(x)), which cannot overflow; its derivative is sigmoid(x)."""
    return np.maximum(x, 0) + np.log(1 + np.exp(-np.abs(x)))


def by_gate(a, gates):
    """View the columns of (N, G·H) as one matrix for each gate: (G, N, H)."""
    return a.reshape(len(a), gates, -1).swapaxes(0, 1)


def dsigmoid(y):
    """Derivative of the sigmoid, in terms of its *output* y."""
    return y * (1 - y)


def dtanh(y):
    """Derivative of tanh, in terms of its *output* y."""
    return 1 - y * y


def gelu_gate(x):
    r"""Φ(x), the gate of the GELU, x · Φ(x): the share of a standard normal distribution below x.

    NumPy has no Φ, so it is approximated as by the authors, with a sigmoid of a cubic:

    .. math::
        \Phi(x) \approx \sigma\bigl(\sqrt{8/\pi}\,(x + 0.044715\,x^3)\bigr)

    References
    ----------
    D. Hendrycks and K. Gimpel, "Gaussian error linear units", 2016.
    """
    a = x * x
    a *= 0.044715 * _SLOPE
    a += _SLOPE
    a *= x
    return sigmoid(a)


def dgelu(x, gate):
    """Derivative of x · Φ(x), in terms of its *input* x and the gate: an output may come twice."""
    da = x * x
    da *= 3 * 0.044715 * _SLOPE
    da += _SLOPE
    return gate + x * dsigmoid(gate) * da


_SLOPE = math.sqrt(8 / math.pi)


def softmax(x):
    """Exponentials, scaled to sum to 1 over the last axis; the largest is shifted to exp(0)."""
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def dsoftmax(p, dp):
    """Gradient with respect to x, given the softmax p of x and the gradient of p."""
    return p * (dp - (p * dp).sum(axis=-1, keepdims=True))


def log_softmax(x):
    """Logarithm of the softmax, by the log-sum-exp trick: finite for any finite x."""
    x = x - x.max(axis=-1, keepdims=True)
    return x - np.log(np.exp(x).sum(axis=-1, keepdims=True))


def sum_rows(ids, rows, num_ids):
    """Add up the rows that carry the same id: the transpose of the lookup `W[ids]`.

    Parameters
    ----------
    ids : ndarray (N,) of int
    rows : ndarray (N, D)
    num_ids : int
        V

    Returns
    -------
    ndarray (V, D)

    Notes
    -----
    Rows with the same id are summed together, so each is read once: for 64 ids this takes half the
    time of a product with the one-hot matrix, which reads every row for every id.
    """
    sums = np.zeros((num_ids, rows.shape[1]), dtype=rows.dtype)
    order = np.argsort(ids, kind="stable")
    present, counts = np.unique(ids, return_counts=True)
    ends = counts.cumsum()
    for i, start, end in zip(present, ends - counts, ends, strict=True):
        np.add.reduce(rows[order[start:end]], axis=0, out=sums[i])
    return sums
