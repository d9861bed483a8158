"""Ready-made callbacks: stop early, keep the best epoch, save, show samples."""

import sys

from ..errors import at_least_one, require, require_generator, require_type
from ..files import file_path
from ..generation.sampling import generate
from ..generation.sampling_checks import check_task, start_labels
from ..text.vocabulary import END, Vocabulary
from .checkpoints import describe, load_checkpoint, save_checkpoint, write
from .run import Callback


class EarlyStopping(Callback):
    """End the training run when the validation loss has not improved for `patience` epochs.

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
    """Restore the parameters of the best epoch when the training run ends, however it ends.

    In a resumed run it knows the earlier epochs only from its file.

    Parameters
    ----------
    path : str or Path, optional
        Also keep them in this file, for a run that is killed and resumed.  List this callback
        before `SaveCheckpoint`; otherwise a kill between the two leaves a history with a better
        epoch than this file's.
    vocab : Vocabulary, or pair of them, optional
        Saved in the file too.

    Raises
    ------
    ValueError
        The path cannot be a file; at the start of a run, its file is damaged.
    """

    def __init__(self, path=None, vocab=None):
        self.path = None if path is None else file_path(path)
        self.vocab, self._best = vocab, None

    def on_start(self, run):
        self._best, history = None, run.history
        if self.path is not None:
            file_path(self.path)
            describe(run.model, vocab=self.vocab)  # refuse now what could not be saved later
        if not history.epochs:
            return
        if self.path is not None and self.path.is_file():
            saved = load_checkpoint(self.path)
            if _is_best_of(saved, run):
                self._best = saved.model.params
        elif history.best_epoch == history.epochs - 1 and not _in_mid_epoch(history):
            self._best = _copies(run.model.params)

    def on_epoch(self, run):
        if run.history.best_epoch != run.history.epochs - 1:
            return
        self._best = _copies(run.model.params)
        if self.path is not None:
            save_checkpoint(self.path, run.model, vocab=self.vocab, history=run.history)

    def on_end(self, run):
        best, self._best = self._best, None
        for name, p in (best or {}).items():
            run.model.params[name][...] = p


class SaveCheckpoint(Callback):
    """Write the whole training run to a file as it goes, so that it can be resumed.

    The last completed epoch is always written, even after Ctrl-C or divergence.  At the end the
    file has the parameters to resume with, not those that `KeepBest` restores.

    Parameters
    ----------
    path : str or Path
    vocab : Vocabulary, or pair of them, optional
    every : int
        Epochs between two writes.
    every_steps : int, optional
        Also write in mid-epoch, after this many steps; a resumed run continues there.

    Raises
    ------
    TypeError, ValueError
        At once: a path that cannot be a file.  At the start of a run: a model, an optimizer or a
        vocabulary that `load_checkpoint` could not read.

    Examples
    --------
    >>> fit(model, batches, optimizer, epochs=30, callbacks=[SaveCheckpoint("run.npz", vocab)])
    ... # killed, and later:
    >>> c = load_checkpoint("run.npz")
    >>> batches = padded_batches(c.vocab, names, 32, c.rng)
    >>> fit(c.model, batches, c.optimizer, epochs=30, history=c.history,
    ...     callbacks=[SaveCheckpoint("run.npz", c.vocab)])
    """

    def __init__(self, path, vocab=None, every=1, every_steps=None):
        at_least_one(every=every)
        if every_steps is not None:
            at_least_one(every_steps=every_steps)
        self.path, self.vocab = file_path(path), vocab
        self.every, self.every_steps = every, every_steps
        self._steps, self._unwritten = 0, None

    def on_start(self, run):
        file_path(self.path)
        self._describe(run)  # refuse now what could not be saved later
        self._steps, self._unwritten = 0, None

    def on_step(self, run, step):
        self._steps += 1
        if self._is_time and not step.ends_epoch:
            self._write(run)

    def on_epoch(self, run):
        if run.history.epochs % self.every == 0 or self._is_time:
            self._write(run)
        else:
            meta, arrays = self._describe(run)
            self._unwritten = meta, _copies(arrays)

    def on_end(self, run):
        if self._unwritten is not None:
            write(self.path, *self._unwritten)
        self._unwritten = None

    @property
    def _is_time(self):
        return self.every_steps is not None and self._steps >= self.every_steps

    def _describe(self, run):
        return describe(run.model, run.optimizer, self.vocab, run.batches.rng, run.history)

    def _write(self, run):
        write(self.path, *self._describe(run))
        self._steps, self._unwritten = 0, None


class ShowSamples(Callback):
    r"""Print a few samples as the model learns.

    Parameters
    ----------
    vocab : Vocabulary
    rng : numpy.random.Generator
        Not the model's or the batches': showing samples must not change the run.
    every : int
        Epochs between two prints.
    count : int
        Samples a line.
    stop : str
        Where a sample ends; "\n" for names.
    label : int, optional
        The class to write, for a model with `num_classes`.

    Raises
    ------
    TypeError, ValueError
        At once or at the start of a run, all that `generate` would refuse.
    """

    def __init__(self, vocab, rng, every=1, count=5, stop=END, label=None):
        require_type(
            isinstance(vocab, Vocabulary),
            f"vocab must be a Vocabulary, got {vocab!r:.60}: it comes first, then the rng.",
        )
        require_generator(rng)
        at_least_one(every=every, count=count)
        self.vocab, self.rng, self.every, self.count = vocab, rng, every, count
        self.stop, self.label = stop, label

    def on_start(self, run):
        require(
            self.rng is not run.model.rng and self.rng is not run.batches.rng,
            "ShowSamples needs its own generator, or showing samples would change the training "
            "run: pass np.random.default_rng(seed).",
        )
        _, ids, _, _ = check_task(run.model, self.vocab, "", END, self.stop, None, 1)
        run.model.forward(ids[:, None], None, **start_labels(self.label, 1))  # refuse a label now

    def on_epoch(self, run):
        history = run.history
        if history.epochs % self.every:
            return
        options = dict(length=30, stop=self.stop, label=self.label, num_samples=self.count)
        samples = generate(run.model, self.vocab, **options, rng=self.rng)
        _print(f"epoch {history.epochs:3d}  {history.train_loss[-1]:.2f}  {' '.join(samples)}")


def _print(text):
    """Print a text, with "?" for the letters that the terminal's encoding does not have."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    print(text.encode(encoding, "replace").decode(encoding))


def _copies(arrays):
    return {name: a.copy() for name, a in arrays.items()}


def _in_mid_epoch(history):
    return history.position is not None and history.position.step > 0


def _is_best_of(saved, run):
    """Whether a checkpoint was written in the best epoch of this run, not of another."""
    now, then = run.history, saved.history
    return (
        then is not None
        and saved.model.config == run.model.config
        and then.epochs == now.best_epoch + 1
        and then.train_loss == now.train_loss[: then.epochs]
    )
