"""The record of a training run: aligned by epoch, resumed, and shown in one line."""

import json
import math
import xml.etree.ElementTree as ET
from dataclasses import asdict

import numpy as np
import pytest
from helpers import NAMES, frozen
from planted import bug

import rnnlib as rl
from rnnlib import Adam, EarlyStopping, History, KeepBest, LanguageModel, padded_batches


@pytest.fixture
def trained(vocab):
    """A function that trains one model further, and returns the history."""
    model, optimizer = LanguageModel(len(vocab), 8, rng=np.random.default_rng(1)), Adam(0.01)

    def further(epochs, history=None, size=5, **options):
        batches = padded_batches(vocab, NAMES, size)
        options = {"epochs": epochs, "history": history, "progress": False} | options
        return rl.fit(model, batches, optimizer, **options)

    further.model, further.valid = model, padded_batches(vocab, NAMES[:4], 4)
    return further


@bug(
    "a validation that begins late moves to the front",
    "training.history.History.record_epoch",
    "[math.nan] * missing",
    "[]",
)
def test_validation_that_begins_on_resuming_belongs_to_its_epochs(trained):
    history = trained(2)
    assert history.validation_loss == []
    trained(4, history, validation=trained.valid, callbacks=[EarlyStopping(2), KeepBest()])
    assert np.isnan(history.validation_loss).tolist() == [True, True, False, False]
    assert (history.epochs, history.stopped, history.best_epoch) == (4, "", 3)
    trained(5, history)
    assert np.isnan(history.validation_loss).tolist() == [True, True, False, False, True]
    assert (len(history.validation_loss), history.best_epoch) == (5, 3)
    assert rl.evaluate(trained.model, trained.valid) < history.validation_loss[3]


@bug(
    "steps of an epoch are counted by the batches of today",
    "training.history.History.resume",
    "sum(self.steps) + (self.position.step if self.position else 0)",
    "self.epochs * steps_per_epoch",
)
@pytest.mark.parametrize("size", [2, 5, 15])
def test_another_batch_size_on_resuming_loses_no_step(size, trained):
    history = trained(2, size=5)
    before = list(history.step_loss)
    trained(3, history, size=size)
    assert history.steps == [3, 3, -(-15 // size)]
    assert history.step_loss[:6] == before
    assert len(history.step_loss) == len(history.grad_norm) == sum(history.steps)


def test_an_interrupted_epoch_starts_again(trained):
    class Interrupt(rl.Callback):
        def on_step(self, run, step):
            if len(run.history.step_loss) == 5:
                raise KeyboardInterrupt

    history = trained(3, callbacks=Interrupt())
    assert (history.steps, len(history.step_loss), history.stopped) == ([3], 5, "interrupted")
    trained(2, history)
    assert (history.steps, len(history.step_loss), history.stopped) == ([3, 3], 6, "")


@pytest.mark.parametrize("epochs", [1, 2])
def test_epochs_that_are_done_say_so_and_change_nothing(epochs, trained):
    history = trained(2)
    before, losses = frozen(trained.model.params), list(history.step_loss)
    assert trained(epochs, history) is history
    assert history.stopped == f"2 epochs were done before, of {epochs}"
    assert (frozen(trained.model.params), history.step_loss) == (before, losses)


def test_an_old_history_that_counts_no_steps_is_resumed(trained):
    new = trained(2)
    old = History(**{k: v for k, v in asdict(new).items() if k != "steps"})
    old.step_loss += [9.0, 9.0]  # of an epoch that was interrupted
    old.grad_norm += [9.0, 9.0]
    trained(3, old)
    assert old.steps == [3, 3, 3]
    assert old.step_loss[:6] == new.step_loss
    assert len(old.step_loss) == len(old.grad_norm) == 9


def test_a_history_survives_json(trained):
    history = trained(2)
    trained(3, history, validation=trained.valid)
    again = History(**json.loads(json.dumps(asdict(history))))
    np.testing.assert_equal(asdict(again), asdict(history))
    assert again.best_epoch == 2


def test_the_best_epoch_ignores_epochs_without_validation():
    history = History(train_loss=[3.0, 1.0, 2.0], validation_loss=[math.nan, 2.0, 1.5])
    assert history.best_epoch == 2
    assert History(train_loss=[3.0, 1.0, 2.0]).best_epoch == 1
    assert History(train_loss=[3.0, 1.0], validation_loss=[math.nan] * 2).best_epoch == 1


def test_a_history_is_shown_in_one_line():
    history = History(
        step_loss=[1.0] * 100_000,
        train_loss=[2.0, 1.428],
        validation_loss=[1.6, 1.614],
        seconds=[5.0, 7.0],
    )
    line = "2 epochs in 12 s: train 1.43, validation 1.61 (best 1.60 after 1)"
    assert (str(history), repr(history)) == (line, f"History({line})")
    assert repr(History()) == "History(no epoch)"
    assert repr(History(train_loss=[2.0])) == "History(1 epoch: train 2.00)"
    history.stopped = "interrupted"
    assert str(history) == line + ", stopped: interrupted"


def test_the_picture_of_a_history_is_a_small_drawing_in_the_colour_of_the_text():
    history = History(train_loss=[3.0, 2.0, 1.0], validation_loss=[math.nan, 2.5, math.nan])
    html = history._repr_html_()
    root = ET.fromstring(html.replace("<br>", "<br/>"))
    (svg,) = root.findall("svg")
    assert svg.get("stroke") == "currentColor"
    points = [line.get("points").split() for line in svg.findall("polyline")]
    assert [len(line) for line in points] == [3, 1]
    heights = [float(point.split(",")[1]) for point in points[0]]
    assert heights == sorted(heights)  # the loss falls, and y grows downwards
    assert len(html) < 1500
    assert "svg" not in History(train_loss=[1.0])._repr_html_()


def test_other_things_of_a_run_are_shown_in_one_line(vocab, trained):
    seen = []

    class Look(rl.Callback):
        def on_start(self, run):
            seen.append(repr(run))

    trained(1, callbacks=Look())
    assert seen == ["Run(LanguageModel, Adam, 3 batches, History(no epoch))"]
    batches = padded_batches(vocab, NAMES, 5)
    assert repr(batches) == "Batches(3 of sequences, in one order)"
    assert "continued" in repr(rl.stream_batches(np.zeros(99, int), 2, 5))
    assert repr(next(iter(batches))).startswith("Batch(inputs (")
    pairs = rl.pair_batches(vocab, vocab, [("rex", "x")], 1)
    assert repr(next(iter(pairs))) == (
        "Batch(inputs (source (3, 1), lengths (1,), target (2, 1)), targets (2, 1), mask (2, 1))"
    )
