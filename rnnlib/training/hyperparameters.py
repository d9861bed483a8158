"""Learning rates and other numbers: finite, in their range, and as Python floats."""

import math
from numbers import Real

import numpy as np

from ..errors import require, require_type

RANGES = {
    "be positive": lambda x: x > 0,
    "not be negative": lambda x: x >= 0,
    "be in [0, 1)": lambda x: 0 <= x < 1,
    "be finite": lambda x: True,
}


def number(name, value, expected="be positive"):
    """Return a number as a Python float.

    With a float64 scalar of NumPy, float32 parameters would be updated in double precision, and
    differently after loading a checkpoint, which stores a Python float.

    Raises
    ------
    TypeError
        Something other than a real number.
    ValueError
        It is not finite, or not as expected: a key of `RANGES`.
    """
    x = value.item() if isinstance(value, np.ndarray) and value.ndim == 0 else value
    real = isinstance(x, Real) and not isinstance(x, bool)
    require_type(real, f"{name} must be a number, got {value!r:.40}.")
    try:
        x = float(x)
    except OverflowError:  # 10**400
        x = math.inf
    inside = math.isfinite(x) and RANGES[expected](x)
    require(inside, f"{name} must {expected}, got {value}.")
    return x
