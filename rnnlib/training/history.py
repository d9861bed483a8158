"""The record of a training run."""

import math
from dataclasses import dataclass, field

import numpy as np

from ..errors import require
from .position import Position


@dataclass(repr=False)
class History:
    """The losses of a training run, one entry per step or per epoch.

    Attributes
    ----------
    step_loss, grad_norm : list of float
        Per step: nats per symbol before the step, gradient norm before clipping.
    train_loss, validation_loss, seconds : list of float
        Per epoch: mean nats per symbol over the epoch's steps (dropout on, parameters moving),
        nats per symbol on the validation set afterwards, wall time.  An epoch without validation
        has nan; if no epoch had any, the list is empty.
    stopped : str
        Why the run ended before its last epoch, or "".
    steps : list of int
        Per epoch: how many steps it had.
    position : Position or None
        While a run is in the middle of an epoch, and in the history of a checkpoint that was saved
        there: where to resume.
    """

    step_loss: list = field(default_factory=list)
    grad_norm: list = field(default_factory=list)
    train_loss: list = field(default_factory=list)
    validation_loss: list = field(default_factory=list)
    seconds: list = field(default_factory=list)
    stopped: str = ""
    steps: list = field(default_factory=list)
    position: Position | None = field(default=None, compare=False, repr=False)

    @property
    def epochs(self):
        """Number of epochs completed."""
        return len(self.train_loss)

    @property
    def best_epoch(self):
        """The epoch, from 0, with the lowest validation loss (training loss if none was kept).

        Epochs without validation do not count where others have it.
        """
        require(self.epochs, "The history has no epoch yet, and so no best one.")
        losses = self._scores()
        return min(losses, key=losses.get)

    def record_step(self, loss, grad_norm):
        """Add a step."""
        self.step_loss.append(loss)
        self.grad_norm.append(grad_norm)

    def record_epoch(self, symbols, validation_loss, seconds):
        """Add an epoch of all steps since the last one; `symbols` are the targets of each.

        validation_loss may be None.
        """
        done = sum(self.steps)
        train_loss = float(np.average(self.step_loss[done:], weights=symbols))
        if validation_loss is not None or self.validation_loss:
            missing = self.epochs - len(self.validation_loss)
            self.validation_loss += [math.nan] * missing
            self.validation_loss.append(math.nan if validation_loss is None else validation_loss)
        self.steps.append(len(self.step_loss) - done)
        self.seconds.append(seconds)
        self.train_loss.append(train_loss)

    def resume(self, epochs, steps_per_epoch):
        """Prepare for more epochs, up to `epochs`.

        An interrupted epoch starts again, unless `position` says how far it got.
        `steps_per_epoch` is for a history of an older rnnlib, which did not count its steps.
        """
        missing = self.epochs - len(self.steps)
        if missing:
            uncounted = len(self.step_loss) - sum(self.steps)
            self.steps += [min(steps_per_epoch, uncounted // missing)] * missing
        kept = sum(self.steps) + (self.position.step if self.position else 0)
        for record in (self.step_loss, self.grad_norm):
            del record[kept:]
        done = f"{self.epochs} epochs were done before, of {epochs}"
        self.stopped = done if self.epochs >= epochs else ""

    def __str__(self):
        if not self.epochs:
            return "no epoch" + (f", {self.stopped}" if self.stopped else "")
        words = f"{self.epochs} {'epoch' if self.epochs == 1 else 'epochs'}"
        if self.seconds:
            words += f" in {sum(self.seconds):.3g} s"
        words += f": train {self.train_loss[-1]:.2f}"
        scores = self._scores()
        if self.validation_loss:
            if len(self.validation_loss) == self.epochs and math.isfinite(self.validation_loss[-1]):
                words += f", validation {self.validation_loss[-1]:.2f}"
            best = self.best_epoch
            words += f" (best {scores[best]:.2f} after {best + 1})"
        return words + (f", stopped: {self.stopped:.60}" if self.stopped else "")

    def __repr__(self):
        return f"History({self})"

    def _repr_html_(self):
        """The learning curve, for notebooks: training dashed, validation solid."""
        curves = [self.train_loss, self.validation_loss]
        return f"<div>{self}<br>{_drawn(curves)}</div>" if self.epochs > 1 else f"<div>{self}</div>"

    def _scores(self):
        """Return {epoch: loss} of the epochs that can be compared."""
        scored = {i: x for i, x in enumerate(self.validation_loss) if not math.isnan(x)}
        return scored or dict(enumerate(self.train_loss))


def _drawn(curves, width=320, height=80):
    """Return curves over epochs as a small inline SVG in the colour of the text."""
    finite = [y for curve in curves for y in curve if math.isfinite(y)]
    low, high = min(finite, default=0), max(finite, default=1)
    across = (width - 4) / max(max(map(len, curves)) - 1, 1)
    down = (height - 4) / ((high - low) or 1)
    lines = ""
    for curve, dashes in zip(curves, (' stroke-dasharray="4 3"', ""), strict=True):
        points = " ".join(
            f"{2 + i * across:.1f},{2 + (high - y) * down:.1f}"
            for i, y in enumerate(curve)
            if math.isfinite(y)
        )
        lines += f'<polyline points="{points}"{dashes}/>' if points else ""
    return (
        f'<svg role="img" aria-label="Losses from {high:.2f} to {low:.2f} nats" width="{width}" '
        f'height="{height}" fill="none" stroke="currentColor" stroke-width="1.5">{lines}</svg>'
    )
