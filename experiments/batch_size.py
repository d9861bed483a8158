"""Make results/batch_size.csv: how long it takes to beat counting, by the size of the batch.

    python experiments/batch_size.py                # all rows, two minutes on one idle core
    python experiments/batch_size.py --only 16 64   # the rows of some batch sizes again
    python experiments/batch_size.py --missing      # the rows that are not there yet

A plain network of 64 units trains until it scores `TARGET` nats per symbol on the validation
names, close to what the 4-gram scores.  What counts is the processor time of the training steps,
so that a busy machine does not spoil the comparison; scoring is outside the clock.  A run that
needs more than `PATIENCE` seconds has no time in the table.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import tables

import rnnlib as rl
from rnnlib.threads import one_blas_thread

TABLE = Path(__file__).parent.parent / "results" / "batch_size.csv"
SIZES = (1, 4, 16, 64, 256)
RATES = {size: tuple(1e-3 * size**0.5 * factor for factor in (1, 2, 4, 8)) for size in SIZES}
"""A rate that grows with the root of the batch size, and larger ones."""
SPLITS = (0, 1, 2)
TARGET = 1.85
PATIENCE = 8.0
SCORED_EVERY = 512
"""Names between two looks at the validation names; at least one step."""


def race(batch_size, lr, split):
    """Train until the target is reached; return (steps, names, CPU seconds), or None if never."""
    train, valid, _ = rl.split(rl.dinosaur_names(), seed=split)
    vocab, rng = rl.Vocabulary.from_text(rl.dinosaur_names()), np.random.default_rng(split)
    model = rl.LanguageModel(len(vocab), 64, embedding_dim=32, rng=rng)
    batches = rl.padded_batches(vocab, train, batch_size, rng)
    held_out = rl.padded_batches(vocab, valid, 256)
    steps = rl.train_steps(model, batches, rl.Adam(lr), epochs=1000, clip_norm=1.0)
    every, seconds, number = max(1, SCORED_EVERY // batch_size), 0.0, 0
    while seconds <= PATIENCE:
        start = time.process_time()
        next(steps)
        seconds += time.process_time() - start
        number += 1
        if number % every == 0 and rl.evaluate(model, held_out) <= TARGET:
            return number, number * batch_size, seconds
    return None


def make_row(batch_size, lr, split):
    """Return one row of the table."""
    with one_blas_thread():
        steps, names, seconds = race(batch_size, lr, split) or ("", "", None)
    spent = "" if seconds is None else f"{seconds:.2f}"
    return dict(batch=batch_size, lr=lr, split=split, steps=steps, names=names, seconds=spent)


def main():
    """Make the rows asked for; the table is written after each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", type=int, choices=SIZES, default=list(SIZES))
    parser.add_argument("--missing", action="store_true", help="make only rows that are not there")
    arguments = parser.parse_args()
    rows = tables.read(TABLE, ("batch", "lr", "split"))
    order = [(size, lr, split) for size in SIZES for lr in RATES[size] for split in SPLITS]
    jobs = [job for job in order if job[0] in arguments.only]
    if arguments.missing:
        jobs = [job for job in jobs if tables.as_key(job) not in rows]
    tables.fill(TABLE, rows, jobs, make_row, order)


if __name__ == "__main__":
    main()
