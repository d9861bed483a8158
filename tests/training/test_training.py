"""The training loop: where it starts, what each step does, how it ends."""

import math
import sys

import numpy as np
import pytest
from helpers import MODEL_CELLS, NAMES, frozen
from planted import bug

import rnnlib.training.loop
from rnnlib import (
    SGD,
    Adam,
    Callback,
    KeepBest,
    LanguageModel,
    TrainingDiverged,
    evaluate,
    fit,
    padded_batches,
    stream_batches,
    train_steps,
)

every_cell = pytest.mark.parametrize("cell", MODEL_CELLS)


def frozen_steps(model, batches):
    """One epoch of steps that change nothing, since the learning rate is 0."""
    return list(train_steps(model, batches, SGD(1.0), epochs=1, schedule=lambda progress: 0.0))


class Interrupt(Callback):
    """The reader presses Ctrl-C after a number of steps."""

    def __init__(self, after):
        self.left = after

    def on_step(self, run, step):
        self.left -= 1
        if not self.left:
            raise KeyboardInterrupt


class Breaks(LanguageModel):
    """A model whose gradient of one parameter is not a number at its fourth step."""

    def loss_and_grads(self, *args, **kwargs):
        loss, grads, state = super().loss_and_grads(*args, **kwargs)
        self.calls = getattr(self, "calls", 0) + 1
        if self.calls == 4:
            grads["layer0.W_hh"][0, 0] = np.nan
            self.then = frozen(self.params)
        return loss, grads, state


@every_cell
@pytest.mark.parametrize("options", [{}, {"num_layers": 2}])
def test_an_untrained_model_knows_nothing(cell, options, rng):
    names = rnnlib.dinosaur_names()
    vocab = rnnlib.Vocabulary.from_text(names)
    model = LanguageModel(len(vocab), 64, cell, rng=rng, **options)
    loss = evaluate(model, padded_batches(vocab, names[::20], 25))
    assert loss == pytest.approx(math.log(27), rel=0.01)


@every_cell
def test_a_small_model_learns_a_handful_of_names_by_heart(cell, rng):
    names = ["tyrannosaurus", "velociraptor", "diplodocus"]
    vocab = rnnlib.Vocabulary.from_text(names)
    model = LanguageModel(len(vocab), 32, cell, rng=rng)
    batches = padded_batches(vocab, names, 3)
    fit(model, batches, Adam(1e-2), epochs=150, clip_norm=1.0, progress=False)
    # Only the first letter cannot be known: ln 3 a name.  No model can do better.
    best = 3 * math.log(3) / sum(len(name) + 1 for name in names)
    assert best < evaluate(model, batches) < best + 0.02


@every_cell
@pytest.mark.parametrize(
    "options", [{}, {"clip_norm": 0.5}, {"clip_value": 0.01}, {"schedule": rnnlib.cosine_decay}]
)
def test_fit_takes_the_steps_of_train_steps(cell, options, vocab):
    def start():
        rng = np.random.default_rng(4)
        model = LanguageModel(len(vocab), 8, cell, dropout=0.2, rng=rng)
        return model, padded_batches(vocab, NAMES, 4, rng), Adam(0.01)

    model, batches, optimizer = start()
    steps = list(train_steps(model, batches, optimizer, epochs=3, **options))
    twin, batches, optimizer = start()
    history = fit(twin, batches, optimizer, epochs=3, progress=False, **options)
    assert history.step_loss == [step.loss for step in steps]
    assert history.grad_norm == [step.grad_norm for step in steps]
    assert frozen(twin.params) == frozen(model.params)
    assert [step.epoch for step in steps] == [0] * 4 + [1] * 4 + [2] * 4
    assert [step.ends_epoch for step in steps] == [False, False, False, True] * 3
    assert (history.epochs, len(history.seconds), history.stopped) == (3, 3, "")
    for epoch, loss in enumerate(history.train_loss):  # per symbol, not per batch
        own = [step for step in steps if step.epoch == epoch]
        nats = sum(step.loss * step.symbols for step in own)
        assert loss == pytest.approx(nats / sum(len(name) + 1 for name in NAMES), rel=1e-12)


@bug(
    "names start with the past of others",
    "training.loop._steps",
    "last if batches.carries_state else None",
    "last",
)
@bug(
    "streams forget between batches",
    "training.loop._steps",
    "last if batches.carries_state else None",
    "None",
)
@every_cell
def test_names_start_without_a_past_and_streams_go_on(cell, vocab, rng):
    model = LanguageModel(len(vocab), 8, cell, rng=rng, dtype=np.float64)
    for name in model.params:
        model.params[name] *= 3  # a past that matters
    padded = padded_batches(vocab, NAMES, 4)
    for step, (ids, targets, mask, _) in zip(frozen_steps(model, padded), padded, strict=True):
        alone, _, _ = model.loss_and_grads(ids, targets, mask=mask)
        assert step.loss == pytest.approx(alone, rel=1e-12)
        assert step.symbols == mask.sum()

    ids = vocab.encode("".join(NAMES))
    stream = stream_batches(ids, 3, 7)
    ((inputs, targets, _, _),) = stream_batches(ids, 3, (len(ids) - 1) // 3)
    in_one_pass, _, _ = model.loss_and_grads(inputs, targets)
    steps = frozen_steps(model, stream)
    nats = sum(step.loss * step.symbols for step in steps)
    assert nats / targets.size == pytest.approx(in_one_pass, rel=1e-12)
    assert evaluate(model, stream) == pytest.approx(in_one_pass, rel=1e-12)


@bug(
    "evaluation weighs batches alike",
    "training.evaluation.evaluate",
    "total += loss * batch.count\ncount += batch.count",
    "total += loss\ncount += 1",
)
@every_cell
def test_evaluate_weighs_every_symbol_alike(cell, vocab, rng):
    model = LanguageModel(len(vocab), 8, cell, dropout=0.5, rng=rng, dtype=np.float64)
    whole = evaluate(model, padded_batches(vocab, NAMES, len(NAMES)))
    assert evaluate(model, padded_batches(vocab, NAMES, 4)) == pytest.approx(whole, rel=1e-12)


@bug(
    "the schedule is ignored",
    "training.loop._steps",
    "lr *= factor(schedule, (epoch * len(batches) + i) / total)",
    "pass",
)
@bug(
    "schedules compound",
    "training.loop._steps",
    "optimizer.lr = base_lr",
    "base_lr = optimizer.lr",
)
def test_the_schedule_sets_the_learning_rate_of_each_step(vocab, rng):
    model, optimizer = LanguageModel(len(vocab), 8, rng=rng), SGD(0.5)
    batches = padded_batches(vocab, NAMES, 5)  # three steps an epoch, six in all
    steps = train_steps(model, batches, optimizer, epochs=2, schedule=lambda progress: 1 - progress)
    before = {name: p.copy() for name, p in model.params.items()}
    for i, (step, (ids, targets, mask, _)) in enumerate(
        zip(steps, [*batches, *batches], strict=True)
    ):
        assert step.lr == pytest.approx(0.5 * (1 - i / 6))
        assert optimizer.lr == 0.5
        after = {name: p.copy() for name, p in model.params.items()}
        for name, p in model.params.items():
            p[...] = before[name]
        _, grads, _ = model.loss_and_grads(ids, targets, mask=mask)
        for name, p in model.params.items():
            np.testing.assert_allclose(after[name], p - step.lr * grads[name], rtol=1e-5, atol=1e-7)
            p[...] = after[name]
        before = after


@pytest.mark.parametrize(
    ("clip", "measure"),
    [
        ({"clip_norm": 1e-3}, lambda move: math.sqrt(sum((m**2).sum() for m in move))),
        ({"clip_value": 1e-3}, lambda move: max(abs(m).max() for m in move)),
    ],
    ids=["clip_norm", "clip_value"],
)
def test_a_clipped_step_is_as_long_as_the_limit(clip, measure, vocab, rng):
    model = LanguageModel(len(vocab), 8, rng=rng, dtype=np.float64)
    before = {name: p.copy() for name, p in model.params.items()}
    batches = padded_batches(vocab, NAMES, len(NAMES))
    ((ids, targets, mask, _),) = batches
    _, grads, _ = model.loss_and_grads(ids, targets, mask=mask)
    (step,) = train_steps(model, batches, SGD(1.0), epochs=1, **clip)
    assert step.grad_norm == pytest.approx(rnnlib.global_norm(grads), rel=1e-12)  # unclipped
    moved = measure([p - before[name] for name, p in model.params.items()])
    assert moved == pytest.approx(1e-3, rel=1e-9)


@bug(
    "the workers stay at home",
    "training.loop._steps",
    "parallel.loss_and_grads(model, batch, position.state, workers=workers)",
    "parallel.loss_and_grads(model, batch, position.state, workers=1)",
)
def test_fit_splits_batches_over_its_workers(vocab, rng):
    class Counts(LanguageModel):
        sizes = ()

        def loss_and_grads(self, ids, *args, **kwargs):
            self.sizes = (*self.sizes, ids.shape[1])
            return super().loss_and_grads(ids, *args, **kwargs)

    model = Counts(len(vocab), 8, rng=rng)
    fit(model, padded_batches(vocab, NAMES, 15), SGD(), epochs=1, workers=2, progress=False)
    assert sorted(model.sizes) == [7, 8]


def test_clipping_both_ways_is_refused(vocab, rng):
    model = LanguageModel(len(vocab), 8, rng=rng)
    with pytest.raises(ValueError, match="not both"):
        fit(model, padded_batches(vocab, NAMES, 5), SGD(), epochs=1, clip_norm=1, clip_value=1)


@bug(
    "Ctrl-C leaves no word in the history",
    "training.loop._watched",
    "history.stopped = 'interrupted'",
    "pass",
)
@pytest.mark.parametrize("keep", [(), (KeepBest(),)], ids=["as it is", "keep best"])
def test_ctrl_c_returns_what_was_learnt(keep, vocab, rng):
    model = LanguageModel(len(vocab), 8, rng=rng)
    batches = padded_batches(vocab, NAMES, 5)
    twin = LanguageModel(**model.config, rng=np.random.default_rng(20))
    assert frozen(twin.params) == frozen(model.params)
    history = fit(
        model,
        batches,
        Adam(0.01),
        epochs=9,
        callbacks=[*keep, Interrupt(after=8)],
        progress=False,
    )
    assert history.stopped == "interrupted"
    assert (len(history.step_loss), history.epochs) == (8, 2)

    fit(twin, batches, Adam(0.01), epochs=2, progress=False)
    assert (frozen(twin.params) == frozen(model.params)) == bool(keep)


@bug(
    "a step is taken with a gradient that is no number",
    "training.loop._steps",
    "_check_finite(loss, norm, grads, epoch, i, base_lr)",
    "pass",
)
def test_a_gradient_that_is_no_number_stops_before_its_step_and_is_named(vocab, rng):
    model = Breaks(len(vocab), 8, rng=rng)
    with pytest.raises(TrainingDiverged, match=r"epoch 1, step 0.* of layer0\.W_hh") as info:
        fit(model, padded_batches(vocab, NAMES, 5), Adam(), epochs=3, progress=False)
    assert frozen(model.params) == model.then
    history = info.value.history
    assert (len(history.step_loss), history.epochs) == (3, 1)
    assert "layer0.W_hh" in history.stopped


def test_a_loss_that_is_no_number_leaves_the_best_epoch(vocab, rng):
    class Poison(Callback):
        def on_epoch(self, run):
            if run.history.epochs == 2:
                self.then = frozen(run.model.params)
                run.model.params["output.b_y"][0] = np.nan

    poison, model = Poison(), LanguageModel(len(vocab), 8, rng=rng)
    batches = padded_batches(vocab, NAMES, 5)
    with pytest.raises(TrainingDiverged, match="epoch 2, step 0: the loss is nan"):
        fit(model, batches, Adam(), epochs=3, callbacks=[KeepBest(), poison], progress=False)
    assert frozen(model.params) == poison.then


def test_a_validation_loss_that_is_no_number_is_not_the_best(vocab, rng, monkeypatch):
    scores = iter([3.0, 2.0, math.nan])
    monkeypatch.setattr(rnnlib.training.loop, "evaluate", lambda model, batches, **_: next(scores))
    model, batches = LanguageModel(len(vocab), 8, rng=rng), padded_batches(vocab, NAMES, 5)
    twin = LanguageModel(**model.config, rng=np.random.default_rng(20))
    with pytest.raises(TrainingDiverged, match="epoch 2: the validation loss is nan"):
        fit(
            model,
            batches,
            Adam(),
            epochs=9,
            validation=batches,
            callbacks=[KeepBest()],
            progress=False,
        )
    fit(twin, batches, Adam(), epochs=2, progress=False)
    assert frozen(model.params) == frozen(twin.params)


def test_the_progress_bar_counts_steps_and_shows_losses(vocab, rng, capsys, monkeypatch):
    monkeypatch.delenv("TQDM_DISABLE", raising=False)
    model, batches = LanguageModel(len(vocab), 8, rng=rng), padded_batches(vocab, NAMES, 5)
    history = fit(model, batches, Adam(), epochs=2, validation=batches)
    out, shown = capsys.readouterr()
    assert "/6 " in shown
    assert "epoch 2, train " in shown
    assert ", validation " in shown
    assert shown.splitlines()[-1].endswith(str(history))  # the line that stays
    assert not out


@pytest.mark.parametrize("disabled", ["1", "true"])
def test_nothing_is_shown_where_bars_are_disabled(disabled, vocab, rng, capsys, monkeypatch):
    model, batches = LanguageModel(len(vocab), 8, rng=rng), padded_batches(vocab, NAMES, 5)
    monkeypatch.setenv("TQDM_DISABLE", disabled)
    fit(model, batches, Adam(), epochs=1)
    monkeypatch.delenv("TQDM_DISABLE")
    fit(model, batches, Adam(), epochs=1, progress=False)
    assert capsys.readouterr() == ("", "")


def test_without_tqdm_the_line_at_the_end_is_shown(vocab, rng, capsys, monkeypatch):
    monkeypatch.delenv("TQDM_DISABLE", raising=False)
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    model, batches = LanguageModel(len(vocab), 8, rng=rng), padded_batches(vocab, NAMES, 5)
    history = fit(model, batches, SGD(), epochs=1)
    assert capsys.readouterr() == ("", f"{history}\n")
