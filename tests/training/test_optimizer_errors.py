"""What optimizers, schedules, clipping and gradient checks refuse, and what is said then."""

import copy

import numpy as np
import pytest
from helpers import NAMES, frozen
from mistakes import mistakes
from planted import bug

import rnnlib as rl
from rnnlib import SGD, Adagrad, Adam, LanguageModel, RMSprop
from rnnlib.training.schedules import factor

ONES = {"W": np.ones(3)}


@pytest.fixture
def world(world):
    grads = {name: np.ones_like(p) for name, p in world.model.params.items()}
    world.grads = grads
    world.less = {name: g for name, g in grads.items() if name != "output.b_y"}
    world.odd = grads | {"output.b_y": np.ones(2)}
    world.other = LanguageModel(**world.model.config, rng=np.random.default_rng(0))
    world.wrong = Wrong(2, 3, np.random.default_rng(0), np.float64)
    world.copied = copy.deepcopy(world.optimizer)
    return world


class Wrong(rl.Linear):
    def backward(self, dys, cache):
        dxs, grads = super().backward(dys, cache)
        return dxs, {"W_hy": grads["W_hy"]}


def doubled(params):
    return {name: p.astype(np.float64) for name, p in params.items()}


def wider(params):
    return {name: np.zeros((*p.shape, 1), p.dtype) for name, p in params.items()}


def set_rate(w):
    w.optimizer.lr = np.nan


@bug("a foreign model is welcome", "training.optimizers.Optimizer.step", "self.check(params)", "0")
@mistakes(
    {
        ValueError: [
            ("lr must be positive, got 1000", lambda w: rl.Adam(10**400)),
            ("lr must be positive, got 0", lambda w: Adam(0)),
            ("lr must be positive, got -0.1", lambda w: SGD(-0.1)),
            ("lr must be positive, got nan", lambda w: Adam(np.nan)),
            ("lr must be positive, got inf", lambda w: Adam(np.inf)),
            ("lr must not be negative, got nan", set_rate),
            ("momentum must be in [0, 1), got 1", lambda w: SGD(momentum=1)),
            ("momentum must be in [0, 1), got nan", lambda w: SGD(momentum=np.nan)),
            ("alpha must be in [0, 1), got -1", lambda w: RMSprop(alpha=-1)),
            ("eps must not be negative, got -1", lambda w: Adagrad(eps=-1)),
            ("eps must not be negative, got inf", lambda w: RMSprop(eps=np.inf)),
            ("betas must be in [0, 1), got (0.9, 1)", lambda w: Adam(betas=(0.9, 1))),
            ("betas must be finite, got nan", lambda w: Adam(betas=(0.9, np.nan))),
            ("weight_decay must not be negative, got -1", lambda w: Adam(weight_decay=-1)),
            ("share must be in [0, 1), got 1", lambda w: rl.warm_up(1)),
            ("returned -1 at progress 0.5", lambda w: factor(lambda progress: -1, 0.5)),
            ("progress 0.5 must be finite, got nan", lambda w: factor(lambda p: np.nan, 0.5)),
            ("differ in ['output.b_y']", lambda w: w.optimizer.step(w.model.params, w.less)),
            (
                "b_y has shape (23,), its gradient (2,)",
                lambda w: w.optimizer.step(w.model.params, w.odd),
            ),
            ("Make a new optimizer", lambda w: w.optimizer.step(w.other.params, w.grads)),
            ("Make a new optimizer", lambda w: w.optimizer.step(doubled(w.model.params), w.grads)),
            ("Make a new optimizer", lambda w: w.copied.step(doubled(w.model.params), w.grads)),
            ("Make a new optimizer", lambda w: w.copied.step(wider(w.model.params), w.grads)),
            ("Make a new optimizer", lambda w: w.copied.step(ONES, ONES)),
            ("max_norm must be positive, got 0", lambda w: rl.clip_by_norm(ONES, 0)),
            ("max_norm must be positive, got -1", lambda w: rl.clip_by_norm(ONES, -1)),
            ("limit must be positive, got nan", lambda w: rl.clip_by_value(ONES, np.nan)),
            ("gradient of W is not finite", lambda w: rl.clip_by_norm({"W": np.ones(2) / 0}, 1)),
            (
                "gradient of W is not finite",
                lambda w: rl.clip_by_value({"W": np.nan * np.ones(2)}, 1),
            ),
            ("Shapes (3,) and (1,) differ", lambda w: rl.relative_error(np.ones(3), np.ones(1))),
            ("Shapes (2, 1) and (2,)", lambda w: rl.relative_error(np.ones((2, 1)), np.ones(2))),
            ("step must be positive, got 0", lambda w: rl.numerical_gradient(float, np.ones(2), 0)),
            (
                "Gradients and parameters differ in ['b_y']",
                lambda w: rl.check_gradients(w.wrong, np.ones((4, 1, 2))),
            ),
        ],
        TypeError: [
            (
                "gradient of W must be an array",
                lambda w: rl.global_norm({"W": np.ones(3, np.int8)}),
            ),
            (
                "gradient of W must be an array",
                lambda w: rl.clip_by_norm({"W": np.ones(3) * 1j}, 1),
            ),
            (
                "gradient of W must be an array",
                lambda w: rl.clip_by_value({"W": [1.0]}, 1),
            ),
            (
                "grads must be a dict of arrays",
                lambda w: rl.clip_by_norm(np.ones(3), 1),
            ),
            (
                "W must be an array of float32 or float64",
                lambda w: rl.SGD().step({"W": np.ones(3, int)}, ONES),
            ),
            (
                "W must be an array of float32 or float64",
                lambda w: rl.SGD().step({"W": np.ones(3, np.float16)}, ONES),
            ),
            (
                "W must be an array of float32 or float64",
                lambda w: rl.SGD().step({"W": np.ones(3)}, {"W": [1, 1, 1]}),
            ),
            ("step takes model.params", lambda w: rl.SGD().step(w.model, ONES)),
            ("takes a model or a layer", lambda w: rl.check_gradients(rl.LanguageModel, w.batches)),
            ("takes a model or a layer", lambda w: rl.check_gradients(w.model)),
            ("lr must be a number, got '0.1'", lambda w: Adam("0.1")),
            ("lr must be a number, got True", lambda w: SGD(True)),
            ("lr must be a number, got None", lambda w: SGD(None)),
            ("lr must be a number, got array([1., 1.])", lambda w: SGD(np.ones(2))),
            ("lr must be a number, got 1j", lambda w: SGD(1j)),
            ("betas must be a pair of numbers, got 0.9", lambda w: Adam(betas=0.9)),
            ("betas must be a pair of numbers, got (0.9,)", lambda w: Adam(betas=(0.9,))),
            ("betas must be a number, got 'a'", lambda w: Adam(betas=(0.9, "a"))),
            ("share must be a number, got None", lambda w: rl.warm_up(None)),
            ("then must be a function from progress", lambda w: rl.warm_up(0.1, 0.5)),
            ("returned nothing at progress 0.5", lambda w: factor(lambda progress: None, 0.5)),
            ("max_norm must be a number, got 'a'", lambda w: rl.clip_by_norm(ONES, "a")),
            ("float64, got float32", lambda w: rl.numerical_gradient(float, np.ones(2, "f"))),
            ("float64, got list", lambda w: rl.numerical_gradient(float, [1.0, 2.0])),
        ],
    }
)
@pytest.mark.filterwarnings("ignore:divide by zero")
def test_a_mistake_about_steps_is_answered_in_words(mistake, world):
    mistake(world)


def test_a_new_model_at_the_place_of_an_old_one_is_another(vocab):
    optimizer, params = Adam(), {"W": np.ones(1000)}
    optimizer.step(params, {"W": np.ones(1000)})
    for _ in range(20):  # the allocator soon gives the same place again
        del params
        params = {"W": np.ones(1000)}
        before = frozen(params)
        with pytest.raises(ValueError, match="Make a new optimizer"):
            optimizer.step(params, {"W": np.ones(1000)})
        assert frozen(params) == before


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy])
def test_a_copied_pair_goes_on_as_the_first_would(again, vocab, rng):
    batches = rl.padded_batches(vocab, NAMES, 5)
    model, optimizer = LanguageModel(len(vocab), 8, rng=rng), Adam()
    rl.fit(model, batches, optimizer, epochs=1, progress=False)
    twin, twins_optimizer = copy.deepcopy(model), copy.deepcopy(again(optimizer))
    rl.fit(model, batches, optimizer, epochs=1, progress=False)
    rl.fit(twin, batches, twins_optimizer, epochs=1, progress=False)
    assert frozen(twin.params) == frozen(model.params)


def test_views_of_the_same_numbers_are_the_same_parameters():
    optimizer, point = Adam(), np.ones(4)
    for _ in range(2):
        optimizer.step({"a": point[:2], "b": point[2:]}, {"a": np.ones(2), "b": np.ones(2)})
    with pytest.raises(ValueError, match="other parameters than 'a'"):
        optimizer.step({"a": point[2:], "b": point[:2]}, {"a": np.ones(2), "b": np.ones(2)})
    optimizer.step({"b": point[2:]}, {"b": np.ones(2)})  # some of its own
