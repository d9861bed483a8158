"""The progress bar of a training run, and the line at its end."""

import math
import sys

from ..progress_bars import open_bar, visible
from .run import Callback


class Progress(Callback):
    """A bar that counts steps, and one line about the run at its end.

    Parameters
    ----------
    epochs : int
        Where the run ends.
    shown : bool
        See `visible`.
    """

    def __init__(self, epochs, shown=True):
        self.epochs, self.shown, self._bar = epochs, shown, None

    def on_start(self, run):
        self.shown = visible(self.shown)
        done, total = (n * len(run.batches) for n in (run.history.epochs, self.epochs))
        done += run.history.position.step
        self._bar = open_bar(self.shown, initial=done, total=max(done, total), unit="step")

    def on_step(self, run, step):
        if self._bar is not None:
            self._bar.update()

    def on_epoch(self, run):
        if self._bar is not None:
            self._bar.set_postfix_str(_latest(run.history))

    def on_end(self, run):
        if self._bar is not None:
            self._bar.close()
        if self.shown:
            print(run.history, file=sys.stderr)


def _latest(history):
    text = f"epoch {history.epochs}, train {history.train_loss[-1]:.3f}"
    if history.validation_loss and not math.isnan(history.validation_loss[-1]):
        text += f", validation {history.validation_loss[-1]:.3f}"
    return text
