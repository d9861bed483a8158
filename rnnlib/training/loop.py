"""The training loop: one generator of steps, which `fit` and everything that watches consume."""

import os
import time

import numpy as np

from ..errors import at_least_one
from ..text.batches import as_batches, by_name
from .clipping import clip_by_norm, clip_by_value, global_norm
from .history import History
from .parallel import keep_memory, limit_blas, loss_and_grads
from .run import Run, Step, TrainingDiverged


def train_steps(
    model,
    batches,
    optimizer,
    *,
    epochs,
    clip_norm=None,
    clip_value=None,
    schedule=None,
    first_epoch=0,
    workers=1,
):
    """Train, and yield a `Step` after every update.

    Parameters
    ----------
    model : LanguageModel, SequenceClassifier or SequenceTagger
    batches : Batches
        Walked through once per epoch; each holds what the model's `loss_and_grads` is called
        with: ids, targets and, if it has them, mask and labels.
    optimizer : Optimizer
    epochs : int
        Where to end, counted from epoch 0.
    clip_norm, clip_value : float, optional
        One of the two ways to clip, or neither.
    schedule : callable, optional
        Takes the share of the training that is done, 0 to 1, and returns the factor on the
        learning rate; see `cosine_decay`.
    first_epoch : int
        Where to begin, to go on with a training.
    workers : int
        Threads that each batch is split over, see `parallel.loss_and_grads`.

    Yields
    ------
    Step

    Raises
    ------
    TrainingDiverged
        The loss or a gradient is NaN or infinite.  The step is not taken: the parameters are
        those that produced it.
    """
    if clip_norm is not None and clip_value is not None:
        raise ValueError("Clip by norm or by value: pass clip_norm or clip_value, not both.")
    at_least_one(workers=workers)
    batches = as_batches(batches)
    base_lr, total = optimizer.lr, epochs * len(batches)
    for epoch in range(first_epoch, epochs):
        state = None
        for i, batch in enumerate(batches):
            loss, grads, last = loss_and_grads(model, batch, state, workers=workers)
            state = last if batches.carries_state else None

            norm = global_norm(grads)
            _check_finite(loss, norm, grads, epoch, i, base_lr)
            if clip_norm is not None:
                clip_by_norm(grads, clip_norm)
            elif clip_value is not None:
                clip_by_value(grads, clip_value)

            lr = base_lr
            if schedule is not None:
                lr *= schedule((epoch * len(batches) + i) / total)
            optimizer.lr = lr
            try:
                optimizer.step(model.params, grads)
            finally:
                optimizer.lr = base_lr
            yield Step(epoch, loss, norm, lr, batch.count, ends_epoch=i + 1 == len(batches))


def fit(
    model,
    batches,
    optimizer,
    *,
    epochs,
    clip_norm=None,
    clip_value=None,
    schedule=None,
    validation=None,
    callbacks=(),
    history=None,
    progress=True,
    workers=1,
):
    """Train a model for a number of epochs.

    Parameters
    ----------
    model, batches, optimizer, clip_norm, clip_value, schedule, workers
        As in `train_steps`.
    epochs : int
        Total number of epochs, including those that `history` already holds.
    validation : Batches, optional
        Scored after every epoch.
    callbacks : sequence of Callback
    history : History, optional
        Of the training to go on with; it is extended.
    progress : bool
        Show a progress bar, on a terminal or in a notebook; the environment variable
        TQDM_DISABLE=1 hides all of them.

    Returns
    -------
    History

    Raises
    ------
    TrainingDiverged
        As `train_steps`; its `history` holds what went before.

    Notes
    -----
    Ctrl-C (or the stop button of a notebook) ends the training early and returns normally: the
    model keeps what it has learnt, and `history.stopped` says "interrupted".

    On Linux the process keeps the memory of its largest step from then on: `parallel.keep_memory`.
    """
    batches = as_batches(batches)
    validation = None if validation is None else as_batches(validation, "validation")
    run = Run(model, optimizer, batches, History() if history is None else history)
    history = run.history
    history.stopped = ""
    for record in (history.step_loss, history.grad_norm):
        del record[history.epochs * len(batches) :]  # an epoch that was interrupted starts again
    steps = train_steps(
        model,
        batches,
        optimizer,
        epochs=epochs,
        clip_norm=clip_norm,
        clip_value=clip_value,
        schedule=schedule,
        first_epoch=history.epochs,
        workers=workers,
    )
    bar = _progress_bar(history.epochs, epochs, len(batches), progress)
    keep_memory()
    threads = limit_blas(1 if model.config["hidden_size"] < 256 else None)
    try:
        for callback in callbacks:
            callback.on_start(run)
        losses, weights, start = [], [], time.perf_counter()
        for step in steps:
            history.step_loss.append(step.loss)
            history.grad_norm.append(step.grad_norm)
            losses.append(step.loss)
            weights.append(step.symbols)
            bar.update()
            for callback in callbacks:
                callback.on_step(run, step)
            if step.ends_epoch:
                seconds = time.perf_counter() - start
                if validation is not None:
                    history.validation_loss.append(_score(model, validation, step.epoch))
                history.seconds.append(seconds)
                history.train_loss.append(float(np.average(losses, weights=weights)))
                bar.set_postfix_str(_summary(history))
                for callback in callbacks:
                    callback.on_epoch(run)
                losses, weights, start = [], [], time.perf_counter()
            if run.stop:
                history.stopped = run.stop
                break
    except KeyboardInterrupt:
        history.stopped = "interrupted"
    except TrainingDiverged as error:
        history.stopped = str(error)
        error.history = history
        raise
    finally:
        bar.close()
        threads.restore_original_limits()
        for callback in callbacks:
            callback.on_end(run)
    return history


def evaluate(model, batches):
    """Return the mean nats per target over all batches, without dropout and without training.

    Parameters
    ----------
    model : LanguageModel, SequenceClassifier or SequenceTagger
    batches : Batches

    Returns
    -------
    float
    """
    batches = as_batches(batches)
    state, total, count = None, 0.0, 0
    for batch in batches:
        loss, last = model.loss(batch.inputs, batch.targets, **by_name(batch, state))
        state = last if batches.carries_state else None
        total += loss * batch.count
        count += batch.count
    return total / count


def _check_finite(loss, norm, grads, epoch, step, lr):
    if np.isfinite(loss) and np.isfinite(norm):
        return
    bad = [name for name, g in grads.items() if not np.isfinite(g).all()]
    where = f"the gradient of {bad[0]} is not finite" if bad else "the gradient is too long"
    raise TrainingDiverged(
        f"The training diverged at epoch {epoch}, step {step}: the loss is {loss}, and {where}. "
        "The parameters are as they were before this step. "
        f"Try a learning rate below {lr:g}, or clip_norm=1.0."
    )


def _score(model, validation, epoch):
    loss = evaluate(model, validation)
    if not np.isfinite(loss):
        raise TrainingDiverged(
            f"The training diverged in epoch {epoch}: the validation loss is {loss}. "
            "Try a smaller learning rate, or clip_norm=1.0."
        )
    return loss


def _progress_bar(done, epochs, steps_per_epoch, progress):
    from tqdm.auto import tqdm  # here: the core imports with NumPy alone

    done, total = done * steps_per_epoch, epochs * steps_per_epoch
    hidden = not progress or os.environ.get("TQDM_DISABLE", "0") != "0"  # notebooks ask too late
    return tqdm(initial=done, total=total, unit="step", leave=False, disable=hidden)


def _summary(history):
    text = f"epoch {history.epochs}, train {history.train_loss[-1]:.3f}"
    if history.validation_loss:
        text += f", validation {history.validation_loss[-1]:.3f}"
    return text
