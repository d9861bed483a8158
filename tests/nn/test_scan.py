"""The linear recurrence: two ways to compute it, and the way back."""

import numpy as np
import pytest
from helpers import TOLERANCE
from hypothesis import given
from hypothesis import strategies as st
from mistakes import mistakes
from planted import bug

from rnnlib import linear_recurrence, numerical_gradient, parallel_scan, relative_error
from rnnlib.nn.scan import linear_recurrence_backward

B, H = 2, 3
both_ways = pytest.mark.parametrize("compute", [linear_recurrence, parallel_scan])


def drawn(T, seed=0):
    """Coefficients of either sign, some of them 0, and a start."""
    rng = np.random.default_rng(seed)
    a, b = rng.uniform(-1.2, 1.2, (T, B, H)), rng.standard_normal((T, B, H))
    a[rng.random(a.shape) < 0.1] = 0
    return a, b, rng.standard_normal((B, H))


@bug("the start is forgotten", "nn.scan.linear_recurrence",
     "np.empty(b.shape, np.result_type(b, start)), start",
     "np.empty(b.shape, np.result_type(b, start)), 0 * start")  # fmt: skip
@bug("nothing is added", "nn.scan.linear_recurrence", "h += b[t]", "pass")
@bug("the scan forgets the start", "nn.scan.parallel_scan", "hs[:1] += a[:1] * start", "pass")
@both_ways
def test_a_state_is_all_that_was_written_times_all_that_was_kept_since(compute):
    a, b, start = drawn(9)
    for t, h in enumerate(compute(a, b, start)):
        parts = [b[s] * np.prod(a[s + 1 : t + 1], axis=0) for s in range(t + 1)]
        expected = sum(parts) + start * np.prod(a[: t + 1], axis=0)
        np.testing.assert_allclose(h, expected, rtol=1e-12, atol=1e-14)


@bug("the scan does not join what steps keep", "nn.scan.parallel_scan",
     "a[covered:] = a[covered:] * a[:-covered]", "pass")  # fmt: skip
@bug("the scan stops a round early", "nn.scan.parallel_scan",
     "covered < len(b)", "2 * covered < len(b)")  # fmt: skip
@given(T=st.integers(1, 70), seed=st.integers(0, 99))
def test_the_scan_equals_the_loop_at_any_length(T, seed):
    a, b, start = drawn(T, seed)
    before = a.copy(), b.copy(), start.copy()
    loop, scan = linear_recurrence(a, b, start), parallel_scan(a, b, start)
    np.testing.assert_allclose(scan, loop, rtol=1e-12, atol=1e-12 * np.abs(loop).max())
    for now, then in zip((a, b, start), before, strict=True):
        np.testing.assert_array_equal(now, then)


@both_ways
def test_a_gate_of_0_forgets_and_one_of_minus_1_turns_around(compute):
    a, b = np.array([1.0, -1, -1, 0, -1]), np.array([0.0, 0, 0, 5, 0])
    np.testing.assert_array_equal(compute(a, b, np.array(2.0)), [2, -2, 2, 5, -5])


@both_ways
def test_products_that_fade_harm_nothing(compute):
    T = 3000
    for keep, write in [(0.01, 1.0), (0.5, 0.5), (1.0, 0.0)]:
        a, b = np.full((T, 1, 1), keep, np.float32), np.full((T, 1, 1), write, np.float32)
        hs = compute(a, b, np.ones((1, 1), np.float32))
        assert hs.dtype == np.float32
        expected = write / (1 - keep) if keep < 1 else 1
        np.testing.assert_allclose(hs[-1], expected, rtol=1e-6)


@bug("the last state has no gradient", "nn.scan.linear_recurrence_backward",
     "np.ones_like(a[:1])", "np.zeros_like(a[:1])")  # fmt: skip
@bug("a is blamed for the state after the step", "nn.scan.linear_recurrence_backward",
     "np.concatenate([start[None], hs[:-1]])", "hs")  # fmt: skip
@bug("the way back keeps what its own step kept", "nn.scan.linear_recurrence_backward",
     "np.concatenate([a[1:], np.ones_like(a[:1])])", "a")  # fmt: skip
@pytest.mark.parametrize("T", [1, 2, 7])
@pytest.mark.parametrize("last", ["unused", "used"])
def test_the_gradients_of_a_linear_recurrence_are_right(T, last, rng):
    a, b, start = drawn(T)
    dhs = rng.standard_normal(b.shape)
    dlast = rng.standard_normal(start.shape) if last == "used" else None

    def weighted_sum():
        hs = linear_recurrence(a, b, start)
        return float(np.vdot(hs, dhs) + (0 if dlast is None else np.vdot(hs[-1], dlast)))

    gradients = linear_recurrence_backward(dhs, a, linear_recurrence(a, b, start), start, dlast)
    for x, gradient in zip((a, b, start), gradients, strict=True):
        assert relative_error(gradient, numerical_gradient(weighted_sum, x)) <= TOLERANCE


ONE = np.ones((4, B, H))


@mistakes(
    {
        ValueError: [
            ("a (3, 2, 3), b (4, 2, 3) and", lambda w: linear_recurrence(ONE[1:], ONE, ONE[0])),
            ("start (3,) must have", lambda w: linear_recurrence(ONE, ONE, ONE[0, 0])),
            ("a (4, 2, 3), b (4, 2, 2)", lambda w: parallel_scan(ONE, ONE[..., 1:], ONE[0])),
            ("a (), b ()", lambda w: parallel_scan(0.5, 0.5, 0.0)),
        ]
    }
)
def test_coefficients_of_other_shapes_are_refused_in_words(mistake, world):
    mistake(world)
