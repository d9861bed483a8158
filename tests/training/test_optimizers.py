"""The properties of every optimizer; the arithmetic itself is compared in `test_golden.py`."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from planted import bug

from rnnlib import (
    SGD,
    Adagrad,
    Adam,
    RMSprop,
    cosine_decay,
)

OPTIMIZERS = [SGD, Adagrad, RMSprop, Adam]
every_optimizer = pytest.mark.parametrize("optimizer", OPTIMIZERS)


@bug(
    "numbers of double precision move single ones",
    "training.hyperparameters.number",
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
