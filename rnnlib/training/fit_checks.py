"""Checks of the arguments of a training run, before anything runs."""

from functools import partial

from ..errors import at_least_one, require, require_type
from .clipping import clip_by_norm, clip_by_value
from .evaluation import check_model
from .history import History
from .hyperparameters import number
from .optimizers import Optimizer
from .parallel import check_workers
from .run import Callback
from .schedules import check_schedule


def check_training(model, optimizer, epochs, clip_norm, clip_value, schedule, first_epoch, workers):
    """Check the arguments of `train_steps`; return the function that clips, or None."""
    check_model(model)
    kind = f"the class {optimizer.__name__}" if isinstance(optimizer, type) else repr(optimizer)
    require_type(
        isinstance(optimizer, Optimizer),
        f"optimizer must be an Optimizer such as Adam(3e-3), got {kind:.60}.",
    )
    optimizer.check(model.params)
    at_least_one(epochs=epochs, first_epoch=first_epoch + 1)
    if schedule is not None:
        check_schedule(schedule)
    check_workers(workers)
    require(
        clip_norm is None or clip_value is None,
        "Clip by norm or by value: pass clip_norm or clip_value, not both.",
    )
    if clip_norm is not None:
        return partial(clip_by_norm, max_norm=number("clip_norm", clip_norm))
    if clip_value is not None:
        return partial(clip_by_value, limit=number("clip_value", clip_value))
    return None


def check_watching(callbacks, history):
    """Check the history and the callbacks; return the callbacks as a list, even if it is one."""
    require_type(
        isinstance(history, History),
        f"history must be the History of an earlier fit, got {type(history).__name__}.",
    )
    callbacks = [callbacks] if isinstance(callbacks, Callback) else callbacks
    require_type(
        isinstance(callbacks, list | tuple),
        f"callbacks must be a list of callbacks such as KeepBest(), got {callbacks!r:.60}.",
    )
    for callback in callbacks:
        require_type(
            isinstance(callback, Callback),
            f"callbacks must be Callbacks such as KeepBest(), got {callback!r:.60}.",
        )
    return list(callbacks)
