"""A training run under way: its steps, its state, and the callbacks that watch it."""

import contextlib
import threading
from dataclasses import dataclass
from typing import NamedTuple

from ..errors import require
from .history import History

_BUSY, _LOCK = set(), threading.Lock()
"""The ids of the histories of all runs under way."""


class Step(NamedTuple):
    """One training step, as reported by `train_steps`."""

    epoch: int  # from 0
    loss: float  # nats per symbol, before the step was taken
    grad_norm: float  # before clipping
    lr: float
    symbols: int  # targets that counted
    ends_epoch: bool


@dataclass(repr=False)
class Run:
    """A training run under way, as callbacks see it; set `stop` to a reason to end it."""

    model: object
    optimizer: object
    batches: object
    history: History
    stop: str = ""

    def __repr__(self):
        names = (type(x).__name__ for x in (self.model, self.optimizer))
        return f"Run({', '.join(names)}, {len(self.batches)} batches, {self.history!r})"


@contextlib.contextmanager
def alone(history):
    """Keep a history for one run; refuse it if another is under way with it."""
    with _LOCK:
        require(
            id(history) not in _BUSY,
            "This history belongs to a training run that is still under way: pass it when that "
            "run has ended, or start another history.",
        )
        _BUSY.add(id(history))
    try:
        yield
    finally:
        with _LOCK:
            _BUSY.discard(id(history))


class Callback:
    """The base of all callbacks, which watch a training run.  Override what you need.

    A callback may watch several runs, one after the other: `on_start` is where it forgets what it
    knows of an earlier one.
    """

    def on_start(self, run):
        """Once, before the first step; `run.history` has the epochs of a resumed run."""

    def on_step(self, run, step):
        """After every step."""

    def on_epoch(self, run):
        """After every epoch, when its losses are in `run.history`."""

    def on_end(self, run):
        """Once, however the run ended; not if `on_start` has not been called."""


class TrainingDiverged(ValueError):
    """The loss or a gradient is no longer a finite number.

    Attributes
    ----------
    history : History or None
        The record of the run until then.
    """

    history = None
