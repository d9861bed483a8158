"""Make results/parity.csv: which network tells whether the number of ones so far is odd?

    python experiments/parity.py                  # all rows, about five minutes on two quiet cores
    python experiments/parity.py --only clipped   # the rows of some networks again

Every network reads random zeros and ones, is asked after each of them, and is trained on strings of
20.  Then it is asked about the last of 8, 20, 64 and 256 symbols, 1,000 new strings each.

rnn, lstm, mingru, diagonal and transformer are those of rnnlib.  The others are one cell with three
gates, h' = a ⊙ h + b, where b is linear in the input: `positive` has a in (0, 1) by a sigmoid,
`signed` in (-1, 1) by tanh, and `clipped` in [-1, 1], both ends included.
"""

import argparse
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import tables

import rnnlib as rl
from rnnlib.functional import dsigmoid, dtanh, sigmoid
from rnnlib.nn.cells import CELLS

TABLE = Path(__file__).parent.parent / "results" / "parity.csv"
SEEDS = (0, 1, 2)
SHOWN, ASKED, STRINGS = 20, (8, 20, 64, 256), 1000
UNITS, ROWS, STEPS = 32, 64, 1000
LONGEST = 256
"""Positions of the Transformer: those beyond 20 are there, but never trained."""


class GateCache(NamedTuple):
    """The intermediate results of `coefficients`."""

    a: np.ndarray  # (T, B, H)
    a_x: np.ndarray  # (T, B, H), what the gate was made of


class PositiveCell(rl.LinearCell):
    """A gate in (0, 1): h' = σ(a_x) ⊙ h + b."""

    def coefficients(self, a_x, params):
        """Return ((a, b), cache)."""
        a = self.gate(a_x[0])
        return (a, a_x[1]), GateCache(a, a_x[0])

    def coefficients_backward(self, da, db, cache):
        """Return (da_x, grads)."""
        return (da * self.dgate(cache), db), {}

    def gate(self, a_x):
        """Compute the gate."""
        return sigmoid(a_x)

    def dgate(self, cache):
        """Return its slope."""
        return dsigmoid(cache.a)


class SignedCell(PositiveCell):
    """A gate in (-1, 1), which comes close to -1 but does not get there."""

    def gate(self, a_x):
        """Compute the gate."""
        return np.tanh(a_x)

    def dgate(self, cache):
        """Return its slope."""
        return dtanh(cache.a)


class ClippedCell(PositiveCell):
    """A gate in [-1, 1]: at the ends it turns the state around, or keeps it, exactly."""

    def gate(self, a_x):
        """Compute the gate."""
        return np.clip(a_x, -1, 1)

    def dgate(self, cache):
        """Return its slope, which is 0 beyond the ends."""
        return abs(cache.a_x) < 1


CELLS.update(positive=PositiveCell, signed=SignedCell, clipped=ClippedCell)
NETWORKS = {  # name: (cell, layers)
    "rnn": ("rnn", 1),
    "lstm": ("lstm", 1),
    "mingru": ("mingru", 1),
    "mingru, two layers": ("mingru", 2),
    "diagonal, two layers": ("diagonal", 2),
    "positive": ("positive", 1),
    "signed": ("signed", 1),
    "clipped": ("clipped", 1),
    "transformer": (None, 2),
}
RATE, RATES = 5e-3, {"transformer": 2e-3}
"""The learning rate, and those that differ."""


def draw(length, rows, rng):
    """Return random zeros and ones (T, B), and whether the ones up to each are odd in number."""
    ids = rng.integers(0, 2, (length, rows))
    return ids, ids.cumsum(axis=0) % 2


def build(network, rng):
    """Build a network that reads two symbols and gives one of two answers after each."""
    cell, layers = NETWORKS[network]
    if cell is None:
        options = dict(num_layers=layers, num_heads=4, max_len=LONGEST)
        return rl.TransformerLanguageModel(2, UNITS, **options, rng=rng)
    return rl.LanguageModel(2, UNITS, cell=cell, num_layers=layers, rng=rng)


def train(network, seed, steps=STEPS):
    """Train one network on strings of 20."""
    rng = np.random.default_rng(seed)
    model = build(network, rng)

    def walk():
        for _ in range(steps):
            yield rl.Batch(*draw(SHOWN, ROWS, rng))

    options = dict(epochs=1, clip_norm=1.0, schedule=rl.cosine_decay)
    optimizer = rl.Adam(RATES.get(network, RATE))
    batches = rl.Batches(walk, steps, rng=rng)
    rl.fit(model, batches, optimizer, **options, workers=1, progress=False)
    return model


def ask(model, length, seed=0):
    """Return the share of right answers after the last of `length` symbols."""
    ids, odd = draw(length, STRINGS, np.random.default_rng([seed, length]))
    last = [  # a hundred at a time, since attention keeps T² numbers for each
        model.forward(ids[:, at : at + 100])[0][-1].argmax(axis=-1) for at in range(0, STRINGS, 100)
    ]
    return (np.concatenate(last) == odd[-1]).mean()


def make_row(network, seed):
    """Train one network, and ask it."""
    start = time.process_time()
    model = train(network, seed)
    seconds = time.process_time() - start
    return dict(
        network=network,
        seed=seed,
        parameters=sum(p.size for p in model.params.values()),
        **{f"right at {length}": f"{ask(model, length):.3f}" for length in ASKED},
        seconds=f"{seconds:.1f}",
    )


def main():
    """Make the rows asked for; the table is written after each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--only", nargs="+", choices=NETWORKS, metavar="NETWORK", default=list(NETWORKS)
    )
    networks = parser.parse_args().only
    order = [(network, seed) for network in NETWORKS for seed in SEEDS]
    jobs = [job for job in order if job[0] in networks]
    tables.fill(TABLE, tables.read(TABLE, ("network", "seed")), jobs, make_row, order)


if __name__ == "__main__":
    main()
