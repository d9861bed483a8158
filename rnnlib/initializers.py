"""How weights start.  Every function takes `(rng, shape, …, dtype)` and returns an ndarray."""

import numpy as np


def uniform(rng, shape, limit, dtype=np.float32):
    """Draw from U(-limit, limit); PyTorch starts recurrent layers with limit = 1/sqrt(H)."""
    return rng.uniform(-limit, limit, shape).astype(dtype)


def normal(rng, shape, scale, dtype=np.float32):
    """Draw from N(0, scale²)."""
    return (scale * rng.standard_normal(shape)).astype(dtype)


def glorot(rng, shape, dtype=np.float32):
    """Draw from U(-a, a), a = sqrt(6 / (rows + columns)).

    References
    ----------
    X. Glorot and Y. Bengio, "Understanding the difficulty of training deep feedforward neural
    networks", AISTATS 2010.
    """
    return uniform(rng, shape, np.sqrt(6 / sum(shape)), dtype)


def orthogonal(rng, shape, gain=1.0, dtype=np.float32):
    """Draw a matrix with orthonormal rows or columns, times `gain`, uniformly.

    References
    ----------
    A. Saxe, J. McClelland and S. Ganguli, "Exact solutions to the nonlinear dynamics of learning
    in deep linear neural networks", ICLR 2014.
    """
    rows, columns = shape
    q, r = np.linalg.qr(rng.standard_normal((max(shape), min(shape))))
    q = q * np.sign(np.diag(r))  # QR fixes signs by convention; undo it, or the draw is not uniform
    return np.ascontiguousarray(gain * (q if rows >= columns else q.T), dtype=dtype)


def identity(shape, gain=1.0, dtype=np.float32):
    """Return `gain` times the identity matrix.

    References
    ----------
    Q. Le, N. Jaitly and G. Hinton, "A simple way to initialize recurrent networks of rectified
    linear units", 2015.
    """
    return gain * np.eye(*shape, dtype=dtype)
