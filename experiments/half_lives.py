"""Make results/half_lives.csv: how many steps an LSTM needs to recall, by forget bias and lag.

    python experiments/half_lives.py           # all rows, about ten minutes on two cores
    python experiments/half_lives.py --missing  # those that the table does not have yet

recall: the symbols between the first and the answer are drawn from the same four.  fast: recall, at
three times the learning rate.  blank: the symbols between are a fifth one, always the same.
patient: blank, with four times the steps.  ladder: recall, but each training batch has a lag of its
own, from 1 to that of the row, at which it is asked.  The score of these is the share of right
answers.

adding: the lag is the length, and the score the mean squared error.

The biases of a row are those at which all forget gates start, and all input gates; "chrono" draws
them as C. Tallec and Y. Ollivier do, "Can recurrent neural networks warp time?", ICLR 2018.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import tables

import rnnlib as rl
from rnnlib.datasets.tasks import adding

TABLE = Path(__file__).parent.parent / "results" / "half_lives.csv"
SEEDS = (0, 1, 2)
BIASES = (-1, 0, 0.5, 1, 1.5, 1.75, 2, 3, 4)
LAGS = (2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 17, 20, 28, 40, 56, 80, 112)
KEY = "task", "forget", "write", "lag", "seed"
STEPS, LONGER, EVERY, SOLVED = 300, 1200, 20, 0.9


def network(forget, write, lag, rng, hidden_size=32):
    """Build an LSTM that reads five symbols, with its gates started as asked for."""
    model = rl.LanguageModel(5, hidden_size, cell="lstm", rng=rng)
    b_i, b_f, *_ = np.split(model.params["layer0.b_h"], 4)  # views
    b_f[...] = np.log(rng.uniform(1, lag, hidden_size)) if forget == "chrono" else forget
    b_i[...] = -b_f if write == "chrono" else write
    return model


def blank_between(batches):
    """Replace all symbols but the first by a fifth one."""
    for ids, targets, mask, *rest in batches:
        ids[1:] = 4
        yield ids, targets, mask, *rest


def ladder(lag, rows, count, rng):
    """Draw batches whose lags are drawn, too."""
    for _ in range(count):
        yield from rl.recall_batches(int(rng.integers(1, lag + 1)), rows, 1, rng)


def rows_of(task, lag, rows, count, rng):
    """The batches of a task, as (ids, targets, mask)."""
    batches = rl.recall_batches(lag, rows, count, rng)
    if task in ("blank", "patient"):
        return rl.Batches(lambda: blank_between(batches), count, rng=rng)
    return batches


def recall(task, forget, write, lag, seed, steps=STEPS):
    """Train until 0.9 of 500 questions are answered; return the steps, and the share."""
    rng = np.random.default_rng(seed)
    model = network(forget, write, lag, rng)
    ids, targets, *_ = next(iter(rows_of(task, lag, 500, 1, rng)))
    batches = rows_of(task, lag, 32, steps, rng)
    if task == "ladder":
        batches = rl.Batches(lambda: ladder(lag, 32, steps, rng), steps, rng=rng)
    rate = 1e-2 if task == "fast" else 3e-3
    run = rl.train_steps(model, batches, rl.Adam(rate), epochs=1, clip_norm=1.0, workers=1)
    for n, _ in enumerate(run, 1):
        if n % EVERY == 0:
            logits, _, _ = model.forward(ids)
            share = (logits[-1].argmax(axis=-1) == targets[-1]).mean()
            if share >= SOLVED:
                break
    return n, share


class Adder:
    """An LSTM and a linear read-out of its last state: one number for each row."""

    def __init__(self, forget, rng, hidden_size=32):
        self.layer = rl.Recurrent(rl.LSTMCell(forget), 2, hidden_size, rng)
        self.head = rl.Linear(hidden_size, 1, rng)
        self.params = self.layer.params | self.head.params

    def loss_and_grads(self, xs, sums):
        """Return the mean squared error, and its gradients."""
        hs, _, cache = self.layer.forward(xs)
        answers, read = self.head.forward(hs[-1:])
        error = answers[..., 0] - sums  # (1, B)
        dhs = np.zeros_like(hs)
        dhs[-1:], grads = self.head.backward(2 * error[..., None] / error.size, read)
        return np.mean(error**2), grads | self.layer.backward(dhs, cache)[-1]


def add(length, forget, seed, steps=1000, enough=0.01):
    """Train until the error on 500 rows is small enough; return the steps, and that error."""
    rng = np.random.default_rng(seed)
    model, optimizer = Adder(forget, rng), rl.Adam(1e-2)
    asked = adding(length, 500, rng)
    for n in range(1, steps + 1):
        _, grads = model.loss_and_grads(*adding(length, 32, rng))
        rl.clip_by_norm(grads, 1.0)
        optimizer.step(model.params, grads)
        if n % EVERY == 0:
            error, _ = model.loss_and_grads(*asked)
            if error < enough:
                break
    return n, error


def make_row(*key):
    """Train until it is solved, or in vain; return the row."""
    start = time.process_time()
    n, score = made(*key)
    seconds = f"{time.process_time() - start:.1f}"
    return dict(zip(KEY, key, strict=True)) | dict(steps=n, score=f"{score:.4f}", seconds=seconds)


def main():
    """Make the rows asked for; the table is written after each, so that nothing is lost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--missing", action="store_true", help="only rows not in the table")
    rows, order = tables.read(TABLE, KEY) if parser.parse_args().missing else {}, list(jobs())
    wanted = (
        key
        for key in order
        if tables.as_key(key) not in rows and not after_the_edge(key, rows.values())
    )
    tables.fill(TABLE, rows, wanted, make_row, order)


def made(task, forget, write, lag, seed):
    """Make one row: the steps, and the score."""
    if task == "adding":
        return add(lag, forget, seed)
    longer = task == "patient" or write == "chrono"  # whose write gates start nearly closed
    steps = LONGER if longer else STEPS
    return recall(task, forget, write, lag, seed, steps)


def jobs():
    """The keys of all rows."""
    for lag in LAGS:
        for bias in BIASES:
            for seed in SEEDS:
                yield "recall", bias, 0, lag, seed
    for seed in SEEDS:
        for lag in (20, 40):
            for bias in (1, 2, 3):
                yield "blank", bias, 0, lag, seed
            yield "ladder", 1, 0, lag, seed
            for write in ("chrono", 0):
                yield "recall", "chrono", write, lag, seed
        for bias in (0, 1, 3):
            yield "adding", bias, 0, 40, seed
        for bias, lag in ((1, 20), (2, 40)):
            yield "patient", bias, 0, lag, seed
        for bias, lag in ((0, 10), (1, 14), (2, 28)):
            yield "fast", bias, 0, lag, seed


def after_the_edge(key, rows):
    """Whether all seeds failed at two shorter lags in a row: longer ones are not tried."""
    task, forget, write, lag, _ = key
    if task != "recall" or forget == "chrono":
        return False
    kind = tables.as_key((task, forget, write))
    alike = [r for r in rows if (r["task"], r["forget"], r["write"]) == kind]
    shorter = sorted({int(r["lag"]) for r in alike if int(r["lag"]) < lag})[-2:]
    solved = [float(r["score"]) >= SOLVED for r in alike if int(r["lag"]) in shorter]
    return len(shorter) == 2 and not any(solved)


if __name__ == "__main__":
    main()
