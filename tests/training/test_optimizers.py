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
    "training.gradients.clip_by_norm",
    "max_norm / norm",
    "max_norm / max(max_norm, np.linalg.norm(g))",
)
@bug(
    "short gradients are stretched",
    "training.gradients.clip_by_norm",
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
    "training.optimizers.warm_up.schedule",
    "(progress - share) / (1 - share)",
    "progress",
)
@bug(
    "the rise ends at the share",
    "training.optimizers.warm_up.schedule",
    "progress / share",
    "progress",
)
@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_has_the_values_worked_out_by_hand(name):
    schedule, values = SCHEDULES[name]
    assert [schedule(progress) for progress in values] == pytest.approx(list(values.values()))
