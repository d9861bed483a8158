"""Softmax and sigmoid by hand and far out."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from planted import bug

from rnnlib.functional import log_softmax, sigmoid, softmax

LOGITS = st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=8).map(np.array)


@bug("softmax overflows", "functional.softmax", "x - x.max(axis=-1, keepdims=True)", "x")
@given(LOGITS)
def test_softmax_of_any_logits_is_a_distribution_in_their_order(logits):
    p = softmax(logits)
    assert (p >= 0).all()
    assert p.sum() == pytest.approx(1, abs=1e-12)
    assert (np.diff(p[np.argsort(logits)]) >= 0).all()


@given(LOGITS, st.floats(-1e4, 1e4))
def test_softmax_does_not_see_a_constant_added_to_all_logits(logits, constant):
    np.testing.assert_allclose(softmax(logits + constant), softmax(logits), rtol=1e-9, atol=1e-300)


@given(LOGITS)
def test_log_softmax_is_finite_and_the_logarithm_of_softmax(logits):
    log_p = log_softmax(logits)
    assert np.isfinite(log_p).all()
    np.testing.assert_allclose(np.exp(log_p), softmax(logits), rtol=1e-9, atol=1e-300)


def test_softmax_by_hand():
    odds = np.array([1.0, 2.0, 5.0])
    np.testing.assert_allclose(softmax(np.log(odds)), odds / 8, rtol=1e-15)
    np.testing.assert_allclose(log_softmax(np.array([1e4, 0.0])), [0, -1e4], rtol=1e-15)


def test_softmax_normalises_the_last_axis_only(rng):
    p = softmax(rng.standard_normal((2, 3, 4)))
    np.testing.assert_allclose(p.sum(axis=-1), np.ones((2, 3)), rtol=1e-12)


@given(st.floats(-30, 30))
def test_sigmoid_is_one_over_one_plus_exp(x):
    assert sigmoid(x) == pytest.approx(1 / (1 + math.exp(-x)), rel=1e-9, abs=1e-15)


def test_sigmoid_saturates_without_overflow():
    np.testing.assert_array_equal(sigmoid(np.array([-1e30, -1e3, 0, 1e3, 1e30])), [0, 0, 0.5, 1, 1])
