"""The loss by hand, on padding, and what it refuses."""

import math

import numpy as np
import pytest
from mistakes import mistakes
from planted import bug

from rnnlib import cross_entropy


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_loss_by_hand(dtype):
    logits = np.log([[[1, 2, 1]], [[3, 1, 4]]]).astype(dtype)  # p = 1/4 1/2 1/4 and 3/8 1/8 1/2
    loss, dlogits = cross_entropy(logits, np.array([[1], [0]]))
    assert loss == pytest.approx((np.log(2) + np.log(8 / 3)) / 2, rel=1e-6)
    np.testing.assert_allclose(dlogits[0, 0], [1 / 8, -1 / 4, 1 / 8], rtol=1e-6)
    np.testing.assert_allclose(dlogits[1, 0], [-5 / 16, 1 / 16, 1 / 4], rtol=1e-6)
    assert dlogits.dtype == dtype


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


@bug("nan on a pad is scored", "losses._check", "padding.any()", "False")
@pytest.mark.parametrize("padding", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("kind", [bool, int, np.float32])
def test_padding_that_is_no_number_adds_exactly_nothing(padding, kind, rng):
    logits, targets = rng.standard_normal((4, 3, 5)), rng.integers(0, 5, (4, 3))
    mask = (np.arange(4)[:, None] < [4, 1, 2]).astype(kind)
    spoilt = np.where(mask[..., None], logits, padding)
    loss, dlogits = cross_entropy(logits, targets, mask)
    loss_too, dlogits_too = cross_entropy(spoilt, targets, mask)
    assert loss_too == loss
    np.testing.assert_array_equal(dlogits_too, dlogits)
    assert not dlogits_too[mask == 0].any()
    assert np.isnan(spoilt).any() or np.isinf(spoilt).any()  # the caller's array is left alone


@mistakes(
    {
        ValueError: [
            (
                "targets (2, 3) must have",
                lambda w: cross_entropy(np.ones((2, 4, 5)), np.ones((2, 3), int)),
            ),
            (
                "targets run from 5 to 5; expected 0 … 4",
                lambda w: cross_entropy(np.ones((2, 4, 5)), np.full((2, 4), 5)),
            ),
            (
                "targets run from -1 to -1; expected 0 … 4",
                lambda w: cross_entropy(np.ones((2, 4, 5)), np.full((2, 4), -1)),
            ),
            (
                "targets must be integers, at least one of them; got float64 (2, 4)",
                lambda w: cross_entropy(np.ones((2, 4, 5)), np.ones((2, 4))),
            ),
            ("at least one", lambda w: cross_entropy(np.ones((0, 4, 5)), np.ones((0, 4), int))),
            (
                "mask (4,)",
                lambda w: cross_entropy(np.ones((2, 4, 5)), np.ones((2, 4), int), np.ones(4)),
            ),
            (
                "it runs from -1.0 to -1.0",
                lambda w: cross_entropy(np.ones((1, 1, 5)), [[0]], [[-1.0]]),
            ),
            (
                "it runs from nan to nan",
                lambda w: cross_entropy(np.ones((1, 1, 5)), [[0]], [[np.nan]]),
            ),
            ("mask is 0", lambda w: cross_entropy(np.ones((1, 1, 5)), np.ones((1, 1), int), [[0]])),
        ],
        TypeError: [
            ("an array of floats, got [[0", lambda w: cross_entropy([[0.0, 1.0]], [1])),
            ("an array of floats, got array", lambda w: cross_entropy(np.ones((1, 2)) * 1j, [1])),
            ("mask must be numbers", lambda w: cross_entropy(np.ones((1, 2)), [1], [1j])),
            ("mask must be numbers", lambda w: cross_entropy(np.ones((1, 2)), [1], ["a"])),
        ],
    }
)
def test_wrong_targets_and_masks_are_refused_in_words(mistake, world):
    mistake(world)
