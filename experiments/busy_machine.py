"""Measure how much longer `fit` takes on a machine that is busy with something else.

    python experiments/busy_machine.py

Trains an LSTM of 256 units on 512 names for one epoch: alone, and next to processes that multiply
matrices without end.  Prints the fastest of a few rounds of each, in seconds, and the ratio: once
as `fit` does by itself, once with one worker, once with all BLAS threads that the library takes.
A second table has single steps with one and with two workers, idle: from which batch on does the
split pay?  Nothing is written; the processes are ended with the script.
"""

import argparse
import contextlib
import os
import subprocess
import sys
import time

import numpy as np

import rnnlib as rl
import rnnlib.threads
from rnnlib.training.parallel import loss_and_grads

SIZES = [(256, 12, 32), (256, 12, 64), (256, 12, 128), (256, 100, 128), (512, 50, 64)]
BUSY = """
import numpy as np
a = np.random.default_rng(0).standard_normal((1000, 1000))
print("busy", flush=True)
while True:
    a @ a
"""


@contextlib.contextmanager
def neighbours(number, threads):
    """Start processes that multiply matrices; without threads, BLAS takes as many as it likes."""
    command = [sys.executable, "-c", BUSY]
    env = {k: v for k, v in os.environ.items() if k not in rnnlib.threads.VARIABLES}
    env |= {"OPENBLAS_NUM_THREADS": str(threads)} if threads else {}
    processes = [subprocess.Popen(command, env=env, stdout=subprocess.PIPE) for _ in range(number)]
    try:
        for process in processes:
            process.stdout.readline()
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def seconds(workers, blas, rounds, units):
    """Return the time of the fastest of a few epochs."""
    names = rl.dinosaur_names()[:512]
    vocab = rl.Vocabulary.from_text(names)
    times = []
    for _ in range(rounds):
        rng = np.random.default_rng(0)
        model = rl.LanguageModel(len(vocab), units, "lstm", rng=rng)
        batches = rl.padded_batches(vocab, names, 32, rng)
        with contextlib.ExitStack() as stack:
            if blas == "all":
                stack.callback(setattr, rnnlib.threads, "set_by_hand", rnnlib.threads.set_by_hand)
                rnnlib.threads.set_by_hand = lambda: True
            start = time.perf_counter()
            rl.fit(model, batches, rl.Adam(3e-3), epochs=1, workers=workers, progress=False)
            times.append(time.perf_counter() - start)
    return min(times)


def print_splits(rounds):
    """Print the milliseconds of steps with one worker and with two, taken in turns."""
    print(f"\n{'cell':>5} {'H':>4} {'T':>4} {'B':>4} {'one':>8} {'two':>8} {'ratio':>6}")
    rng = np.random.default_rng(0)
    for cell in ("lstm", "gru"):
        for H, T, B in SIZES:
            model = rl.LanguageModel(60, H, cell, rng=rng)
            batch = rl.Batch(*rng.integers(0, 60, (2, T, B)))
            times = {1: [], 2: []}
            for _ in range(5 * rounds):
                for workers, own in times.items():
                    start = time.perf_counter()
                    with rnnlib.threads.one_blas_thread():  # as in `fit`
                        loss_and_grads(model, batch, workers=workers)
                    own.append(1000 * (time.perf_counter() - start))
            one, two = map(min, times.values())
            print(f"{cell:>5} {H:4} {T:4} {B:4} {one:8.1f} {two:8.1f} {one / two:6.2f}", flush=True)


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--threads", type=int, help="of each process; BLAS's own choice if absent")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--units", type=int, default=256)
    options = parser.parse_args()
    named = [name for name in rnnlib.threads.VARIABLES if os.environ.get(name)]
    if named:
        print(f"{', '.join(named)} is set: start again without it, or all rows are the same.")
    print(f"{'workers':>8} {'BLAS threads':>13} {'idle':>8} {'busy':>8} {'ratio':>6}")
    for workers, blas in [("auto", "one"), (1, "one"), (2, "one"), (1, "all")]:
        run = (workers, blas, options.rounds, options.units)
        idle = seconds(*run)
        with neighbours(options.processes, options.threads):
            busy = seconds(*run)
        print(f"{workers!s:>8} {blas:>13} {idle:8.2f} {busy:8.2f} {busy / idle:6.1f}", flush=True)
    print_splits(options.rounds)


if __name__ == "__main__":
    main()
