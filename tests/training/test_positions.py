"""A run that was saved in the middle of an epoch goes on there, bit for bit, or says why not."""

import numpy as np
import pytest
from helpers import NAMES, frozen
from mistakes import mistakes
from planted import bug

import rnnlib as rl
from rnnlib import Adam, LanguageModel, SaveCheckpoint, fit, load_checkpoint
from rnnlib.text.batches import Batches
from rnnlib.training.position import Position, check_sum


class Killed(Exception):
    """The process ends here."""


class Kill(rl.Callback):
    """Ends a run after so many steps of one epoch, without a word to anyone."""

    def __init__(self, epoch, steps):
        self.epoch, self.steps = epoch, steps

    def on_step(self, run, step):
        if step.epoch == self.epoch and run.history.position.step == self.steps:
            raise Killed


def names_in_any_order(vocab, rng):
    return rl.padded_batches(vocab, NAMES, 2, rng)


def a_stream(vocab, rng):
    return rl.stream_batches(vocab.encode("".join(NAMES) * 4), 3, 8)


def drawn_as_they_come(vocab, rng):
    """Batches that are drawn one by one, between the dropout masks."""

    def walk():
        for _ in range(8):
            ids = rng.integers(0, len(vocab), (7, 3))
            yield ids[:-1], ids[1:]

    return Batches(walk, 8, rng=rng)


def in_one_order(vocab, rng):
    return rl.padded_batches(vocab, NAMES, 2)


WALKS = [names_in_any_order, a_stream, drawn_as_they_come, in_one_order]


def start(vocab, make, shared):
    rng = np.random.default_rng(4)
    model = LanguageModel(len(vocab), 4, num_layers=2, dropout=0.3, rng=rng)
    return model, make(vocab, rng if shared else np.random.default_rng(5)), Adam(0.02)


def result(model, optimizer, history):
    memory = {name: frozen(slots) for name, slots in optimizer.memory.items()}
    records = history.step_loss, history.grad_norm, history.train_loss
    return frozen(model.params), memory, records, str(model.rng.bit_generator.state)


def train(model, batches, optimizer, callbacks=(), history=None):
    options = dict(schedule=rl.cosine_decay, clip_norm=1.0, progress=False)
    return fit(model, batches, optimizer, epochs=3, callbacks=callbacks, history=history, **options)


@bug(
    "the generator stays where the epoch began",
    "training.position.Position._walk_past",
    "_set_state(rng, now)",
    "pass",
)
@bug(
    "the batches are shuffled anew",
    "training.position.Position._walk_past",
    "_set_state(rng, self.order)",
    "pass",
)
@bug(
    "the state is not carried on",
    "training.saving.records._build_position",
    "_carried(arrays, initial) if arrays or carried else None",
    "None",
)
@bug(
    "the mean of an epoch is that of its rest",
    "training.saving.records._build_position",
    "symbols.astype(int).tolist()",
    "[1] * step",
)
@pytest.mark.parametrize("shared", [True, False], ids=["one generator", "two generators"])
@pytest.mark.parametrize("make", WALKS)
def test_a_run_saved_in_mid_epoch_goes_on_there_bit_for_bit(make, shared, vocab, tmp_path):
    model, batches, optimizer = start(vocab, make, shared)
    history = train(model, batches, optimizer)
    whole, last = result(model, optimizer, history), len(batches)
    assert last >= 8

    path = tmp_path / "run.npz"
    for epoch, steps in ((0, 3), (1, 5), (1, 6), (2, last - 1)):
        callbacks = [SaveCheckpoint(path, vocab, every=5, every_steps=1), Kill(epoch, steps)]
        path.unlink(missing_ok=True)
        with pytest.raises(Killed):
            train(*start(vocab, make, shared), callbacks)
        half = load_checkpoint(path)
        assert (half.history.epochs, half.history.position.step) == (epoch, steps)
        rng = half.rng if half.rng is not None else half.model.rng
        history = train(half.model, make(vocab, rng), half.optimizer, (), half.history)
        assert result(half.model, half.optimizer, history) == whole
        assert history.position is None


@bug(
    "no step-wise saving",
    "training.callbacks.SaveCheckpoint.on_step",
    "self._is_time and (not step.ends_epoch)",
    "False",
)
def test_a_file_is_written_after_so_many_steps_and_at_the_end_of_the_epoch(vocab, tmp_path):
    path, seen = tmp_path / "run.npz", []

    class Look(rl.Callback):
        def on_step(self, run, step):
            history = load_checkpoint(path).history if path.exists() else rl.History()
            seen.append(len(history.step_loss))

    model, batches, optimizer = start(vocab, names_in_any_order, True)
    assert len(batches) == 8
    train(model, batches, optimizer, [SaveCheckpoint(path, every=9, every_steps=3), Look()])
    assert seen[:8] == [0, 0, 3, 3, 3, 6, 6, 6]  # at the end of the epoch only two have passed
    assert seen[8:16] == [9, 9, 9, 12, 12, 12, 15, 15]
    assert len(load_checkpoint(path).history.step_loss) == 24


def test_an_epoch_that_is_interrupted_starts_again_in_memory(vocab):
    class Interrupt(rl.Callback):
        def on_step(self, run, step):
            if len(run.history.step_loss) == 11:
                raise KeyboardInterrupt

    model, batches, optimizer = start(vocab, names_in_any_order, True)
    history = train(model, batches, optimizer, [Interrupt()])
    assert (history.epochs, len(history.step_loss), history.position) == (1, 11, None)
    history = train(model, batches, optimizer, (), history)
    assert (history.epochs, len(history.step_loss)) == (3, 24)


@pytest.fixture
def world(world, tmp_path):
    """A run that was saved in mid-epoch, and a function that resumes it."""
    w, path = world, tmp_path / "run.npz"
    model, batches, optimizer = start(w.vocab, names_in_any_order, False)
    with pytest.raises(Killed):
        train(model, batches, optimizer, [SaveCheckpoint(path, every_steps=5), Kill(1, 6)])
    w.half = load_checkpoint(path)

    def resume(batches):
        train(w.half.model, batches, w.half.optimizer, (), w.half.history)

    w.resume = resume
    return w


@mistakes(
    {
        ValueError: [
            (
                "saved after 5 of 8 batches of an epoch, but there are 4 now. Make the same",
                lambda w: w.resume(rl.padded_batches(w.vocab, NAMES, 4, w.half.rng)),
            ),
            (
                "shuffled by PCG64, but now by None",
                lambda w: w.resume(rl.padded_batches(w.vocab, NAMES, 2)),
            ),
            (
                "shuffled by PCG64, but now by SFC64",
                lambda w: w.resume(
                    rl.padded_batches(w.vocab, NAMES, 2, np.random.Generator(np.random.SFC64(1)))
                ),
            ),
        ]
    }
)
def test_a_run_does_not_go_on_with_other_batches(mistake, world):
    mistake(world)


@bug(
    "any batches will do",
    "training.position.Position._walk_past",
    "check_sum(last) == check_sum(self.last)",
    "True",
)
@pytest.mark.mistake
def test_batches_that_are_others_are_seen_before_a_step_is_taken(world):
    w = world
    before = frozen(w.half.model.params)
    with pytest.raises(ValueError, match=r"after 5 of 8 batches .*, and these are other batches"):
        w.resume(rl.padded_batches(w.vocab, NAMES[::-1], 2, w.half.rng))
    assert frozen(w.half.model.params) == before
    w.half.history.position = None  # as the message says
    w.resume(rl.padded_batches(w.vocab, NAMES[::-1], 2, w.half.rng))
    assert w.half.history.epochs == 3


def test_a_check_sum_tells_batches_apart():
    ids = np.arange(6).reshape(3, 2)
    pair = (rl.PairInputs(ids, ids[0], ids), ids, None)
    others = [(pair[0], ids + 1, None), (rl.PairInputs(ids, ids[1], ids), ids, None), (ids, ids)]
    sums = [check_sum(batch) for batch in [pair, *others]]
    assert len(set(sums)) == 4
    assert check_sum((rl.PairInputs(ids, ids[0], ids.copy()), ids.T.copy().T, None)) == sums[0]
    assert check_sum(sums[0]) == sums[0]


@pytest.mark.mistake
def test_a_walk_that_ends_too_early_is_other_batches():
    short = Batches(lambda: iter([(np.zeros((2, 2), int),) * 2]), 8)
    with pytest.raises(ValueError, match="there were 1 batches"):
        list(Position(step=3, batches=8, last=1).walk(short))
