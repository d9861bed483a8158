"""Make results/cells.csv: four cells on names, as wide as each other and as large as each other.

    python experiments/cells.py            # all rows, about three minutes on two quiet cores

The splits, the scoring and the mixing with the best counter are those of names.py; the training run
is that of its best RNN, cut to 12 epochs, the same for every cell.
"""

import time
from functools import partial
from pathlib import Path

import mixing
import names
import numpy as np
import variants  # noqa: F401  LanguageModel(cell="minimal") is known from here on
from tqdm import tqdm

import rnnlib as rl

TABLE = Path(__file__).parent.parent / "results" / "cells.csv"
WIDTH = dict(lstm=128, gru=128)
SIZE = dict(gru=151, minimal=190, rnn=277)
"""Units: the same number, and as many as give the 104,000 parameters of the LSTM's 128."""
JOBS = [(cell, units) for group in (WIDTH, SIZE) for cell, units in group.items()]
SETTINGS = dict(
    embedding_dim=64,
    dropout=0.3,
    epochs=12,
    optimizer=partial(rl.Adam, lr=3e-3, weight_decay=0.01),
    schedule=rl.cosine_decay,
    callbacks=(rl.KeepBest,),
)


def make_row(cell, units, split, **settings):
    """Train and score one network on one split, alone and mixed with the best counter."""
    data, rng = names.load_split(split), np.random.default_rng(split)
    start = time.process_time()
    model = names.train(data, rng, cell=cell, hidden_size=units, **(SETTINGS | settings))
    seconds = time.process_time() - start
    valid, test = (names.probabilities(model, data, part) for part in (data.valid, data.test))
    counter = names.best_counter(split)
    weight = mixing.best_weight(valid, names.probabilities(counter, data, data.valid))
    together = mixing.mixed(test, names.probabilities(counter, data, data.test), weight)
    return dict(
        cell=cell,
        units=units,
        split=split,
        parameters=mixing.size(model),
        valid=f"{mixing.nats(valid):.4f}",
        test=f"{mixing.nats(test):.4f}",
        weight=f"{weight:.3f}",
        mixed=f"{mixing.nats(together):.4f}",
        seconds=f"{seconds:.1f}",
    )


def main():
    """Make all rows; the table is written after each, so that nothing is lost."""
    rows = []
    for cell, units in tqdm(JOBS, unit="cell"):
        for split in names.SPLITS:
            rows.append(make_row(cell, units, split))
            tqdm.write(" ".join(map(str, rows[-1].values())))
            rl.write_ledger(TABLE, rows)


if __name__ == "__main__":
    main()
