"""Softmax and sigmoid far out, cross-entropy by hand, and how weights start."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from planted import bug

from rnnlib import cross_entropy
from rnnlib.functional import log_softmax, sigmoid, softmax
from rnnlib.initializers import glorot, identity, normal, orthogonal, uniform

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


def test_cross_entropy_of_equal_logits_is_ln_v():
    loss, _ = cross_entropy(np.full((4, 2, 27), 3.0), np.zeros((4, 2), int))
    assert loss == pytest.approx(math.log(27), rel=1e-12)


def test_cross_entropy_by_hand():
    p = np.array([[[0.5, 0.25, 0.25]], [[0.1, 0.1, 0.8]]])  # (T, B, V) = (2, 1, 3)
    targets = np.array([[0], [2]])
    loss, dlogits = cross_entropy(np.log(p), targets)
    assert loss == pytest.approx(-(math.log(0.5) + math.log(0.8)) / 2, rel=1e-12)
    np.testing.assert_allclose(dlogits, [[[-0.25, 0.125, 0.125]], [[0.05, 0.05, -0.1]]])

    loss, dlogits = cross_entropy(np.log(p), targets, mask=np.array([[1], [0]]))
    assert loss == pytest.approx(math.log(2), rel=1e-12)
    np.testing.assert_allclose(dlogits, [[[-0.5, 0.25, 0.25]], [[0, 0, 0]]])


def test_cross_entropy_of_huge_logits_is_finite_and_keeps_single_precision():
    logits = np.array([[[1e4, 0, -1e4]]], np.float32)
    loss, dlogits = cross_entropy(logits, np.array([[2]]))
    assert loss == pytest.approx(2e4)
    np.testing.assert_array_equal(dlogits, np.array([[[1, 0, -1]]], np.float32), strict=True)


@pytest.mark.parametrize(
    ("draw", "limit"),
    [
        (lambda rng: uniform(rng, (60, 50), 0.3), 0.3),
        (lambda rng: glorot(rng, (60, 50)), math.sqrt(6 / 110)),
    ],
    ids=["uniform", "glorot"],
)
def test_uniform_weights_fill_their_interval_evenly(draw, limit, rng):
    W = draw(rng)
    assert W.dtype == np.float32
    assert -limit <= W.min() < -0.99 * limit
    assert limit >= W.max() > 0.99 * limit
    assert W.std() == pytest.approx(limit / math.sqrt(3), rel=0.05)


def test_normal_weights_have_the_given_scale(rng):
    W = normal(rng, (60, 50), 0.3)
    assert W.dtype == np.float32
    assert W.std() == pytest.approx(0.3, rel=0.05)
    assert abs(W.mean()) < 0.03


@pytest.mark.parametrize("shape", [(4, 4), (6, 3), (3, 6)])
def test_the_short_side_of_an_orthogonal_matrix_is_orthonormal_times_gain(shape, rng):
    W = orthogonal(rng, shape, gain=1.5, dtype=np.float64)
    assert W.shape == shape
    gram = W @ W.T if shape[0] < shape[1] else W.T @ W
    np.testing.assert_allclose(gram, 1.5**2 * np.eye(min(shape)), atol=1e-12)


@bug(
    "orthogonal matrices keep the signs of QR",
    "initializers.orthogonal",
    "q * np.sign(np.diag(r))",
    "q",
)
def test_orthogonal_matrices_favour_no_direction(rng):
    first = [orthogonal(rng, (4, 4))[0, 0] for _ in range(400)]
    assert abs(np.mean(first)) < 4 * 0.5 / math.sqrt(400)  # mean 0, variance 1/4, four deviations


def test_identity_times_gain_scales_its_input(rng):
    x = rng.standard_normal((2, 4))
    np.testing.assert_array_equal(x @ identity((4, 4), 0.5, np.float64), x / 2)
