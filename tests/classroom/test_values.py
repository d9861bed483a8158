"""What crosses the border of the sandbox: data comes back as it went, all else is refused."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from classroom import values

NUMBERS = arrays.arrays(
    st.sampled_from([np.bool_, np.int8, np.uint16, np.int64, np.float32, np.float64]),
    arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
)
DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | NUMBERS,
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def there_and_back(value):
    message = values.to_bytes(value)
    (length,) = values.LENGTH.unpack(message[: values.LENGTH.size])
    assert length == len(message) - values.LENGTH.size
    return values.from_bytes(message[values.LENGTH.size :])


def same(a, b):
    if isinstance(a, np.ndarray):
        return (
            a.dtype == b.dtype and a.shape == b.shape and np.array_equal(a, b, a.dtype.kind == "f")
        )
    if isinstance(a, list | tuple):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    return type(a) is type(b) and (a == b or a != a)


@given(DATA)
def test_data_comes_back_as_it_went(value):
    assert same(value, there_and_back(value))


def test_a_generator_goes_on_where_it_was():
    rng = np.random.default_rng(5)
    rng.random(3)
    copy = there_and_back(rng)
    assert copy.random(4).tolist() == rng.random(4).tolist()


@pytest.mark.parametrize(
    "value", [object(), {1, 2}, b"bytes", print, np.array([None]), np.array(["a"]), 1j]
)
def test_what_is_no_data_does_not_cross(value):
    with pytest.raises(TypeError):
        values.to_bytes([value])


@pytest.mark.parametrize(
    "packed",
    [
        1,
        1.5,
        {"a": 1, "b": 2},
        {"object": []},
        {"int": 5},
        {"int": "x"},
        {"int": "9" * 5000},
        {"array": ["<f8", [3], "AAAA"]},
        {"array": ["|O", [1], "AAAAAAAAAAA="]},
        {"array": ["<f8", [-1], "AAAAAAAAAAA="]},
        {"array": ["<f8", [1]]},
        {"array": ["<f8", [2**40, 2**40], ""]},
        {"generator": ["1", "2", 0]},
        {"dict": [[[], None]]},
        {"float": "not a number"},
    ],
)
def test_a_message_that_is_no_data_is_refused(packed):
    with pytest.raises(values.BadMessage):
        values.from_bytes(json.dumps(packed))


@pytest.mark.parametrize("text", ["", "{", "\xff", "[" * 100_000, "NaN1"])
def test_what_is_no_message_is_refused(text):
    with pytest.raises(values.BadMessage):
        values.from_bytes(text)
