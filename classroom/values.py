"""Values as data: how they cross the border of the sandbox, in both directions.

A message is one JSON document, with its length in front.  Only numbers, texts, lists, dictionaries
and arrays of numbers exist in it, so what arrives is never an object of the student's making.
This file is read on both sides and imports nothing of the project.
"""

import base64
import json
import struct

import numpy as np

LENGTH = struct.Struct(">Q")
LARGEST = 2**26
"""Bytes of a message, at most: 64 MB."""

KINDS = "biuf"
"""Kinds of arrays that cross: truth values, integers, unsigned integers and floats."""


class BadMessage(ValueError):
    """What came over the border is not a message."""


def pack(value):
    """Return a value as something that JSON can hold.

    Raises
    ------
    TypeError
        The value, or something in it, is not data.
    """
    if isinstance(value, np.ndarray | np.generic):
        array = np.asarray(value)
        if array.dtype.kind not in KINDS or array.dtype.itemsize > 8:
            raise TypeError(f"an array of {array.dtype}")
        little = array.astype(array.dtype.newbyteorder("<"))
        data = base64.b64encode(little.tobytes()).decode()
        return {"array": [little.dtype.str, list(array.shape), data]}
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return {"int": str(int(value))}
    if isinstance(value, float):
        return {"float": float(value).hex()}
    if isinstance(value, str):
        return str(value)
    if isinstance(value, list):
        return [pack(item) for item in value]
    if isinstance(value, tuple):
        return {"tuple": [pack(item) for item in value]}
    if isinstance(value, dict):
        return {"dict": [[pack(key), pack(item)] for key, item in value.items()]}
    if isinstance(value, np.random.Generator):
        return {"generator": pack_state(value.bit_generator.state)}
    raise TypeError(f"a {type(value).__name__}")


def pack_state(state):
    """Return the state of NumPy's default generator, whose numbers are too long for JSON."""
    inner = {name: str(number) for name, number in state["state"].items()}
    return [inner["state"], inner["inc"], state["has_uint32"], state["uinteger"]]


def unpack(packed):
    """Return the value of what `pack` has made; refuse everything else."""
    if packed is None or isinstance(packed, bool | str):
        return packed
    if isinstance(packed, list):
        return [unpack(item) for item in packed]
    if not isinstance(packed, dict) or len(packed) != 1:
        raise BadMessage("not a packed value")
    ((kind, content),) = packed.items()
    if kind == "int" and isinstance(content, str) and len(content) < 1000:
        return int(content)
    if kind == "float" and isinstance(content, str):
        return float.fromhex(content)
    if kind == "tuple" and isinstance(content, list):
        return tuple(unpack(item) for item in content)
    if kind == "dict" and isinstance(content, list):
        return {unpack(key): unpack(item) for key, item in content}
    if kind == "array":
        return unpack_array(*content)
    if kind == "generator":
        return unpack_generator(*content)
    raise BadMessage(f"no kind of value is called {kind!r}")


def unpack_array(dtype, shape, data):
    """Return an array, if its size and its data agree."""
    dtype = np.dtype(dtype)
    if dtype.kind not in KINDS or dtype.itemsize > 8:
        raise BadMessage(f"an array of {dtype}")
    raw = base64.b64decode(data, validate=True)
    if any(not isinstance(n, int) or n < 0 for n in shape) or len(shape) > 32:
        raise BadMessage("the shape of an array")
    return np.frombuffer(raw, dtype).reshape(shape).astype(dtype.newbyteorder("="))


def unpack_generator(state, inc, has_uint32, uinteger):
    """Return a generator of random numbers in a given state."""
    rng = np.random.default_rng()
    rng.bit_generator.state = {
        "bit_generator": "PCG64",
        "state": {"state": int(state), "inc": int(inc)},
        "has_uint32": has_uint32,
        "uinteger": uinteger,
    }
    return rng


def to_bytes(value):
    """Return a message."""
    text = json.dumps(pack(value)).encode()
    if len(text) > LARGEST:
        raise TypeError(f"a value of {len(text) / 1e6:.0f} MB")
    return LENGTH.pack(len(text)) + text


def from_bytes(text):
    """Return the value of a message without its length.

    Raises
    ------
    BadMessage
        It is none.
    """
    try:
        return unpack(json.loads(text))
    except BadMessage:
        raise
    except (ValueError, TypeError, OverflowError, RecursionError, MemoryError) as error:
        raise BadMessage(f"{type(error).__name__} in a message") from None
