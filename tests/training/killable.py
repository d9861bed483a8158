"""The training that `test_kill.py` kills.

    python killable.py folder [moment call]

trains in `folder` and prints a line after every epoch.  Given a moment of `WRITING`, it prints
"held" there, at the given one of its calls, and goes no further.
"""

import itertools
import os
import sys
import zipfile
from pathlib import Path

import numpy as np

from rnnlib import (
    Adam,
    Callback,
    KeepBest,
    LanguageModel,
    SaveCheckpoint,
    Vocabulary,
    dinosaur_names,
    fit,
    load_checkpoint,
    padded_batches,
)

EPOCHS = 12
NAMES = dinosaur_names()[::150]
WRITING = {
    "between arrays": (zipfile.ZipFile, "open"),
    "before the flush": (os, "fsync"),
    "before the rename": (os, "replace"),
}
"""Moments in a write, and the function that is called then."""
CALLS = {"between arrays": 20, "before the flush": 2, "before the rename": 1}
"""Calls of that function in one write, about; the folder is flushed, too."""


class Tell(Callback):
    """Print a line after every epoch."""

    def on_epoch(self, run):
        print("epoch", flush=True)


def train(folder, *watchers):
    """Train to the end, from the beginning or from where `folder` says; return what came out."""
    run, best = folder / "run.npz", folder / "best.npz"
    if run.exists():
        model, optimizer, vocab, rng, history = load_checkpoint(run)
    else:
        rng, vocab = np.random.default_rng(8), Vocabulary.from_text(NAMES)
        model = LanguageModel(len(vocab), 8, dropout=0.2, rng=rng)
        optimizer, history = Adam(0.05), None
    history = fit(
        model,
        padded_batches(vocab, NAMES[3:], 3, rng),
        optimizer,
        epochs=EPOCHS,
        validation=padded_batches(vocab, NAMES[:3], 3),
        callbacks=[KeepBest(best), SaveCheckpoint(run, vocab), *watchers],
        history=history,
        progress=False,
    )
    return model, optimizer, history


def hold(moment, call):
    """Make one call of the function of a moment never return."""
    owner, name = WRITING[moment]
    original, calls = getattr(owner, name), itertools.count(1)

    def held(*args, **kwargs):
        if next(calls) == call:
            print("held", flush=True)
            sys.stdin.read()
        return original(*args, **kwargs)

    setattr(owner, name, held)


if __name__ == "__main__":
    folder, *moment = sys.argv[1:]
    if moment:
        hold(moment[0], int(moment[1]))
    train(Path(folder), Tell())
