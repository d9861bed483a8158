"""Make results/half_lives.csv: how many steps an LSTM needs to recall, by forget bias and lag.

    python experiments/half_lives.py           # all rows, about twenty minutes on two cores
    python experiments/half_lives.py --missing  # those that the table does not have yet

recall: the symbols between the first and the answer are drawn from the same four.  blank: they are
a fifth symbol, always the same.  The biases of a row are those at which all forget gates start,
and all input gates; "chrono" draws them as C. Tallec and Y. Ollivier do, "Can recurrent neural
networks warp time?", ICLR 2018.
"""

import argparse
import time
from pathlib import Path

import numpy as np
from tqdm import tqdm

import rnnlib as rl

TABLE = Path(__file__).parent.parent / "results" / "half_lives.csv"
SEEDS = (0, 1, 2)
BIASES = (-1, -0.5, 0, 0.5, 1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4)
LAGS = (2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 17, 20, 24, 28, 34, 40, 48, 57, 68)
STEPS, EVERY, SOLVED = 300, 20, 0.9


def network(forget, write, lag, rng, hidden_size=32):
    """Build an LSTM that reads five symbols, with its gates started as asked for."""
    model = rl.LanguageModel(5, hidden_size, cell="lstm", rng=rng)
    b_i, b_f, *_ = np.split(model.params["layer0.b_h"], 4)  # views
    if forget == "chrono":
        b_f[...] = np.log(rng.uniform(1, lag, hidden_size))
        b_i[...] = -b_f
    else:
        b_f[...], b_i[...] = forget, write
    return model


def blank_between(batches):
    """Replace all symbols but the first by a fifth one."""
    for ids, targets, mask, *rest in batches:
        ids[1:] = 4
        yield ids, targets, mask, *rest


def rows_of(task, lag, rows, count, rng):
    """The batches of a task, as (ids, targets, mask)."""
    batches = rl.recall_batches(lag, rows, count, rng)
    if task == "blank":
        return rl.Batches(lambda: blank_between(batches), count, rng=rng)
    return batches


def recall(task, forget, write, lag, seed, steps=STEPS):
    """Train until 0.9 of 500 questions are answered; return the steps, and the share."""
    rng = np.random.default_rng(seed)
    model = network(forget, write, lag, rng)
    ids, targets, *_ = next(iter(rows_of(task, lag, 500, 1, rng)))
    batches = rows_of(task, lag, 32, steps, rng)
    run = rl.train_steps(model, batches, rl.Adam(3e-3), epochs=1, clip_norm=1.0, workers=1)
    for n, _ in enumerate(run, 1):
        if n % EVERY == 0:
            logits, _, _ = model.forward(ids)
            share = (logits[-1].argmax(axis=-1) == targets[-1]).mean()
            if share >= SOLVED:
                break
    return n, share


def main():
    """Make the rows asked for; the table is written after each, so that nothing is lost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--missing", action="store_true", help="only rows not in the table")
    rows = rl.read_ledger(TABLE) if parser.parse_args().missing else []
    have = {(r["task"], r["forget"], r["write"], r["lag"], r["seed"]) for r in rows}
    for key in tqdm(list(jobs()), unit="row"):
        if key in have or after_the_edge(key, rows):
            continue
        start = time.process_time()
        n, share = recall(*key)
        seconds = f"{time.process_time() - start:.1f}"
        named = dict(zip(("task", "forget", "write", "lag", "seed"), key, strict=True))
        numbers = dict(steps=n, score=float(share), seconds=seconds)
        rows.append({**named, **numbers})
        print(*rows[-1].values(), flush=True)
        rl.write_ledger(TABLE, rows)


def jobs():
    """The keys of all rows."""
    for lag in LAGS:
        for bias in BIASES:
            for seed in SEEDS:
                yield "recall", bias, 0, lag, seed


def after_the_edge(key, rows):
    """Whether all seeds failed at two shorter lags in a row: longer ones are not tried."""
    task, forget, write, lag, _ = key
    alike = [r for r in rows if (r["task"], r["forget"], r["write"]) == (task, forget, write)]
    shorter = sorted({r["lag"] for r in alike if r["lag"] < lag})[-2:]
    solved = [r["score"] >= SOLVED for r in alike if r["lag"] in shorter]
    return len(shorter) == 2 and not any(solved)


if __name__ == "__main__":
    main()
