"""Make results/memory_tasks.csv: what each cell can remember, on tasks with a known best score.

    python experiments/memory_tasks.py           # all rows, some minutes on two cores

recall: the share of right answers to which symbol came first, against the lag; four symbols, so
chance is 0.25.  reber: nats per symbol above the exact entropy of the embedded Reber grammar.
"""

import argparse
import time
from pathlib import Path

import numpy as np
from tqdm import tqdm

import rnnlib as rl
from rnnlib.datasets.tasks import reber_entropy, reber_surprise

TABLE = Path(__file__).parent.parent / "results" / "memory_tasks.csv"
LAGS = (5, 10, 20, 40, 80)
SEEDS = (0, 1, 2)
CELLS = {
    "RNN": dict(cell="rnn", lr=1e-3),
    "GRU": dict(cell="gru", lr=3e-3),
    "LSTM": dict(cell="lstm", lr=3e-3),
    "LSTM, forget bias ln T": dict(cell="lstm", lr=2e-3, long_start=True),
}
"""Each learning rate is the better of 1e-3 and 3e-3 for its cell; at 3e-3 the last row's third
seed takes one symbol for another at lag 80, on some processors.

The last row starts the forget gates so that the memory fades to 1/e over the length of the task:
C. Tallec and Y. Ollivier, "Can recurrent neural networks warp time?", ICLR 2018.
"""


def network(vocab_size, length, rng, *, cell, long_start=False):
    """Build 64 units, with a forget bias that fits the length if asked for."""
    model = rl.LanguageModel(vocab_size, 64, cell=cell, rng=rng)
    if long_start:
        _, forget, *_ = np.split(model.params["layer0.b_h"], 4)  # a view
        forget[...] = np.log(length)
    return model


def recall(lag, seed, *, lr, steps=900, **settings):
    """Train on `steps` batches of 32; return the share of right answers to 1,000 questions."""
    rng = np.random.default_rng(seed)
    model = network(4, lag + 1, rng, **settings)
    batches = rl.recall_batches(lag, 32, steps, rng)
    rl.fit(model, batches, rl.Adam(lr), epochs=1, clip_norm=1.0, workers=1, progress=False)
    ids, targets, *_ = next(iter(rl.recall_batches(lag, 1000, 1, rng)))
    logits, _, _ = model.forward(ids)
    return (logits[-1].argmax(axis=-1) == targets[-1]).mean()


def reber(seed, *, lr, **settings):
    """Train on 4,000 strings; return nats per symbol on 2,000 others, above their exact surprise.

    The exact entropy is the mean over all strings; on those drawn it is their own coins that no
    model can know.
    """
    rng = np.random.default_rng(seed)
    train, test = rl.reber(4000, rng), rl.reber(2000, rng)
    vocab = rl.Vocabulary.from_text(train)
    model = network(len(vocab), 12, rng, **settings)
    batches = rl.padded_batches(vocab, train, 32, rng)
    options = dict(epochs=10, clip_norm=1.0, schedule=rl.cosine_decay, workers=1, progress=False)
    rl.fit(model, batches, rl.Adam(lr), **options)
    floor = sum(map(reber_surprise, test)) / sum(len(s) + 1 for s in test)
    assert abs(floor - reber_entropy()) < 0.01
    return rl.evaluate(model, rl.padded_batches(vocab, test, 256)) - floor


def main():
    """Make all rows; the table is written after each, so that nothing is lost."""
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    jobs = [("reber", "", cell, seed) for cell in CELLS for seed in SEEDS]
    jobs += [("recall", lag, cell, seed) for lag in LAGS for cell in CELLS for seed in SEEDS]
    rows = []
    for task, lag, cell, seed in tqdm(jobs, unit="row"):
        start = time.perf_counter()
        score = recall(lag, seed, **CELLS[cell]) if lag else reber(seed, **CELLS[cell])
        seconds = f"{time.perf_counter() - start:.1f}"
        numbers = dict(score=f"{score:.4f}", seconds=seconds)
        rows.append(dict(task=task, lag=lag, model=cell, seed=seed, **numbers))
        tqdm.write(" ".join(map(str, rows[-1].values())))
        rl.write_ledger(TABLE, rows)


if __name__ == "__main__":
    main()
