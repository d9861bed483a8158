"""The training loop: one generator of steps, which `fit` consumes and callbacks watch."""

import contextlib
import time

import numpy as np

from ..text.batches import as_batches
from ..threads import one_blas_thread
from . import parallel
from .allocator import memory_kept
from .clipping import global_norm
from .evaluation import check_model, evaluate, rehearse
from .fit_checks import check_training, check_watching
from .history import History
from .interrupts import Interrupts
from .position import Position
from .progress import Progress
from .run import Run, Step, TrainingDiverged, alone
from .schedules import factor


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
    workers="auto",
    position=None,
):
    """Train, and yield a `Step` after every update.

    Parameters
    ----------
    model : LanguageModel, TransformerLanguageModel, SequenceClassifier, SequenceTagger or Seq2Seq
    batches : Batches or list of Batch
        Walked through once per epoch.
    optimizer : Optimizer
    epochs : int
        Where to end, counted from epoch 0.
    clip_norm, clip_value : float, optional
        One of the two ways to clip, or neither.
    schedule : callable, optional
        Takes the share of the training run that is done, 0 to 1, and returns the factor on the
        learning rate; see `cosine_decay`.
    first_epoch : int, and position : Position, optional
        Where to resume a training run; the position is kept up to date.
    workers : int or "auto"
        Threads that each batch is split over, see `parallel.number_of_workers`.

    Yields
    ------
    Step

    Raises
    ------
    TypeError, ValueError
        At once, for an argument of the wrong kind or parameters that are not the optimizer's.
    TrainingDiverged
        The loss or a gradient is NaN or infinite.  The step is not taken: the parameters are
        those that produced it.
    """
    clip = check_training(
        model, optimizer, epochs, clip_norm, clip_value, schedule, first_epoch, workers
    )
    batches = as_batches(batches)
    position = position or Position()
    return _steps(model, batches, optimizer, epochs, clip, schedule, first_epoch, workers, position)


def _steps(model, batches, optimizer, epochs, clip, schedule, first_epoch, workers, position):
    base_lr, total = optimizer.lr, epochs * len(batches)
    for epoch in range(first_epoch, epochs):
        for i, batch in position.walk(batches):
            with one_blas_thread():
                loss, grads, last = parallel.loss_and_grads(
                    model, batch, position.state, workers=workers
                )
                norm = global_norm(grads)
                _check_finite(loss, norm, grads, epoch, i, base_lr)
                if clip is not None:
                    clip(grads)
                lr = base_lr
                if schedule is not None:
                    lr *= factor(schedule, (epoch * len(batches) + i) / total)
                optimizer.lr = lr
                try:
                    optimizer.step(model.params, grads)
                finally:
                    optimizer.lr = base_lr
                position.advance(batch.count, last if batches.carries_state else None)
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
    workers="auto",
):
    """Train a model for a number of epochs.

    Parameters
    ----------
    model, batches, optimizer, clip_norm, clip_value, schedule, workers
        As in `train_steps`.
    epochs : int
        Total number of epochs, including those that `history` already holds.
    validation : Batches or list of Batch, optional
        Scored after every epoch.
    callbacks : Callback or sequence of Callback
    history : History, optional
        Of the training run to resume; it is extended.
    progress : bool
        Show a progress bar, on a terminal or in a notebook, and a line at the end; the environment
        variable TQDM_DISABLE=1 hides both.

    Returns
    -------
    History

    Raises
    ------
    TypeError, ValueError
        As `train_steps`, before anything runs.
    TrainingDiverged
        As `train_steps`; its `history` has the steps and epochs before.

    Notes
    -----
    Ctrl-C (or the stop button of a notebook) ends the run early and returns normally: the step
    under way is finished, the model keeps what it has learnt, and `history.stopped` says
    "interrupted".

    While it runs, matrix products use one thread, and on Linux the process keeps freed memory:
    see `threads.one_blas_thread` and `allocator.memory_kept`.
    """
    history = History() if history is None else history
    try:
        with alone(history), Interrupts() as interrupts:
            check_model(model)
            callbacks = check_watching(callbacks, history)
            run = Run(model, optimizer, as_batches(batches), history)
            position = history.position = history.position or Position()
            position.check(run.batches)
            if validation is not None:
                validation = as_batches(validation, "validation")
            steps = train_steps(
                *(model, run.batches, optimizer),
                epochs=epochs,
                clip_norm=clip_norm,
                clip_value=clip_value,
                schedule=schedule,
                first_epoch=history.epochs,
                workers=workers,
                position=position,
            )
            watchers = [Progress(epochs, progress), *callbacks]
            if validation is not None:
                rehearse(model, validation)  # not only after an epoch
            with one_blas_thread(), memory_kept(), _watched(run, watchers, interrupts) as tell:
                history.resume(epochs, len(run.batches))
                tell("on_start")
                start = time.perf_counter() - position.seconds
                for step in () if run.stop else steps:
                    position.seconds = time.perf_counter() - start
                    history.record_step(step.loss, step.grad_norm)
                    tell("on_step", step)
                    if step.ends_epoch:
                        seconds = time.perf_counter() - start
                        with interrupts.welcome():
                            score = validation and _score(model, validation, step.epoch, workers)
                        history.record_epoch(position.symbols, score, seconds)
                        position.restart()
                        tell("on_epoch")
                        start = time.perf_counter()
                    if run.stop:
                        break
    except KeyboardInterrupt:
        history.stopped = "interrupted"
    return history


@contextlib.contextmanager
def _watched(run, watchers, interrupts):
    """Yield the function that notifies all callbacks of an event; end each that has started."""
    history, started, failure = run.history, [], None

    def tell(event, *details):
        with interrupts.welcome():
            for watcher in watchers:
                if event == "on_start":
                    started.append(watcher)
                getattr(watcher, event)(run, *details)

    try:
        yield tell
        history.stopped = run.stop or history.stopped
    except KeyboardInterrupt:
        history.stopped = "interrupted"
    except BaseException as error:
        failure = error
        if isinstance(error, TrainingDiverged):
            history.stopped, error.history = str(error), history
    interrupts.refuse()
    history.position = None
    for watcher in started:
        try:
            watcher.on_end(run)
        except KeyboardInterrupt:
            run.stop = history.stopped = "interrupted"
        except BaseException as error:
            failure = failure or error
    if failure is not None:
        raise failure


def _score(model, validation, epoch, workers):
    loss = evaluate(model, validation, workers=workers)
    if not np.isfinite(loss):
        raise TrainingDiverged(
            f"The run diverged in epoch {epoch}: the validation loss is {loss}. "
            "Try a smaller learning rate, or clip_norm=1.0."
        )
    return loss


def _check_finite(loss, norm, grads, epoch, step, lr):
    if np.isfinite(loss) and np.isfinite(norm):
        return
    bad = [name for name, g in grads.items() if not np.isfinite(g).all()]
    where = f"the gradient of {bad[0]} is not finite" if bad else "the gradient is too long"
    raise TrainingDiverged(
        f"The run diverged at epoch {epoch}, step {step}: the loss is {loss}, and {where}. "
        "The parameters are as they were before this step. "
        f"Try a learning rate below {lr:g}, or clip_norm=1.0."
    )
