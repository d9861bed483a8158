"""Make results/peak_memory.csv and its picture: the memory and the time of a training step.

    python experiments/peak_memory.py                    # a minute or two on two cores

A step is forward, loss and backward of a `LanguageModel`, float32.  One of time T, batch B and
units H doubles, the others stay; `truncated` cuts a text of T symbols into windows of 50 and hands
the state on, so that its memory does not grow with the text.

NumPy tells `tracemalloc` of every array, PyTorch its profiler, and the peak above the start is what
a step takes.  PyTorch's input is one-hot, as its recurrent layers want it, and what oneDNN keeps
inside of them is not counted.  Without torch its column stays empty.
"""

import argparse
import itertools
import os
import platform
import time
import tracemalloc
from pathlib import Path

import numpy as np
import pictures
from tqdm import tqdm

import rnnlib as rl
from rnnlib.threads import one_blas_thread

os.environ.setdefault("KINETO_LOG_LEVEL", "99")  # PyTorch's profiler reports each start and stop
try:
    import torch
except ImportError:
    torch = None

LEDGER = Path(__file__).parent.parent / "results" / "peak_memory.csv"
COLUMNS = ("what", "cell", "V", "H", "T", "B", "rnnlib MB", "rnnlib ms", "torch MB", "versions")
VERSIONS = f"rnnlib {rl.__version__}, numpy {np.__version__}, python {platform.python_version()}"
if torch:
    VERSIONS += f", torch {torch.__version__}"
V, H, T, B = 64, 128, 100, 32
GRID = {
    "T": [(V, H, n, B) for n in (50, 100, 200, 400, 800)],
    "B": [(V, H, T, n) for n in (8, 16, 32, 64, 128)],
    "H": [(V, n, T, B) for n in (32, 64, 128, 256)],
    "truncated": [(V, H, n, B) for n in (100, 200, 400, 800)],
}
WINDOW = 50
MB = 1e6


def step_of(what, cell, sizes):
    """Return a function that reads and learns all T symbols."""
    vocab_size, hidden_size, length, batch_size = sizes
    rng = np.random.default_rng(0)
    model = rl.LanguageModel(vocab_size, hidden_size, cell, rng=rng)
    ids, targets = rng.integers(0, vocab_size, (2, length, batch_size))
    window = WINDOW if what == "truncated" else length

    def step():
        state = None
        for t in range(0, length, window):
            own = slice(t, t + window)
            _, _, state = model.loss_and_grads(ids[own], targets[own], state)

    return step


def peak_and_time(step, calls=3):
    """Return the peak of the arrays of a step in MB, and the least of its milliseconds."""
    step()
    tracemalloc.start()
    step()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    seconds = []
    for _ in range(calls):
        start = time.perf_counter()
        step()
        seconds.append(time.perf_counter() - start)
    return peak / MB, 1000 * min(seconds)


def torch_step_of(what, cell, sizes):
    """Return a function that takes the same step in PyTorch."""
    vocab_size, hidden_size, length, batch_size = sizes
    cells = {"rnn": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}
    layer, output = cells[cell](vocab_size, hidden_size), torch.nn.Linear(hidden_size, vocab_size)
    ids, targets = torch.randint(0, vocab_size, (2, length, batch_size))
    window = WINDOW if what == "truncated" else length

    def step():
        state = None
        for t in range(0, length, window):
            own = slice(t, t + window)
            xs = torch.nn.functional.one_hot(ids[own], vocab_size).float()
            hs, state = layer(xs, state)
            logits = output(hs).reshape(-1, vocab_size)
            torch.nn.functional.cross_entropy(logits, targets[own].reshape(-1)).backward()
            state = tuple(s.detach() for s in state) if cell == "lstm" else state.detach()

    return step


def torch_peak(step):
    """Return the peak of PyTorch's arrays in a step, in MB: the largest sum of what it took."""
    step()
    cpu = torch.profiler.ProfilerActivity.CPU
    with torch.profiler.profile(activities=[cpu], profile_memory=True) as profile:
        step()
    events = [e for e in profile.profiler.kineto_results.events() if e.name() == "[memory]"]
    events.sort(key=lambda event: event.start_ns())
    return max(itertools.accumulate(event.nbytes() for event in events)) / MB


def slope(rows, what, column):
    """Return the exponent of the growth: the slope of a line through the logarithms."""
    x = "T" if what == "truncated" else what
    own = [row for row in rows if row["what"] == what]
    logs = (np.log([float(row[name]) for row in own]) for name in (x, column))
    return float(np.polyfit(*logs, 1)[0])


def main():
    """Make all rows, then print the slopes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.parse_args()
    jobs = [(w, c, s) for w, grid in GRID.items() for c in ("rnn", "gru", "lstm") for s in grid]
    rows = []
    with one_blas_thread():
        for what, cell, sizes in tqdm(jobs, unit="row"):
            megabytes, milliseconds = peak_and_time(step_of(what, cell, sizes))
            other = f"{torch_peak(torch_step_of(what, cell, sizes)):.3f}" if torch else ""
            numbers = f"{megabytes:.3f}", f"{milliseconds:.2f}", other
            values = (what, cell, *sizes, *numbers, VERSIONS)
            rows.append(dict(zip(COLUMNS, map(str, values), strict=True)))
    rl.write_ledger(LEDGER, rows)
    for what in GRID:
        for cell in ("rnn", "gru", "lstm"):
            own = [row for row in rows if row["cell"] == cell]
            memory, duration = (slope(own, what, f"rnnlib {unit}") for unit in ("MB", "ms"))
            print(f"{what:10} {cell:5} memory ~ n^{memory:.2f}   time ~ n^{duration:.2f}")
    pictures.draw("peak_memory")


if __name__ == "__main__":
    main()
