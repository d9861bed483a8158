"""A class and its arguments, as JSON; only a known class is built, from arguments it takes."""

import inspect
import math

import numpy as np

from ...errors import require
from ...nn.cells import CELLS
from .json_values import is_list, is_number, is_size, is_text, take

_EMPTY = inspect.Parameter.empty


def by_name(*classes):
    """Return the classes that a file may name."""
    return {c.__name__: c for c in classes}


def known_class(instance, known):
    """Return the name of an object's class, if it is one of rnnlib's.

    Raises
    ------
    TypeError
        The class is another, such as a user's subclass.
    """
    name = type(instance).__name__
    if known.get(name) is not type(instance):
        raise TypeError(
            f"A {type(instance).__module__}.{type(instance).__qualname__} could not be read back "
            f"from a checkpoint; known are {', '.join(known)}. Save what it holds with np.savez."
        )
    return name


def plain(value):
    """Return a value as JSON has it: NumPy's numbers and arrays become Python's, tuples lists."""
    if isinstance(value, np.generic | np.ndarray):
        return plain(value.tolist())
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    for kind in (bool, str, int, float):
        if isinstance(value, kind):
            return kind(value)
    if value is None:
        return None
    raise TypeError(
        f"A {type(value).__name__}, {value!r:.40}, cannot be saved: only numbers and texts can."
    )


def describe_class(instance, known, arguments=None):
    """Return {"class": its name, "config": the arguments that build it again}."""
    name = known_class(instance, known)
    return {"class": name, "config": plain(instance.config if arguments is None else arguments)}


def check_class(saved, known, what):
    """Return the class and the arguments that `describe_class` wrote, defaults included."""
    name, config = take(saved, what, {"class": str, "config": dict})
    require(name in known, f"the {what} {name!r:.40} is unknown; known are {', '.join(known)}")
    parameters = {
        k: p.default for k, p in inspect.signature(known[name]).parameters.items() if k != "rng"
    }
    strange = sorted(config.keys() - parameters.keys())
    require(not strange, f"{name} has no {strange!r:.60}")
    for key, default in parameters.items():
        value = config.get(key, default)
        require(value is not _EMPTY, f"{name} needs {key}")
        fits = key not in config or _fits(key, value, default)
        require(fits, f"the {key} of {name} cannot be {value!r:.40}")
    return known[name], parameters | config


def _fits(key, value, default):
    """Whether a value can be the argument that has this default."""
    if key == "cell":
        return type(value) is str and value in CELLS
    if key == "dtype":
        return type(value) is str and value in ("float32", "float64")
    if key == "pairs":
        return is_list(value, lambda pair: is_list(pair, is_text) and len(pair) == 2)
    if isinstance(default, bool) or key == "bidirectional":
        return type(value) is bool
    if isinstance(default, float):
        return is_number(value) and math.isfinite(value)
    if isinstance(default, tuple) and is_text(default[0]):
        return is_list(value, is_text)
    if isinstance(default, tuple):
        return is_list(value, lambda v: _fits(key, v, default[0])) and len(value) == len(default)
    return (default is None and value is None) or is_size(value)
