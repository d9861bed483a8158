"""Ready-made watchers of a training run: stop in time, keep the best, save, show samples."""

from pathlib import Path

from ..errors import at_least_one
from ..generation.sampling import generate
from ..text.vocabulary import END
from .checkpoints import load_checkpoint, save_checkpoint
from .run import Callback


class EarlyStopping(Callback):
    """End the training when the validation loss has not improved for `patience` epochs.

    References
    ----------
    L. Prechelt, "Early stopping – but when?", in Neural Networks: Tricks of the Trade, 1998.
    """

    def __init__(self, patience=5):
        at_least_one(patience=patience)
        self.patience = patience

    def on_epoch(self, run):
        waited = run.history.epochs - 1 - run.history.best_epoch
        if waited >= self.patience:
            run.stop = f"no better epoch for {waited}"


class KeepBest(Callback):
    """Put back the parameters of the best epoch when the training ends, however it ends.

    Parameters
    ----------
    path : str or Path, optional
        Keep them in this file, so that a training that is killed and resumed still has them;
        otherwise in memory.  Name this callback before `SaveCheckpoint`, or a kill between the
        two leaves a history that knows of a better epoch than this file.
    """

    def __init__(self, path=None):
        self.path = path
        self._best = None

    def on_epoch(self, run):
        if run.history.best_epoch != run.history.epochs - 1:
            return
        if self.path is not None:
            save_checkpoint(self.path, run.model, history=run.history)
        else:
            self._best = {name: p.copy() for name, p in run.model.params.items()}

    def on_end(self, run):
        best = self._best
        if self.path is not None and run.history.epochs and Path(self.path).is_file():
            best = load_checkpoint(self.path).model.params
        for name, p in (best or {}).items():
            run.model.params[name][...] = p


class SaveCheckpoint(Callback):
    """Write the whole training to a file after every epoch, so that it can be resumed.

    Parameters
    ----------
    path : str or Path
    vocab : Vocabulary, optional
    every : int
        Epochs between two writes.

    Examples
    --------
    >>> fit(model, batches, optimizer, epochs=30, callbacks=[SaveCheckpoint("run.npz", vocab)])
    ... # killed, and later:
    >>> c = load_checkpoint("run.npz")
    >>> batches = padded_batches(c.vocab, names, 32, c.rng)
    >>> fit(c.model, batches, c.optimizer, epochs=30, history=c.history,
    ...     callbacks=[SaveCheckpoint("run.npz", c.vocab)])
    """

    def __init__(self, path, vocab=None, every=1):
        at_least_one(every=every)
        self.path, self.vocab, self.every = path, vocab, every

    def on_epoch(self, run):
        if run.history.epochs % self.every == 0:
            save_checkpoint(
                self.path, run.model, run.optimizer, self.vocab, run.batches.rng, run.history
            )


class ShowSamples(Callback):
    r"""Print a few samples as the model learns.

    Parameters
    ----------
    vocab : Vocabulary
    rng : numpy.random.Generator
        Of its own, so that looking does not change the training.
    every : int
        Epochs between two prints.
    count : int
        Samples a line.
    stop : str
        Where a sample ends; "\n" for names.
    label : int, optional
        The class to write of, for a model with `num_classes`.
    """

    def __init__(self, vocab, rng, every=1, count=5, stop=END, label=None):
        at_least_one(every=every)
        self.vocab, self.rng, self.every, self.count = vocab, rng, every, count
        self.stop, self.label = stop, label

    def on_epoch(self, run):
        history = run.history
        if history.epochs % self.every:
            return
        options = dict(length=30, stop=self.stop, label=self.label, num_samples=self.count)
        samples = generate(run.model, self.vocab, **options, rng=self.rng)
        print(f"epoch {history.epochs:3d}  {history.train_loss[-1]:.2f}  {' '.join(samples)}")
