"""Make results/counting.csv: which cell counts on beyond the lengths that it was trained on?

    python experiments/counting.py              # all rows, about four minutes on two quiet cores
    python experiments/counting.py --only lstm  # the rows of some cells again

Every network is trained on aⁿbⁿ with n = 1 … 20, all lengths at each step, and asked about n = 1 …
100.  `stop n`: after how many b's its most probable symbol is the end mark for the first time, n if
it is right, 0 if never.  `reach`: the last length up to which all are right.  `moved`: how far the
unit that moves most along n = 60 moves; `drift`: how far from its start it ends, as a share of
that.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import tables
import variants  # noqa: F401  LanguageModel(cell="minimal") is known from here on

import rnnlib as rl

TABLE = Path(__file__).parent.parent / "results" / "counting.csv"
SEEDS = (0, 1, 2)
SHOWN, ASKED, LOOKED_AT = 20, 100, (30, 60, 100)
UNITS = dict(rnn=17, gru=10, lstm=8, relu=17, forgetless=9, coupled=9, minimal=12)
"""Units of each cell, so that all have about 410 parameters (the GRU 463)."""
RATE = 2e-2
"""Of all cells."""
WORDS = ["a" * n + "b" * n for n in range(1, SHOWN + 1)]
VOCAB = rl.Vocabulary.from_text(WORDS)


def train(cell, seed, steps=3000):
    """Train one network on all twenty lengths at each step."""
    rng = np.random.default_rng(seed)
    model = rl.LanguageModel(len(VOCAB), UNITS[cell], cell=cell, rng=rng)
    if cell == "relu":  # begin as a memory that keeps, as Le, Jaitly and Hinton do
        model.params["layer0.W_hh"][...] = np.eye(UNITS[cell])
    options = dict(epochs=steps, clip_norm=1.0, schedule=rl.cosine_decay)
    batches = rl.padded_batches(VOCAB, WORDS, SHOWN)
    rl.fit(model, batches, rl.Adam(RATE), **options, workers=1, progress=False)
    return model


def stops(model, longest=ASKED):
    """Return after how many b's the network wants to stop, for n = 1 … longest; 0 for never."""
    state, states = None, []
    for symbol in VOCAB.encode("\n" + "a" * longest):
        _, state, _ = model.forward(np.array([[symbol]]), state)
        states.append(state[0])
    side_by_side = tuple(np.concatenate(part) for part in zip(*states[1:], strict=True))
    b, end = VOCAB.encode("b\n")
    logits, _, _ = model.forward(np.full((2 * longest, longest), b), (side_by_side,))
    wants = logits.argmax(axis=-1) == end  # (2 · longest, longest)
    return np.where(wants.any(axis=0), wants.argmax(axis=0) + 1, 0)


def reach(stop):
    """Return the last n up to which every length is right."""
    wrong = stop != np.arange(1, len(stop) + 1)
    return int(wrong.argmax()) if wrong.any() else len(stop)


def walk(model, n):
    """Return the memory (2n + 1, H) along aⁿbⁿ, first after the start mark: c if there is one."""
    state, memory = None, []
    for symbol in VOCAB.encode("\n" + "a" * n + "b" * n):
        _, state, _ = model.forward(np.array([[symbol]]), state)
        memory.append(state[0][-1][0])
    return np.array(memory)


def counting_unit(model, n=60):
    """Return how far the unit that moves most along aⁿbⁿ moves, and by what share it misses."""
    memory = walk(model, n)
    moved = np.ptp(memory, axis=0)
    unit = moved.argmax()
    return moved[unit], abs(memory[-1, unit] - memory[0, unit]) / moved[unit]


def make_row(cell, seed):
    """Train one cell, and ask it."""
    start = time.process_time()
    model = train(cell, seed)
    seconds = time.process_time() - start
    stop = stops(model)
    moved, drift = counting_unit(model)
    return dict(
        cell=cell,
        seed=seed,
        units=UNITS[cell],
        parameters=sum(p.size for p in model.params.values()),
        reach=reach(stop),
        **{f"stop {n}": stop[n - 1] for n in LOOKED_AT},
        moved=f"{moved:.3f}",
        drift=f"{drift:.3f}",
        seconds=f"{seconds:.1f}",
    )


def main():
    """Make the rows asked for; the table is written after each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=UNITS, metavar="CELL", default=list(UNITS))
    cells = parser.parse_args().only
    order = [(cell, seed) for cell in UNITS for seed in SEEDS]
    jobs = [job for job in order if job[0] in cells]
    tables.fill(TABLE, tables.read(TABLE, ("cell", "seed")), jobs, make_row, order)


if __name__ == "__main__":
    main()
