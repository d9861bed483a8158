"""The walk through nested states."""

from typing import NamedTuple

import numpy as np
import pytest
from planted import bug

from rnnlib.nn.nested_state import flatten, map_state, unflatten


class Pair(NamedTuple):
    left: object
    right: object


A, B, C = (np.full((2, 3), i) for i in range(3))


@bug("a walk goes from right to left", "nn.nested_state.map_state", "zip(*states, strict=True)",
     "reversed(list(zip(*states)))")  # fmt: skip
def test_arrays_are_listed_from_left_to_right_and_put_back():
    state = (A, (B, (C,)), ())
    assert [a[0, 0] for a in flatten(state)] == [0, 1, 2]
    assert unflatten(iter(flatten(state)), state) == state


def test_a_function_meets_the_arrays_at_the_same_place():
    sums = map_state(np.add, (A, (B, C)), (C, (C, C)))
    assert [s[0, 0] for s in flatten(sums)] == [2, 3, 4]
    assert isinstance(sums[1], tuple)


@pytest.mark.parametrize("states", [(None,), (None, None)])
def test_nothing_stays_nothing(states):
    assert map_state(np.add, *states) is None
    assert map_state(np.shape, (A, None)) == ((2, 3), None)


def test_a_named_tuple_keeps_its_names():
    assert map_state(np.shape, Pair(A, (B, B))) == Pair((2, 3), ((2, 3), (2, 3)))


@pytest.mark.mistake
@pytest.mark.parametrize(
    ("other", "words"),
    [((A, None), "NoneType and tuple at the same"), ((A,), "tuples of 2 and 1 parts")],
)
def test_states_nested_in_different_ways_are_refused(other, words):
    with pytest.raises(ValueError, match=words):
        map_state(np.add, (A, (B,)), other)
