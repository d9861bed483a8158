"""What `fit`, `train_steps`, `evaluate` and `accuracy` refuse, and what is said then."""

from functools import partial

import numpy as np
import pytest
from helpers import NAMES
from mistakes import mistakes
from planted import bug

import rnnlib as rl
from rnnlib import Adam, Callback, LanguageModel
from rnnlib.training.parallel import loss_and_grads


@pytest.fixture
def world(world):
    w = world
    w.batches = rl.padded_batches(w.vocab, NAMES, 5)
    w.batch = next(iter(w.batches))
    w.nothing = w.batch._replace(mask=np.zeros_like(w.batch.mask))
    w.classes = rl.labelled_batches(w.vocab, NAMES, [0] * len(NAMES), 5)
    w.foreign = rl.Batch(np.full((2, 3), 30), np.full((2, 3), 30))
    w.start = partial(rl.fit, epochs=2, progress=False)
    w.steps = partial(rl.train_steps, w.model, w.batches, w.optimizer)
    w.new = LanguageModel(**w.model.config, rng=np.random.default_rng(1))
    w.classifier = rl.SequenceClassifier(len(w.vocab), 8, 3, rng=np.random.default_rng(1))
    return w


def poisoned(w, training, validation):
    """Train a model that cannot read the letter y: its weights are not numbers."""
    model = LanguageModel(**w.model.config, rng=np.random.default_rng(0))
    model.params["layer0.W_xh"][w.vocab.encode("y")] = np.nan
    training, validation = (
        rl.padded_batches(w.vocab, [name], 1) for name in (training, validation)
    )
    return rl.fit(model, training, Adam(), epochs=1, validation=validation, progress=False)


@mistakes(
    {
        ValueError: [
            ("not both", lambda w: w.fit(clip_norm=1, clip_value=1)),
            ("clip_norm must be positive, got -1", lambda w: w.fit(clip_norm=-1)),
            ("clip_norm must be positive, got nan", lambda w: w.fit(clip_norm=np.nan)),
            ("clip_value must be positive, got 0", lambda w: w.fit(clip_value=0)),
            ("workers must be at least 1, got 0", lambda w: w.fit(workers=0)),
            (
                "workers must be at least 1, got 0",
                lambda w: loss_and_grads(w.model, w.batch, workers=0),
            ),
            ("epochs must be at least 1, got 0", lambda w: w.fit(epochs=0)),
            ("epochs must be at least 1, got -3", lambda w: w.steps(epochs=-3)),
            ("batches is empty", lambda w: w.start(w.model, [], w.optimizer)),
            ("validation is empty", lambda w: w.fit(validation=[])),
            ("epoch 0, step 0: the loss is nan", lambda w: poisoned(w, "draconyx", "rex")),
            ("epoch 0: the validation loss is nan", lambda w: poisoned(w, "rex", "draconyx")),
            ("Make a new optimizer", lambda w: w.start(w.new, w.batches, w.optimizer)),
            ("mask is 0", lambda w: rl.evaluate(w.model, [w.nothing])),
            ("mask is 0", lambda w: rl.accuracy(Tags(), [w.nothing])),
            ("no epoch yet", lambda w: rl.History().best_epoch),
            ("one label for each sequence", lambda w: rl.accuracy(w.classifier, w.batches)),
            ("one label for each sequence", lambda w: rl.accuracy(Tags(), w.classes)),
            ("must have the shape of logits", lambda w: w.fit(validation=w.classes, epochs=2)),
            ("expected 0 … 22", lambda w: w.fit(validation=[w.foreign], epochs=2)),
            ("mask is 0", lambda w: w.fit(validation=[w.nothing], epochs=2)),
        ],
        TypeError: [
            ("or a whole number, got array", lambda w: w.fit(workers=np.array([1, 2]))),
            ("got a string. Make batches", lambda w: w.start(w.model, NAMES, w.optimizer)),
            ("got one string: use", lambda w: w.start(w.model, "rex", w.optimizer)),
            ("got a string. Make batches", lambda w: w.fit(validation=NAMES)),
            ("validation must be Batches", lambda w: w.fit(validation="rex")),
            ("got 'adam'", lambda w: w.start(w.model, w.batches, "adam")),
            ("got the class Adam", lambda w: w.start(w.model, w.batches, Adam)),
            ("got None", lambda w: w.start(w.model, w.batches, None)),
            ("model must be a network", lambda w: w.start(w.batches, w.model, w.optimizer)),
            ("the class LanguageModel", lambda w: w.start(LanguageModel, w.batches, w.optimizer)),
            ("got <class 'rnnlib", lambda w: w.fit(callbacks=[rl.KeepBest])),
            ("list of callbacks", lambda w: w.fit(callbacks=rl.KeepBest)),
            ("list of callbacks", lambda w: w.fit(callbacks="best")),
            ("must be Callbacks", lambda w: w.fit(callbacks=[print])),
            ("schedule must be a function", lambda w: w.fit(schedule=0.1)),
            ("schedule must take the progress", lambda w: w.fit(schedule=lambda: 1)),
            ("schedule must take the progress", lambda w: w.fit(schedule=lambda a, b: 1)),
            ("progress must be a number, got 'a'", lambda w: rl.cosine_decay("a")),
            ("history must be the History", lambda w: w.fit(history=[1.0])),
            ("epochs must be a whole number, got 2.0", lambda w: w.fit(epochs=2.0)),
            ("epochs must be a whole number, got '3'", lambda w: w.fit(epochs="3")),
            ("clip_norm must be a number, got '1'", lambda w: w.fit(clip_norm="1")),
            (
                "or a whole number, got 'two'",
                lambda w: w.fit(workers="two"),
            ),
            ("whole number, got 2.0", lambda w: rl.evaluate(w.model, w.batches, workers=2.0)),
            ("model must be a network", lambda w: rl.evaluate(w.batches, w.model)),
            ("one string: use", lambda w: rl.evaluate(w.model, "rex")),
            ("got LanguageModel", lambda w: rl.accuracy(w.model, w.batches)),
            ("model must be a network", lambda w: rl.accuracy(w.batches, w.classifier)),
        ],
    }
)
def test_a_mistake_about_training_is_answered_in_words(mistake, world):
    mistake(world)


class Tags(Callback):
    """A tagger that says 0 of everything."""

    def loss_and_grads(self):
        """Nothing: it is not trained."""

    loss = loss_and_grads

    def predict(self, ids, mask=None):
        """Tag with 0."""
        return np.zeros_like(ids)


class Meddle(Callback):
    """A callback that starts another run, with the same history, in the middle of this one."""

    def __init__(self, start):
        self.start = start

    def on_step(self, run, step):
        """Start the other run after the first step."""
        self.start(history=run.history)


@bug(
    "a run that has ended keeps its history for itself",
    "training.run.alone",
    "_BUSY.discard(id(history))",
    "pass",
)
@bug("two runs write into one history", "training.run.alone", "_BUSY.add(id(history))", "pass")
@pytest.mark.mistake
def test_one_history_is_in_one_run_at_a_time(world):
    w = world
    other = partial(w.start, w.new, w.batches, Adam())
    history = rl.History()
    with pytest.raises(ValueError, match="This history belongs to a training run"):
        w.fit(callbacks=[Meddle(other)], history=history)
    assert w.fit(history=history, epochs=2).epochs == 2  # it is free again


@pytest.mark.mistake
def test_wrong_arguments_are_refused_before_the_first_step(world):
    with pytest.raises(TypeError):  # not only when it is walked through
        rl.train_steps(world.model, world.batches, Adam, epochs=1)


def test_accuracy_is_the_share_of_counted_targets():
    inputs = np.zeros((3, 2), int)
    targets, mask = np.array([[0, 1], [0, 0], [1, 0]]), np.array([[1, 1], [1, 0], [1, 0]])
    assert rl.accuracy(Tags(), [rl.Batch(inputs, targets)]) == 4 / 6
    assert rl.accuracy(Tags(), [rl.Batch(inputs, targets, mask)]) == 2 / 4
    two = [rl.Batch(inputs, targets, mask), rl.Batch(inputs[:1], targets[:1])]
    assert rl.accuracy(Tags(), two) == 3 / 6


def test_accuracy_of_a_classifier_counts_every_sequence(vocab):
    labels = [i % 3 for i in range(len(NAMES))]
    model = rl.SequenceClassifier(len(vocab), 8, 3, rng=np.random.default_rng(0))
    batches = rl.labelled_batches(vocab, NAMES, labels, 4)
    right = [
        model.predict(vocab.encode(name)[:, None])[0] == label
        for name, label in zip(NAMES, labels, strict=True)
    ]
    assert rl.accuracy(model, batches) == np.mean(right)


@bug(
    "a glance at the validation draws",
    "training.evaluation.rehearse",
    "rng.bit_generator.state = before",
    "pass",
)
def test_validation_with_the_generator_of_the_batches_is_drawn_once_an_epoch(vocab):
    drawn = []

    def walk():
        drawn.append(rng.random())
        yield batch

    rng = np.random.default_rng(3)
    batch = next(iter(rl.padded_batches(vocab, NAMES, 5)))
    validation = rl.Batches(walk, 1, rng=rng)
    model = LanguageModel(len(vocab), 8, rng=np.random.default_rng(0))
    rl.fit(model, [batch], Adam(), epochs=2, validation=validation, progress=False)
    assert drawn[-2:] == np.random.default_rng(3).random(2).tolist()


def test_a_plain_list_of_batches_trains_and_scores(vocab):
    def trained(kind):
        model = LanguageModel(len(vocab), 8, rng=np.random.default_rng(0))
        batches = kind(rl.padded_batches(vocab, NAMES, 5))
        history = rl.fit(
            model,
            batches,
            Adam(),
            epochs=2,
            validation=batches,
            callbacks=Callback(),
            progress=False,
        )
        return history.step_loss, history.validation_loss

    expected = trained(lambda batches: batches)
    assert trained(list) == trained(tuple) == expected
    assert trained(lambda batches: [tuple(batch) for batch in batches]) == expected
    assert trained(lambda batches: [list(batch[:3]) for batch in batches]) == expected
