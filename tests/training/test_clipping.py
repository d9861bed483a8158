"""Clipping keeps the direction, whatever the size of the gradient."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from planted import bug

from rnnlib import clip_by_norm, clip_by_value, global_norm

NUMBERS = st.floats(-1e6, 1e6)
GRADS = st.fixed_dictionaries(
    {
        "W": arrays(np.float64, (2, 3), elements=NUMBERS),
        "b": arrays(np.float64, 2, elements=NUMBERS),
    }
)
LIMITS = st.floats(1e-3, 1e7)


def joined(grads):
    return np.concatenate([g.ravel() for g in grads.values()])


@given(GRADS)
def test_the_global_norm_is_the_length_of_all_gradients_joined(grads):
    assert global_norm(grads) == pytest.approx(math.hypot(*joined(grads)), rel=1e-12)


@bug(
    "each gradient is clipped by itself",
    "training.clipping.clip_by_norm",
    "g *= factor",
    "g *= max_norm / max(max_norm, np.linalg.norm(g))",
)
@bug(
    "short gradients are stretched",
    "training.clipping.clip_by_norm",
    "norm > max_norm",
    "norm > 0",
)
@given(GRADS, LIMITS)
def test_clipping_by_norm_bounds_the_length_and_keeps_the_direction(grads, limit):
    before = joined(grads)
    norm = clip_by_norm(grads, limit)
    after = joined(grads)
    assert norm == pytest.approx(math.hypot(*before), rel=1e-12)
    if norm <= limit:
        np.testing.assert_array_equal(after, before)
    else:
        assert math.hypot(*after) == pytest.approx(limit, rel=1e-12)
        np.testing.assert_allclose(after * norm, before * limit, rtol=1e-9, atol=1e-300)


@given(GRADS, LIMITS)
def test_clipping_by_value_cuts_each_component_by_itself(grads, limit):
    before = joined(grads)
    clip_by_value(grads, limit)
    np.testing.assert_array_equal(joined(grads), [max(-limit, min(limit, g)) for g in before])


@bug(
    "squares overflow",
    "training.clipping.global_norm",
    "1e-20 < squares < 1e30",
    "True",
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("exponent", [-36, -21, -6, 0, 6, 15, 20, 37])
def test_gradients_of_every_size_are_clipped_to_the_limit(dtype, exponent):
    grads = {"W": np.full((2, 2), 3 * 10.0**exponent, dtype), "b": np.zeros(2, dtype)}
    grads["b"][:] = -4 * 10.0**exponent
    length = np.sqrt(68) * 10.0**exponent
    assert global_norm(grads) == pytest.approx(length, rel=1e-6)
    assert clip_by_norm(grads, 10 * length) == pytest.approx(length, rel=1e-6)
    assert grads["W"][0, 0] == dtype(3 * 10.0**exponent)  # shorter than the limit
    assert clip_by_norm(grads, length / 10) == pytest.approx(length, rel=1e-6)
    assert global_norm(grads) == pytest.approx(length / 10, rel=1e-6)
    assert grads["b"][0] / grads["W"][0, 0] == pytest.approx(-4 / 3, rel=1e-6)


@pytest.mark.parametrize("max_norm", [2, np.int64(2), np.float32(2), np.float64(2), np.array(2.0)])
def test_a_limit_of_any_kind_of_number_keeps_the_precision(max_norm):
    for clip, expected in [(clip_by_norm, 1), (clip_by_value, 2)]:
        grads = {"W": np.full(4, 5, np.float32)}
        clip(grads, max_norm)
        assert grads["W"].dtype == np.float32
        np.testing.assert_allclose(grads["W"], expected, rtol=1e-6)


def test_no_gradient_has_no_length():
    for grads in ({}, {"W": np.zeros((0, 2))}, {"W": np.zeros(2)}):
        assert global_norm(grads) == clip_by_norm(grads, 1) == 0
