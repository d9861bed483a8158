"""Activations, their derivatives, and softmax."""

import numpy as np


def sigmoid(x):
    """1 / (1 + exp(-x)), written with tanh, which cannot overflow."""
    return 0.5 * np.tanh(0.5 * x) + 0.5


def dsigmoid(y):
    """Derivative of the sigmoid, in terms of its *output* y."""
    return y * (1 - y)


def dtanh(y):
    """Derivative of tanh, in terms of its *output* y."""
    return 1 - y * y


def softmax(x):
    """Exponentials that sum to 1 over the last axis; the largest is shifted to exp(0)."""
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
    For few ids a product with the one-hot matrix is 5 to 20 times faster than `np.add.at`; for
    thousands of ids the matrix would be nearly all zeros, and `np.add.at` wins.
    """
    if num_ids <= 1024:
        one_hot = np.zeros((len(ids), num_ids), dtype=rows.dtype)
        one_hot[np.arange(len(ids)), ids] = 1
        return one_hot.T @ rows
    sums = np.zeros((num_ids, rows.shape[1]), dtype=rows.dtype)
    np.add.at(sums, ids, rows)
    return sums
