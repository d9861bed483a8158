"""The ready-made callbacks, on trainings whose validation losses are given."""

import copy
import io
import sys

import numpy as np
import pytest
from helpers import NAMES, frozen
from mistakes import mistakes
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
    Vocabulary,
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


@bug(
    "the best epoch is not copied",
    "training.callbacks.KeepBest.on_epoch",
    "_copies(run.model.params)",
    "run.model.params",
)
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


class Reader(Callback):
    """Reads a checkpoint after every epoch, and counts the epochs in it."""

    def __init__(self, path):
        self.path, self.epochs = path, []

    def on_epoch(self, run):
        there = self.path.exists()
        self.epochs.append(load_checkpoint(self.path).history.epochs if there else 0)


@bug(
    "the last epoch is not saved",
    "training.callbacks.SaveCheckpoint.on_end",
    "self._unwritten is not None",
    "False",
)
@bug(
    "the last epoch is saved as it is at the end",
    "training.callbacks.SaveCheckpoint.on_epoch",
    "_copies(arrays)",
    "arrays",
)
def test_save_checkpoint_writes_after_every_so_many_epochs_and_the_last(train, vocab, tmp_path):
    path, album = tmp_path / "run.npz", Album()
    reader = Reader(path)
    callbacks = [album, KeepBest(), SaveCheckpoint(path, vocab, every=3), reader]
    _, history = train(callbacks, losses=[3, 2, 1, 2, 3, 4, 5, 6])
    assert reader.epochs == [0, 0, 3, 3, 3, 6, 6, 6]
    checkpoint = load_checkpoint(path)
    assert checkpoint.history.epochs == 8
    assert checkpoint.history.step_loss == history.step_loss
    assert checkpoint.vocab == vocab
    assert frozen(checkpoint.model.params) == album.epochs[7]


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


@bug("printing stops at a letter", "training.callbacks._print", '"replace"', '"strict"')
@pytest.mark.parametrize(("encoding", "shown"), [("cp1252", "?"), ("ascii", "?"), ("utf-8", "я")])
def test_letters_that_a_terminal_lacks_do_not_end_the_training(encoding, shown, monkeypatch, rng):
    names = ["яя", "яяя"]
    vocab = Vocabulary(["\n", "я"])
    written = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(written, encoding))
    model = LanguageModel(len(vocab), 4, rng=np.random.default_rng(1))
    show = ShowSamples(vocab, rng, count=20)
    fit(model, padded_batches(vocab, names, 2), Adam(), epochs=2, callbacks=show, progress=False)
    sys.stdout.flush()
    lines = written.getvalue().decode(encoding).splitlines()
    assert len(lines) == 2
    assert all(set(line[17:]) <= {shown, " "} and shown in line for line in lines)


def test_a_program_without_standard_streams_trains(monkeypatch, vocab, rng):
    for name in ("stdout", "stderr"):  # so it is under pythonw
        monkeypatch.setattr(sys, name, None)
    monkeypatch.setenv("TQDM_DISABLE", "0")
    model, batches = LanguageModel(len(vocab), 4, rng=rng), padded_batches(vocab, NAMES, 5)
    show = ShowSamples(vocab, np.random.default_rng(1))
    assert fit(model, batches, Adam(), epochs=2, callbacks=show).epochs == 2


class CtrlC(Callback):
    """The user presses Ctrl-C after so many steps."""

    def __init__(self, steps):
        self.steps = steps

    def on_step(self, run, step):
        if len(run.history.step_loss) == self.steps:
            raise KeyboardInterrupt


@bug(
    "a callback starts with an earlier run's best",
    "training.callbacks.KeepBest.on_start",
    "self._best, history = None, run.history",
    "history = run.history",
)
@pytest.mark.parametrize("on_disk", [False, True])
def test_one_keep_best_may_watch_two_runs(train, on_disk, tmp_path):
    keep, album = KeepBest(tmp_path / "best.npz" if on_disk else None), Album()
    train([keep], [3, 1, 2])
    keep._best = {"from a run that never ended": np.ones(3)}
    model, history = train([CtrlC(2), keep], [3, 1, 2])  # in its first epoch
    assert (history.epochs, history.stopped) == (0, "interrupted")
    again, _ = train([CtrlC(2)], [3, 1, 2])
    assert frozen(model.params) == frozen(again.params)
    model, history = train([keep, album], [3, 2, 1, 4])
    assert frozen(model.params) == album.epochs[2]


@pytest.mark.parametrize("stop", ["ctrl-c", "diverges"])
def test_the_best_and_the_last_epoch_stay_when_a_run_breaks_off(train, stop, tmp_path):
    best, run = tmp_path / "best.npz", tmp_path / "run.npz"
    album, losses = Album(), [2, 1, 3, np.nan, 0]
    breaks = [CtrlC(10)] if stop == "ctrl-c" else []
    callbacks = [album, KeepBest(best), SaveCheckpoint(run, every=9), *breaks]
    if stop == "diverges":
        with pytest.raises(rnnlib.TrainingDiverged):
            train(callbacks, losses)
    else:
        model, _ = train(callbacks, losses)
        assert frozen(model.params) == album.epochs[1]
    assert frozen(load_checkpoint(best).model.params) == album.epochs[1]
    last = load_checkpoint(run)
    assert (last.history.epochs, frozen(last.model.params)) == (3, album.epochs[2])


def test_keep_best_stores_the_vocabulary(train, vocab, tmp_path):
    train([KeepBest(tmp_path / "best.npz", vocab=vocab)], [2, 1])
    best = load_checkpoint(tmp_path / "best.npz")
    assert (best.vocab, best.history.epochs) == (vocab, 2)


@bug(
    "scores are counted from the first epoch",
    "training.history.History._scores",
    "{i: x for i, x in enumerate(self.validation_loss) if not math.isnan(x)}",
    "dict(enumerate(x for x in self.validation_loss if not math.isnan(x)))",
)
def test_validation_may_be_added_when_a_run_is_resumed(vocab, monkeypatch, rng):
    model, batches = LanguageModel(len(vocab), 8, rng=rng), padded_batches(vocab, NAMES, 5)
    optimizer, album = Adam(0.01), Album()
    history = fit(model, batches, optimizer, epochs=3, progress=False)
    scores = iter([5, 4, 6, 7, 8])
    monkeypatch.setattr(rnnlib.training.loop, "evaluate", lambda *_, **__: next(scores))
    callbacks = [EarlyStopping(2), KeepBest(), album]
    options = dict(validation=batches, callbacks=callbacks, history=history, progress=False)
    fit(model, batches, optimizer, epochs=9, **options)
    assert (history.epochs, history.best_epoch) == (7, 4)
    assert history.stopped == "no better epoch for 2"
    assert frozen(model.params) == album.epochs[1]


@bug(
    "the best of another run is put back",
    "training.callbacks._is_best_of",
    "then.train_loss == now.train_loss[:then.epochs]",
    "True",
)
def test_keep_best_goes_on_with_the_file_of_its_own_run_only(vocab, tmp_path, monkeypatch):
    def begin(seed, epochs, path, history=None, model=None, album=None, losses=(1, 2, 3, 4)):
        scores = iter(losses)
        monkeypatch.setattr(rnnlib.training.loop, "evaluate", lambda *_, **__: next(scores))
        model = model or LanguageModel(len(vocab), 8, rng=np.random.default_rng(seed))
        batches = padded_batches(vocab, NAMES, 5)
        callbacks = [KeepBest(path), *([album] if album else [])]
        options = dict(validation=batches, callbacks=callbacks, history=history, progress=False)
        return model, fit(model, batches, Adam(0.01), epochs=epochs, **options)

    album = Album()
    mine, history = begin(1, 2, tmp_path / "mine.npz", album=album)
    begin(2, 2, tmp_path / "other.npz")
    assert frozen(mine.params) == album.epochs[0]
    for name, expected in (("mine.npz", 0), ("other.npz", -1)):
        watch, now = Album(), copy.deepcopy(history)
        resumed = LanguageModel(len(vocab), 8, rng=np.random.default_rng(1))
        begin(1, 4, tmp_path / name, now, resumed, watch, losses=(3, 4))
        put_back = album.epochs[0] if expected == 0 else watch.epochs[-1]
        assert frozen(resumed.params) == put_back


@pytest.mark.parametrize("callback", [SaveCheckpoint, KeepBest])
@pytest.mark.mistake
def test_a_path_that_cannot_be_a_file_is_refused_at_once(callback, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    with pytest.raises(ValueError, match="is a folder; name a file in it"):
        callback(tmp_path)
    with pytest.raises(ValueError, match="is a folder; name a file in it"):
        callback("~")
    with pytest.raises(TypeError, match="must be a string or a Path, got Vocabulary"):
        callback(rnnlib.Vocabulary("ab"))
    assert callback("~/run.npz").path == tmp_path / "run.npz"


@bug(
    "a run is trained before it is seen that it cannot be saved",
    "training.callbacks.SaveCheckpoint.on_start",
    "self._describe(run)",
    "pass",
)
@pytest.mark.parametrize("callback", [SaveCheckpoint, KeepBest])
@pytest.mark.mistake
def test_a_run_that_could_not_be_saved_is_refused_before_it_begins(callback, vocab, rng, tmp_path):
    class MyModel(LanguageModel):
        pass

    batches = padded_batches(vocab, NAMES, 5)
    for model, kept in ((MyModel, vocab), (LanguageModel, "abc"), (LanguageModel, (vocab,) * 2)):
        model = model(len(vocab), 8, rng=rng)
        before, watch = frozen(model.params), callback(tmp_path / "run.npz", kept)
        with pytest.raises((TypeError, ValueError), match=r"could not be read back|only a Seq2Seq"):
            fit(model, batches, Adam(), epochs=1, callbacks=[watch], progress=False)
        assert frozen(model.params) == before
    assert not any(tmp_path.iterdir())


def test_one_save_checkpoint_may_watch_two_runs(train, vocab, tmp_path):
    path, album = tmp_path / "run.npz", Album()
    save = SaveCheckpoint(path, vocab, every=2, every_steps=4)
    train([CtrlC(5), save], [3, 2])
    assert len(load_checkpoint(path).history.step_loss) == 4
    path.unlink()
    train([CtrlC(3), save], [3, 2])  # what is left of the first run is not written
    assert not path.exists()
    train([album, save], [3, 2, 1])
    assert frozen(load_checkpoint(path).model.params) == album.epochs[2]


@pytest.mark.mistake
def test_showing_samples_with_the_runs_own_generator_is_refused(vocab, rng):
    model, shuffle = LanguageModel(len(vocab), 8, rng=rng), np.random.default_rng(1)
    for own in (rng, shuffle):
        batches, state = padded_batches(vocab, NAMES, 5, shuffle), str(own.bit_generator.state)
        with pytest.raises(ValueError, match="needs its own generator"):
            fit(model, batches, Adam(), epochs=1, callbacks=[ShowSamples(vocab, own)])
        assert str(own.bit_generator.state) == state


def show(w, vocab=None, **options):
    """Train with samples, which must be refused before the first step."""
    w.fit(epochs=2, callbacks=ShowSamples(vocab or w.vocab, np.random.default_rng(1), **options))


@mistakes(
    {
        ValueError: [
            ("patience must be at least 1, got 0", lambda w: EarlyStopping(0)),
            ("every must be at least 1, got 0", lambda w: SaveCheckpoint("run.npz", every=0)),
            ("every_steps must be at", lambda w: SaveCheckpoint("run.npz", every_steps=0)),
            ("every must be at least 1, got -2", lambda w: ShowSamples(w.vocab, w.rng, every=-2)),
            ("count must be at least 1, got 0", lambda w: ShowSamples(w.vocab, w.rng, count=0)),
            ("knows 23 symbols, the vocabulary 3", lambda w: show(w, Vocabulary("\nab"))),
            ("'É' at position 0", lambda w: show(w, stop="É")),
            ("A stop must hold", lambda w: show(w, stop="")),
            ("has no classes", lambda w: show(w, label=1)),
        ],
        TypeError: [
            ("it comes first", lambda w: ShowSamples(w.rng, w.vocab)),
            ("got <class", lambda w: ShowSamples(Vocabulary, w.rng)),
            ("numpy.random.Generator, got 0", lambda w: ShowSamples(w.vocab, 0)),
            ("count must be a whole number", lambda w: ShowSamples(w.vocab, w.rng, count=5.0)),
            ("label must be a whole number", lambda w: show(w, label="sauropod")),
        ],
    }
)
def test_a_callback_refuses_what_it_could_not_do(mistake, world):
    mistake(world)
