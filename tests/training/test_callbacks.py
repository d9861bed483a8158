"""The ready-made callbacks, on trainings whose validation losses are given."""

import numpy as np
import pytest
from helpers import NAMES, frozen
from planted import bug

import rnnlib.training.loop
from rnnlib import (
    Adam,
    Callback,
    EarlyStopping,
    KeepBest,
    LanguageModel,
    SaveCheckpoint,
    ShowSamples,
    fit,
    load_checkpoint,
    padded_batches,
)


class Album(Callback):
    """Photographs the parameters after every epoch."""

    def __init__(self):
        self.epochs = []

    def on_epoch(self, run):
        self.epochs.append(frozen(run.model.params))


@pytest.fixture
def train(vocab, monkeypatch):
    """A function that trains a small model from one seed, with given validation losses."""

    def run(callbacks, losses=(3, 2, 1, 2, 3, 4, 5, 0)):
        scores = iter(losses)
        monkeypatch.setattr(
            rnnlib.training.loop, "evaluate", lambda model, batches, **_: next(scores)
        )
        rng = np.random.default_rng(5)
        model = LanguageModel(len(vocab), 8, dropout=0.1, rng=rng)
        batches = padded_batches(vocab, NAMES, 5, rng)
        history = fit(
            model,
            batches,
            Adam(0.01),
            epochs=len(losses),
            validation=batches,
            callbacks=callbacks,
            progress=False,
        )
        return model, history

    return run


@bug(
    "early stopping waits one epoch longer",
    "training.callbacks.EarlyStopping.on_epoch",
    "waited >= self.patience",
    "waited > self.patience",
)
@pytest.mark.parametrize(
    ("patience", "losses", "epochs", "stopped"),
    [
        (1, [3, 2, 1, 2, 0], 4, "no better epoch for 1"),
        (3, [3, 2, 1, 2, 3, 4, 0], 6, "no better epoch for 3"),
        (2, [1, 1, 1, 1], 3, "no better epoch for 2"),  # as good is not better
        (3, [3, 2, 1, 2, 3, 0, 4, 4], 8, ""),  # a better one came in time
    ],
)
def test_early_stopping_waits_as_long_as_its_patience(train, patience, losses, epochs, stopped):
    _, history = train([EarlyStopping(patience)], losses)
    assert history.validation_loss == losses[:epochs]
    assert history.stopped == stopped


@bug("the best epoch is not copied", "training.callbacks.KeepBest.on_epoch", "p.copy()", "p")
@pytest.mark.parametrize("place", ["memory", "disk"])
def test_keep_best_puts_back_the_best_epoch(train, place, tmp_path):
    path, album = tmp_path / "best.npz", Album()
    model, history = train([KeepBest(path if place == "disk" else None), album], [3, 1, 2, 1])
    assert history.best_epoch == 1
    assert frozen(model.params) == album.epochs[1] != album.epochs[3]
    assert path.exists() == (place == "disk")
    if place == "disk":
        assert frozen(load_checkpoint(path).model.params) == album.epochs[1]


def test_without_validation_the_training_loss_decides(vocab, rng):
    album, model = Album(), LanguageModel(len(vocab), 8, rng=rng)
    batches = padded_batches(vocab, NAMES, 5)
    history = fit(
        model, batches, Adam(0.01), epochs=3, callbacks=[KeepBest(), album], progress=False
    )
    best = history.train_loss.index(min(history.train_loss))
    assert frozen(model.params) == album.epochs[best]


def test_save_checkpoint_writes_after_every_so_many_epochs(train, vocab, tmp_path):
    album = Album()
    _, history = train([album, SaveCheckpoint(tmp_path / "run.npz", vocab, every=3)])
    checkpoint = load_checkpoint(tmp_path / "run.npz")
    assert checkpoint.history.epochs == 6
    assert checkpoint.history.step_loss == history.step_loss[:18]
    assert checkpoint.vocab == vocab
    assert frozen(checkpoint.model.params) == album.epochs[5]


def test_showing_samples_does_not_change_the_training(train, vocab, rng, capsys):
    alone, history = train([])
    assert capsys.readouterr().out == ""
    watched, _ = train([ShowSamples(vocab, rng, every=4, count=3)])
    assert frozen(watched.params) == frozen(alone.params)
    lines = capsys.readouterr().out.rstrip("\n").split("\n")
    assert [line[:15] for line in lines] == [
        f"epoch {epoch:3d}  {history.train_loss[epoch - 1]:.2f}" for epoch in (4, 8)
    ]
    samples = [symbol for line in lines for symbol in line[17:].replace(" ", "")]
    assert samples
    assert all(symbol in vocab for symbol in samples)
