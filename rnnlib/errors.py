"""Checks of arguments that many modules share, and their error messages."""

from numbers import Integral

import numpy as np


def require(condition, message):
    """Raise a ValueError unless the condition holds.

    The message may be a function that returns it, so that a check made at every training step
    formats nothing unless it fails.
    """
    if not condition:
        raise ValueError(message() if callable(message) else message)


def require_type(condition, message):
    """Raise a TypeError unless the condition holds; the message as in `require`."""
    if not condition:
        raise TypeError(message() if callable(message) else message)


def kind_of(thing):
    """Say in words of which class a thing is, or that it is a class itself."""
    return f"the class {thing.__name__}" if isinstance(thing, type) else f"a {type(thing).__name__}"


def at_least_one(**sizes):
    """Raise an error that names the first number that is not whole or is below 1."""
    for name, size in sizes.items():
        whole = isinstance(size, Integral) and not isinstance(size, bool)
        require_type(whole, f"{name} must be a whole number, got {size!r:.60}.")
        require(size >= 1, f"{name} must be at least 1, got {size}.")


def require_generator(rng, name="rng"):
    """Raise an error unless `rng` is a numpy.random.Generator.

    A seed is refused too: two layers given the same seed would start with the same weights.
    """
    require(
        rng is not None,
        f"Pass {name}=np.random.default_rng(seed): rnnlib uses no hidden randomness.",
    )
    require_type(
        isinstance(rng, np.random.Generator),
        f"{name} must be a numpy.random.Generator, got {rng!r:.60}. "
        f"Pass {name}=np.random.default_rng(seed).",
    )


def require_float_dtype(dtype):
    """Return a dtype as np.dtype; raise a TypeError unless it is float32 or float64."""
    try:
        found = np.dtype(dtype)
    except TypeError:
        found = None
    require_type(
        dtype is not None and found in (np.float32, np.float64),
        f"dtype must be float32 or float64, got {dtype!r:.60}: rnnlib computes with real numbers "
        "of single or double precision.",
    )
    return found


def require_ids(ids, size, name="ids", ndim=2):
    """Return ids as an array; raise an error unless they are integers in 0 … size - 1.

    Parameters
    ----------
    ids : array of int
    size : int
        V
    name : str
    ndim : int, optional
        2 for (T, B), 1 for (B,); None allows any shape.
    """
    ids = np.asarray(ids)
    shape = {2: " (T, B)", 1: " (B,)", None: ""}[ndim]
    whole = np.issubdtype(ids.dtype, np.integer) and ids.size > 0
    require(
        whole and ndim in (None, ids.ndim),
        lambda: (
            f"{name} must be integers{shape}, at least one of them; got {ids.dtype} {ids.shape}."
        ),
    )
    lowest, highest = ids.min(), ids.max()
    require(
        lowest >= 0 and highest < size,
        lambda: f"{name} run from {lowest} to {highest}; expected 0 … {size - 1}.",
    )
    return ids


def require_mask(mask):
    """Return a mask as an array; raise an error unless it holds finite numbers from 0 on."""
    mask = np.asarray(mask)
    require_type(mask.dtype.kind in "biuf", lambda: f"mask must be numbers, got {mask.dtype}.")
    require(
        mask.min() >= 0 and mask.max() < np.inf,
        lambda: (
            "mask must be 1 where a target counts and 0 where it is padding; "
            f"it runs from {mask.min()} to {mask.max()}."
        ),
    )
    return mask


def require_numbers(array, name="logits"):
    """Raise a ValueError if an output of the network is nan."""
    require(
        not np.isnan(array).any(),
        f"The {name} contain nan: the network has diverged. Load an earlier checkpoint, or train "
        "again with a smaller learning rate.",
    )
