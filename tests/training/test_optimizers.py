"""Clipping, and what holds for every optimizer; the arithmetic itself is in `test_golden.py`."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from planted import bug

from rnnlib import (
    SGD,
    Adagrad,
    Adam,
    RMSprop,
    clip_by_norm,
    clip_by_value,
    cosine_decay,
    global_norm,
    no_decay,
    warm_up,
)

OPTIMIZERS = [SGD, Adagrad, RMSprop, Adam]
every_optimizer = pytest.mark.parametrize("optimizer", OPTIMIZERS)
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


@bug(
    "numbers of double precision move single ones",
    "training.checks.number",
    "x = float(x)",
    "pass",
)
@every_optimizer
def test_numbers_of_numpy_move_as_those_of_python_do(optimizer, rng):
    grads = rng.standard_normal((5, 30)).astype(np.float32)
    numbers = {"lr": 0.003} if optimizer is SGD else {"lr": 0.003, "eps": 1e-7}
    moved = []
    for kind in (float, np.float64, np.array):
        params = {"W": np.ones(30, np.float32)}
        made = optimizer(**{name: kind(x) for name, x in numbers.items()})
        for g in grads:
            made.lr = kind(0.7) * made.lr
            made.step(params, {"W": g})
        moved.append(params["W"])
        assert all(type(x) in (float, tuple) for x in made.config.values())
    np.testing.assert_array_equal(moved[0], moved[1])
    np.testing.assert_array_equal(moved[0], moved[2])


@bug(
    "half a step is taken",
    "training.optimizers.Optimizer.step",
    "self._put_back(params, before)",
    "pass",
)
@every_optimizer
@pytest.mark.parametrize("at", range(4))
@pytest.mark.parametrize("earlier", [0, 2])
def test_an_interrupted_step_is_not_taken(optimizer, at, earlier, rng):
    class Interrupted(optimizer):
        left = earlier * 4 + at

        def update(self, p, g, **slots):
            super().update(p, g, **slots)
            self.left -= 1
            if self.left == -1:
                raise KeyboardInterrupt

    params = {name: rng.standard_normal(3) for name in "abcd"}
    twins = {name: p.copy() for name, p in params.items()}
    grads = rng.standard_normal((earlier + 1, 4, 3))
    made, twin = Interrupted(), optimizer()
    for row in grads[:earlier]:
        made.step(params, dict(zip("abcd", row, strict=True)))
        twin.step(twins, dict(zip("abcd", row, strict=True)))
    with pytest.raises(KeyboardInterrupt):
        made.step(params, dict(zip("abcd", grads[-1], strict=True)))
    np.testing.assert_equal(params, twins)
    np.testing.assert_equal((made.steps, made.memory), (twin.steps, twin.memory))
    made.step(params, dict(zip("abcd", grads[-1], strict=True)))
    twin.step(twins, dict(zip("abcd", grads[-1], strict=True)))
    np.testing.assert_equal(params, twins)


@every_optimizer
def test_every_parameter_has_a_memory_of_its_own(optimizer, rng):
    grads = {name: rng.standard_normal((4, 3)) for name in "ab"}  # four steps
    together, apart = ({name: np.ones(3) for name in "ab"} for _ in range(2))
    both, single = optimizer(), {name: optimizer() for name in "ab"}
    for step in range(4):
        both.step(together, {name: g[step] for name, g in grads.items()})
        for name, g in grads.items():
            single[name].step({name: apart[name]}, {name: g[step]})
    np.testing.assert_equal(together, apart)


@every_optimizer
def test_a_step_keeps_the_gradients_and_the_precision(optimizer):
    params, grads = {"W": np.ones(3, np.float32)}, {"W": np.array([1, -2, 3], np.float32)}
    optimizer = optimizer()
    optimizer.step(params, grads)
    np.testing.assert_array_equal(grads["W"], [1, -2, 3])
    assert {params["W"].dtype, *(a.dtype for a in optimizer.memory["W"].values())} == {
        np.dtype(np.float32)
    }


@every_optimizer
def test_every_optimizer_finds_the_bottom_of_a_bowl(optimizer):
    params, optimizer = {"x": np.array([3.0, -2.0])}, optimizer(lr=0.3)
    for step in range(300):
        optimizer.lr = 0.3 * cosine_decay(step / 300)
        optimizer.step(params, {"x": params["x"] - [1, 1]})
    np.testing.assert_allclose(params["x"], [1, 1], atol=0.05)


@given(st.floats(1e-3, 1e3))
def test_the_first_step_of_adam_has_the_length_of_the_learning_rate(size):
    params = {"x": np.zeros(2)}
    Adam(lr=0.1).step(params, {"x": np.array([size, -size])})
    np.testing.assert_allclose(params["x"], [-0.1, 0.1], rtol=1e-4)


@every_optimizer
def test_the_config_builds_the_same_optimizer_again(optimizer):
    assert vars(optimizer(**optimizer(lr=0.5).config)) == vars(optimizer(lr=0.5))


def test_cosine_decay_runs_from_1_to_its_final_factor():
    assert [cosine_decay(s, 0.2) for s in (0, 1)] == pytest.approx([1, 0.2])
    assert cosine_decay(0.5) == pytest.approx(0.5)
    assert cosine_decay(1 / 3) == pytest.approx(0.75)  # (1 + cos 60°) / 2


SCHEDULES = {
    "no_decay": (no_decay, {0: 1, 0.3: 1, 1: 1}),
    "rise, then cosine": (warm_up(0.2), {0: 0, 0.05: 0.25, 0.1: 0.5, 0.2: 1, 0.6: 0.5, 1: 0}),
    "rise, then stay": (warm_up(0.5, no_decay), {0: 0, 0.25: 0.5, 0.5: 1, 0.75: 1, 1: 1}),
    "no rise": (warm_up(0), {0: 1, 1 / 3: 0.75, 0.5: 0.5, 1: 0}),
    "two rises": (warm_up(0.5, warm_up(0.5, no_decay)), {0.5: 0, 0.625: 0.5, 0.75: 1, 1: 1}),
}


@bug(
    "what follows the rise has begun before",
    "training.schedules.warm_up.schedule",
    "(progress - share) / (1 - share)",
    "progress",
)
@bug(
    "the rise ends at the share",
    "training.schedules.warm_up.schedule",
    "progress / share",
    "progress",
)
@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_has_the_values_worked_out_by_hand(name):
    schedule, values = SCHEDULES[name]
    assert [schedule(progress) for progress in values] == pytest.approx(list(values.values()))
