"""Make results/reber_rates.csv: the cells on the embedded Reber grammar, at three learning rates.

    python experiments/reber_rates.py           # all rows, some minutes on two cores

Nats per symbol above the exact surprise of the strings: on 2,000 for choosing the rate, and on
2,000 others for the score.  Cells, training and scored strings are those of `memory_tasks.py`.
"""

import argparse
import time
from pathlib import Path

import numpy as np
from memory_tasks import CELLS, network
from tqdm import tqdm

import rnnlib as rl
from rnnlib.datasets.tasks import reber_surprise

TABLE = Path(__file__).parent.parent / "results" / "reber_rates.csv"
SEEDS = (0, 1, 2)
RATES = (1e-3, 3e-3, 1e-2)
KEY = "model", "rate", "seed"


def above(model, vocab, strings):
    """Nats per symbol above the exact surprise."""
    floor = sum(map(reber_surprise, strings)) / sum(len(s) + 1 for s in strings)
    return rl.evaluate(model, rl.padded_batches(vocab, strings, 256)) - floor


def reber(name, rate, seed):
    """Train on 4,000 strings; return what is lost on the validation and on the test strings."""
    rng = np.random.default_rng(seed)
    train, test = rl.reber(4000, rng), rl.reber(2000, rng)
    valid = rl.reber(2000, np.random.default_rng(100 + seed))
    vocab = rl.Vocabulary.from_text(train)
    settings = {k: v for k, v in CELLS[name].items() if k != "lr"}
    model = network(len(vocab), 12, rng, **settings)
    batches = rl.padded_batches(vocab, train, 32, rng)
    options = dict(epochs=10, clip_norm=1.0, schedule=rl.cosine_decay, workers=1, progress=False)
    rl.fit(model, batches, rl.Adam(rate), **options)
    return above(model, vocab, valid), above(model, vocab, test)


def main():
    """Make all rows; the table is written after each, so that nothing is lost."""
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    jobs = [(name, rate, seed) for seed in SEEDS for name in CELLS for rate in RATES]
    rows = []
    for key in tqdm(jobs, unit="row"):
        start = time.process_time()
        valid, score = reber(*key)
        numbers = dict(valid=f"{valid:.4f}", score=f"{score:.4f}")
        seconds = f"{time.process_time() - start:.1f}"
        rows.append({**dict(zip(KEY, key, strict=True)), **numbers, "seconds": seconds})
        print(*rows[-1].values(), flush=True)
        rl.write_ledger(TABLE, rows)


if __name__ == "__main__":
    main()
