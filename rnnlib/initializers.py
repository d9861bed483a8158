"""Initial weights: functions of `(rng, shape, …, dtype)` that return an ndarray.

All refuse a dtype other than float32 and float64, and a seed where a generator is expected.
"""

import numpy as np

from .errors import require_float_dtype, require_generator


def uniform(rng, shape, limit, dtype=np.float32):
    """Draw from U(-limit, limit); PyTorch starts recurrent layers with limit = 1/sqrt(H)."""
    dtype = _checked(rng, dtype)
    return rng.uniform(-limit, limit, shape).astype(dtype)


def normal(rng, shape, scale, dtype=np.float32):
    """Draw from N(0, scale²)."""
    dtype = _checked(rng, dtype)
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
    dtype = _checked(rng, dtype)
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
    return float(gain) * np.eye(*shape, dtype=require_float_dtype(dtype))


def _checked(rng, dtype):
    """Check both arguments before anything is drawn; return the dtype."""
    require_generator(rng)
    return require_float_dtype(dtype)
