"""The distributions that weights start from."""

import math

import numpy as np
import pytest
from planted import bug

from rnnlib.initializers import glorot, identity, normal, orthogonal, uniform


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
