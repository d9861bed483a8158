"""The record of a training run."""

from dataclasses import dataclass, field

import numpy as np

from .position import Position


@dataclass
class History:
    """What happened in a training run, one entry per step or per epoch.

    Attributes
    ----------
    step_loss, grad_norm : list of float
        Per step: nats per symbol before the step, gradient norm before clipping.
    train_loss, validation_loss, seconds : list of float
        Per epoch: mean nats per symbol over the epoch's steps (dropout on, parameters moving),
        nats per symbol on the validation set afterwards, wall time.
    stopped : str
        Why the training ended before its last epoch, or "".
    position : Position or None
        While a run is in the middle of an epoch, and in the history of a checkpoint that was saved
        there: how to go on.
    """

    step_loss: list = field(default_factory=list)
    grad_norm: list = field(default_factory=list)
    train_loss: list = field(default_factory=list)
    validation_loss: list = field(default_factory=list)
    seconds: list = field(default_factory=list)
    stopped: str = ""
    position: Position | None = field(default=None, compare=False, repr=False)

    @property
    def epochs(self):
        """Number of epochs completed."""
        return len(self.train_loss)

    @property
    def best_epoch(self):
        """The epoch, from 0, with the lowest validation loss (training loss if none was kept)."""
        scores = self.validation_loss or self.train_loss
        return self.epochs - len(scores) + int(np.argmin(scores))  # the last epochs have scores
