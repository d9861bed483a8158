"""Mistakes in modules whose own tests do not list them, and the check that none is missing."""

import json
import re
from functools import partial

import numpy as np
import pytest
from helpers import NAMES, run_python
from mistakes import PACKAGE, mistakes, raising_lines
from planted import TESTS, bug

import rnnlib as rl
from rnnlib import Adam, LanguageModel, RMSprop
from rnnlib.datasets.tasks import reber_surprise
from rnnlib.errors import at_least_one, require_float_dtype, require_generator
from rnnlib.training.parallel import loss_and_grads


def poisoned(w, training, validation):
    """Train a model that cannot read the letter y: its weights are not numbers."""
    model = LanguageModel(**w.model.config, rng=np.random.default_rng(0))
    model.params["layer0.W_xh"][w.vocab.encode("y")] = np.nan
    training, validation = (
        rl.padded_batches(w.vocab, [name], 1) for name in (training, validation)
    )
    return rl.fit(model, training, Adam(), epochs=1, validation=validation, progress=False)


# What is wrong, as the message must say; and how it comes about, given the world `w` below.
VALUE_ERRORS = [
    # texts and symbols
    ("symbol '!' at position 3 of 'rex!'", lambda w: rl.padded_batches(w.vocab, ["rex!"], 2)),
    # tasks
    ("lag must be at least 1, got 0", lambda w: rl.recall_batches(0, 4, 4, w.rng)),
    ("'BTBTXSSTE' is not of the emb", lambda w: reber_surprise("BTBTXSSTE")),
    ("'BTBTXSEPE' is not of the emb", lambda w: reber_surprise("BTBTXSEPE")),
    ("'BTBTXTE' is not of the embedded", lambda w: reber_surprise("BTBTXTE")),
    # sets and batches
    ("sum to 1, got (0.8, 0.1) (sum 0.9)", lambda w: rl.split(NAMES, (0.8, 0.1))),
    ("positive and sum to 1, got (1.5, -0.5)", lambda w: rl.split(NAMES, (1.5, -0.5))),
    ("3 distinct items are too few for 3 parts", lambda w: rl.split("aabbcc")),
    ("no sequences to make batches of", lambda w: rl.padded_batches(w.vocab, [], 2)),
    ("batch_size must be at least 1, got 0", lambda w: rl.padded_batches(w.vocab, NAMES, 0)),
    ("batch_size must be at least 1, got -1", lambda w: rl.labelled_batches(w.vocab, "a", [0], -1)),
    ("no end mark", lambda w: rl.padded_batches(rl.Vocabulary("abc"), ["abc"], 2)),
    ("seq_len must be at least 1, got 0", lambda w: rl.stream_batches(np.arange(9), 2, 0)),
    ("shape (3, 3)", lambda w: rl.stream_batches(np.ones((3, 3), int), 2, 2)),
    ("9 symbols is too short for 2 rows", lambda w: rl.stream_batches(np.arange(9), 2, 5)),
    ("1 labels for 2: ['rex', 'tor']", lambda w: w.labelled(["rex", "tor"], [0])),
    ("2 labels for 3: 'rex'", lambda w: w.labelled(["rex"], [[0, 1]])),
    ("none may be empty", lambda w: w.labelled(["rex", ""], [0, 1])),
    # pairs and translating
    ("no pairs to make batches of", lambda w: w.pairs([], 2)),
    ("batch_size must be at least 1, got 0", lambda w: w.pairs([("rex", "rex")], 0)),
    ("no end mark", lambda w: rl.pair_batches(w.vocab, rl.Vocabulary("rex"), [("rex", "rex")], 1)),
    ("source of pair 1 is empty", lambda w: w.pairs([("rex", "rex"), ("", "rex")], 2)),
    ("symbol '!' at position 3 of 'rex!'", lambda w: w.pairs([("rex!", "rex")], 2)),
    # optimizers and gradients
    ("lr must be positive, got 0", lambda w: Adam(0)),
    ("momentum must be in [0, 1), got 1", lambda w: rl.SGD(momentum=1)),
    ("alpha must be in [0, 1), got -1", lambda w: RMSprop(alpha=-1)),
    ("betas must be in [0, 1), got (0.9, 1)", lambda w: Adam(betas=(0.9, 1))),
    ("weight_decay must not be negative, got -1", lambda w: Adam(weight_decay=-1)),
    ("share must be in [0, 1), got 1", lambda w: rl.warm_up(1)),
    ("differ in ['output.b_y']", lambda w: w.optimizer.step(w.model.params, w.grads_less)),
    ("b_y has shape (23,), its gradient (2,)", lambda w: w.optimizer.step(w.model.params, w.odd)),
    ("max_norm must be positive, got 0", lambda w: rl.clip_by_norm({"W": np.ones(3)}, 0)),
    ("limit must be positive, got nan", lambda w: rl.clip_by_value({"W": np.ones(3)}, np.nan)),
    # training
    ("not both", lambda w: w.fit(clip_norm=1, clip_value=1)),
    ("workers must be at least 1, got 0", lambda w: w.fit(workers=0)),
    (
        "workers must be at least 1, got 0",
        lambda w: loss_and_grads(w.model, w.ids, w.ids, workers=0),
    ),
    ("epoch 0, step 0: the loss is nan", lambda w: poisoned(w, "draconyx", "rex")),
    ("epoch 0: the validation loss is nan", lambda w: poisoned(w, "rex", "draconyx")),
]
TYPE_ERRORS = [
    ("must be a list of strings", lambda w: rl.padded_batches(w.vocab, "one text", 2)),
    ("float64, got float32", lambda w: rl.numerical_gradient(float, np.ones(2, np.float32))),
]
MISTAKES = {
    ValueError: VALUE_ERRORS,
    TypeError: TYPE_ERRORS,
}


@pytest.fixture
def world(world):
    """What these mistakes need besides."""
    w, vocab, model = world, world.vocab, world.model
    grads = {name: np.ones_like(p) for name, p in model.params.items()}
    vars(w).update(
        grads_less={name: g for name, g in grads.items() if name != "output.b_y"},
        odd=grads | {"output.b_y": np.ones(2)},
        labelled=lambda *arrays: rl.labelled_batches(vocab, *arrays, batch_size=2),
        pairs=partial(rl.pair_batches, vocab, vocab),
    )
    return w


@mistakes(MISTAKES)
def test_a_mistake_is_answered_in_words_and_changes_nothing(mistake, world):
    mistake(world)


@pytest.mark.mistake
@pytest.mark.parametrize(
    ("error", "message", "check"),
    [
        (ValueError, "size must be at least 1, got 0", lambda: at_least_one(size=0)),
        (TypeError, "size must be a whole number, got 64.0", lambda: at_least_one(size=64.0)),
        (TypeError, "size must be a whole number, got True", lambda: at_least_one(size=True)),
        (TypeError, "size must be a whole number, got 'abc'", lambda: at_least_one(size="abc")),
        (ValueError, "no hidden randomness", lambda: require_generator(None)),
        (TypeError, "numpy.random.Generator, got 0. Pass", lambda: require_generator(0)),
        (TypeError, "got RandomState", lambda: require_generator(np.random.RandomState(0))),
        (TypeError, "got <class 'int'>", lambda: require_float_dtype(int)),
        (TypeError, "got 'float16'", lambda: require_float_dtype("float16")),
        (TypeError, "got <class 'complex'>", lambda: require_float_dtype(complex)),
        (TypeError, "got None", lambda: require_float_dtype(None)),
        (TypeError, "got 'single malt'", lambda: require_float_dtype("single malt")),
    ],
)
def test_a_check_says_what_it_was_given(error, message, check):
    with pytest.raises(error, match=re.escape(message)):
        check()


@bug(
    "whole numbers must be Python's",
    "errors.at_least_one",
    "isinstance(size, Integral)",
    "type(size) is int",
)
@pytest.mark.parametrize("dtype", ["float32", np.float64, np.dtype("float32"), float, "<f8"])
def test_a_check_lets_pass_what_is_right(dtype, rng):
    at_least_one(a=1, b=np.int64(3), c=np.uint8(2))
    require_generator(rng)
    assert require_float_dtype(dtype) == np.dtype(dtype)


def test_every_raise_in_rnnlib_is_provoked(tmp_path):
    found = tmp_path / "reached.json"
    watched = {"env": {"RNNLIB_REACHED": str(found)}}
    options = ["-q", "-m", "mistake", "-p", "mistakes", "-p", "no:cacheprovider"]
    with run_python("-m", "pytest", *options, TESTS, **watched) as process:
        said = process.stdout.read()
    assert process.returncode == 0, said[-3000:]
    reached = {tuple(place) for place in json.loads(found.read_text())}
    missed = [
        f"{path.removeprefix(PACKAGE)}:{first}: {code[:60]}"
        for path, first, last, code in raising_lines()
        if not re.search(r"plots\.py|widgets", path) and "NotImplemented" not in code
        if not any((path, line) in reached for line in range(first, last + 1))
    ]
    assert missed == []
