"""Make results/speed.csv and its picture: rnnlib's speed next to PyTorch's and plain loops'.

    python experiments/speed.py                     # all rows, four minutes on two cores
    python experiments/speed.py --only step         # one kind of row again
    python experiments/speed.py --rounds 9          # medians of more rounds

Run it on a machine that does nothing else.  Both sides take turns in one process, so that what
slows the machine down slows both; each gets time to wake up before its clock starts.

step
    One training step (forward, loss, backward) of a `LanguageModel` against torch.nn.RNN, GRU or
    LSTM with a Linear layer on top, with the same weights and the same batch.  Loss and gradients
    must agree first.  PyTorch reads one-hot vectors that are made outside the clock: its recurrent
    layers know no row lookup, and an Embedding before them costs one more product.  Once with one
    thread for each side, once with all cores, used as suits each.
characters
    Training against a loop over single characters, as in a hundred lines of NumPy.
peak
    The share of the machine's matrix-product speed that a step with 512 units reaches.
generate
    Characters per second: one name at a time, one long text, and a thousand names in one batch.
"""

import argparse
import contextlib
import csv
import functools
import platform
import statistics
import time
from pathlib import Path

import numpy as np
import pictures
from threadpoolctl import threadpool_info, threadpool_limits
from tqdm import tqdm

import rnnlib as rl
from rnnlib.training.allocator import keep_memory
from rnnlib.training.parallel import loss_and_grads

try:
    import torch
except ImportError:
    raise SystemExit("The comparison needs PyTorch: pip install -e '.[torch]'") from None

LEDGER = Path(__file__).parent.parent / "results" / "speed.csv"
COLUMNS = (
    *("what", "cell", "V", "H", "T", "B", "workers", "blas", "rnnlib ms", "torch ms", "ratio"),
    *("rnnlib cpu ms", "torch cpu ms", "per second", "versions"),
)
CORES = torch.get_num_threads()
VERSIONS = (
    f"rnnlib {rl.__version__}, numpy {np.__version__}, torch {torch.__version__}, "
    f"python {platform.python_version()}, {CORES} threads"
)
CELLS = ("rnn", "gru", "lstm")
SIZES = ((27, 64, 16, 32), (64, 128, 50, 64), (50, 256, 100, 128), (64, 512, 50, 64))  # V, H, T, B
RTOL = 1e-4
"""Of the largest gradient of a parameter: float32, summed in another order over 12,800 symbols."""
BLOCK = 0.2
"""Seconds that a side runs in each round."""


def timed(sides, rounds):
    """Let functions take turns; return the median (wall, cpu) milliseconds a call of each.

    `sides` maps names to pairs of a function and the number of BLAS threads.  Threads that wait
    for work keep a processor busy for a while, so each side begins after a pause.
    """
    times = {name: [] for name in sides}
    for _ in range(rounds):
        for name, (run, threads) in sides.items():
            with threadpool_limits(threads, "blas"):
                time.sleep(0.05)
                run()
                start = time.perf_counter()
                run()
                calls = max(1, round(BLOCK / (time.perf_counter() - start)))
                wall, cpu = time.perf_counter(), time.process_time()
                for _ in range(calls):
                    run()
                spent = time.perf_counter() - wall, time.process_time() - cpu
                times[name].append([1000 * seconds / calls for seconds in spent])
    return {
        name: tuple(map(statistics.median, zip(*rows, strict=True))) for name, rows in times.items()
    }


def batch(V, T, B, rng):
    """Draw ids and targets."""
    return rng.integers(0, V, (2, T, B))


def torch_step(model, ids, targets):
    """Return a function that takes the same training step in PyTorch, and its gradients."""
    module, V = rl.to_torch(model, both_biases=True), model.config["vocab_size"]
    xs = torch.nn.functional.one_hot(torch.from_numpy(ids), V).float()
    ys = torch.from_numpy(targets).reshape(-1)

    def step():
        module.zero_grad()
        hs, _ = module.recurrent(xs)
        loss = torch.nn.functional.cross_entropy(module.output(hs).reshape(-1, V), ys)
        loss.backward()
        return loss.item()

    return step, lambda: rl.torch_grads(module)


def assert_equal_steps(ours, step, gradients):
    """Refuse to time two sides that do not compute the same."""
    loss, grads, _ = ours()
    np.testing.assert_allclose(step(), loss, rtol=1e-5)
    for name, g in gradients().items():
        np.testing.assert_allclose(
            grads[name], g, rtol=0, atol=RTOL * np.abs(g).max(), err_msg=name
        )


def threads_for(hidden_size):
    """Return (workers, BLAS threads), the best on a quiet machine with two cores."""
    if hidden_size < 128:
        return 1, 1
    return (1, None) if hidden_size < 256 else (CORES, 1)


def step_rows(rounds):
    """Yield the rows of training steps."""
    for V, H, T, B in SIZES:
        for cell in CELLS:
            rng = np.random.default_rng(0)
            model = rl.LanguageModel(V, H, cell, rng=rng)
            ids, targets = batch(V, T, B, rng)
            step, gradients = torch_step(model, ids, targets)
            for what, cores in (("step, one thread", 1), ("step", CORES)):
                workers, blas = (1, 1) if cores == 1 else threads_for(H)

                def ours(model=model, ids=ids, targets=targets, workers=workers):
                    return loss_and_grads(model, rl.Batch(ids, targets), workers=workers)

                torch.set_num_threads(cores)
                assert_equal_steps(ours, step, gradients)
                times = timed({"torch": (step, None), "rnnlib": (ours, blas)}, rounds)
                yield row(what, cell, (V, H, T, B), (workers, blas), times, T * B)


def single_characters(model, ids, targets):
    """Take the training step of a plain RNN one character at a time, in columns and dot products.

    The hundred-line style: one sequence after another, a one-hot column for each character.
    """
    p = model.params
    Wxh, Whh, Why = p["layer0.W_xh"].T, p["layer0.W_hh"].T, p["output.W_hy"].T
    bh, by = p["layer0.b_h"][:, None], p["output.b_y"][:, None]
    V, H = len(by), len(bh)
    total, grads = 0.0, [np.zeros_like(a) for a in (Wxh, Whh, Why, bh, by)]
    for b in range(ids.shape[1]):
        xs, hs, ps = {}, {-1: np.zeros((H, 1), np.float32)}, {}
        for t, (i, target) in enumerate(zip(ids[:, b], targets[:, b], strict=True)):
            xs[t] = np.zeros((V, 1), np.float32)
            xs[t][i] = 1
            hs[t] = np.tanh(np.dot(Wxh, xs[t]) + np.dot(Whh, hs[t - 1]) + bh)
            y = np.dot(Why, hs[t]) + by
            ps[t] = np.exp(y) / np.sum(np.exp(y))
            total -= np.log(ps[t][target, 0])
        dWxh, dWhh, dWhy, dbh, dby = grads
        dhnext = np.zeros((H, 1), np.float32)
        for t in reversed(range(len(ids))):
            dy = np.copy(ps[t])
            dy[targets[t, b]] -= 1
            dWhy += np.dot(dy, hs[t].T)
            dby += dy
            draw = (1 - hs[t] * hs[t]) * (np.dot(Why.T, dy) + dhnext)
            dbh += draw
            dWxh += np.dot(draw, xs[t].T)
            dWhh += np.dot(draw, hs[t - 1].T)
            dhnext = np.dot(Whh.T, draw)
    names = "layer0.W_xh", "layer0.W_hh", "output.W_hy", "layer0.b_h", "output.b_y"
    count = ids.size
    grads = {
        name: (g[:, 0] if g.shape[1] == 1 else g.T) / count
        for name, g in zip(names, grads, strict=True)
    }
    return total / count, grads


def character_rows(rounds):
    """Yield rnnlib and the loop over single characters, H = 128, in characters per second."""
    V, H, T, B = SIZES[1]
    rng = np.random.default_rng(0)
    model = rl.LanguageModel(V, H, rng=rng)
    ids, targets = batch(V, T, B, rng)
    loss, grads = single_characters(model, ids, targets)
    assert_equal_steps(lambda: model.loss_and_grads(ids, targets), lambda: loss, lambda: grads)
    sides = {
        "characters": (lambda: model.loss_and_grads(ids, targets), threads_for(H)[1]),
        "characters, loop": (lambda: single_characters(model, ids, targets), 1),
    }
    for what, times in timed(sides, rounds).items():
        yield row(what, "rnn", (V, H, T, B), (1, sides[what][1]), {"rnnlib": times}, T * B)


def multiply_adds(cell, V, H, T, B):
    """Count the multiplications of a step's products, forward and backward; lookups are none."""
    gates = {"rnn": 1, "gru": 3, "lstm": 4}[cell]
    return 3 * T * B * (H * gates * H + H * V)  # the output, and the gradients of both factors


def peak_rows(rounds):
    """Yield the speed of one large product and of steps with 512 units, in multiply-adds."""
    V, H, T, B = SIZES[-1]
    rng = np.random.default_rng(0)
    n = 2048
    a, b, out = (rng.standard_normal((n, n)).astype(np.float32) for _ in range(3))
    whole = rl.Batch(*batch(V, T, B, rng))
    models = {cell: rl.LanguageModel(V, H, cell, rng=rng) for cell in CELLS}
    workers, blas = threads_for(H)
    sides = {"product": (lambda: np.matmul(a, b, out=out), None)}
    for cell, model in models.items():
        sides[cell] = (
            lambda model=model: loss_and_grads(model, whole, workers=workers),
            blas,
        )
    times = timed(sides, rounds)
    yield row("peak, product", "", (n, n, n, 1), (1, None), {"rnnlib": times["product"]}, n**3)
    for cell in CELLS:
        work = multiply_adds(cell, V, H, T, B)
        yield row("peak", cell, (V, H, T, B), (workers, blas), {"rnnlib": times[cell]}, work)


def generate_rows(rounds):
    """Yield characters per second of writing a name, a long text, and many names at once."""
    vocab = rl.Vocabulary.from_text(rl.dinosaur_names())
    tasks = {"a name": (12, 1), "a text": (1000, 1), "1000 names": (12, 1000)}
    for cell in ("rnn", "lstm"):
        model = rl.LanguageModel(len(vocab), 128, cell, rng=np.random.default_rng(0))
        for what, (length, number) in tasks.items():
            rng = np.random.default_rng(0)
            write = functools.partial(
                rl.generate, model, vocab, length=length, num_samples=number, rng=rng
            )
            times = timed({"rnnlib": (write, 1)}, rounds)
            sizes = len(vocab), 128, length, number
            yield row(f"generate, {what}", cell, sizes, (1, 1), times, length * number)


KINDS = {
    "step": (step_rows, 2 * len(SIZES) * len(CELLS)),
    "characters": (character_rows, 2),
    "peak": (peak_rows, 1 + len(CELLS)),
    "generate": (generate_rows, 6),
}
"""Functions that yield rows, and how many."""


def row(what, cell, sizes, threads, times, work):
    """Put one measurement into the columns; `work` is what one call does."""
    wall, cpu = times["rnnlib"]
    other = times.get("torch")
    numbers = (
        f"{wall:.3f}",
        f"{other[0]:.3f}" if other else "",
        f"{other[0] / wall:.2f}" if other else "",
        f"{cpu:.3f}",
        f"{other[1]:.3f}" if other else "",
        f"{1000 * work / wall:.4g}",
    )
    values = (
        what,
        cell,
        *sizes,
        *(n or CORES for n in threads),
        *numbers,
        VERSIONS,
    )
    return dict(zip(COLUMNS, map(str, values), strict=True))


def read():
    """Return the rows that are there, as text."""
    if not LEDGER.exists():
        return []
    with LEDGER.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(rows):
    """Replace the table in one move, rows in the order of KINDS."""
    order = list(KINDS)
    rl.write_ledger(LEDGER, sorted(rows, key=lambda row: order.index(kind(row))))


def kind(row):
    """Return which of KINDS made a row."""
    return row["what"].split(",")[0]


def main():
    """Make the rows asked for; each kind is written as soon as it is there."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=KINDS, metavar="KIND", default=list(KINDS))
    parser.add_argument("--rounds", type=int, default=5, help="medians of so many (default 5)")
    arguments = parser.parse_args()
    for library in threadpool_info():
        print(library["internal_api"], library["num_threads"], "threads")
    keep_memory()  # as `fit` does; PyTorch's memory comes from the same allocator
    total = sum(KINDS[name][1] for name in arguments.only)
    with contextlib.closing(tqdm(total=total, unit="row")) as bar:
        for name in arguments.only:
            made = []
            for new in KINDS[name][0](arguments.rounds):
                made.append(new)
                bar.update()
                shown = f"{new['what']:18} {new['cell']:5} H={new['H']:5}"
                bar.write(f"{shown} {new['rnnlib ms']:>10} ms  torch {new['ratio'] or '—':>5}")
            write([row for row in read() if kind(row) != name] + made)
    pictures.draw("speed")


if __name__ == "__main__":
    main()
