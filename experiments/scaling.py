"""Make results/distributed.csv: what more workers gain, measured for two and planned for 1,000.

    python experiments/scaling.py                   # a minute or two on an idle machine

Needs PyTorch.  Two processes take turns (`distributed.py --measure`): one of them alone, both on
halves of the same batch, both without adding up their gradients, and the adding up alone.  All
times are medians of turns; the gain is the median of the ratios within a round, so that what
slows the machine down for a while slows both sides.

measured
    Steps of an LSTM on 256 names, one thread in each process, by the clock.  `fixed ms` and `ms
    per name` are processor time, which a busy machine does not change much.
planned
    The time of a step of W workers by `step_time`, which says what it assumes; every assumption is
    a column.  `strong`: the batch stays at 1,024 names, and is shared by more and more workers.
    `weak`: each worker reads 32 names, so the batch grows.

`gain` is the number of names read in a second, compared with one worker.  `sooner` is how much
sooner the same score is reached: beyond the critical batch size more names teach little more.  It
takes `steps_needed`, a law with two constants that are fitted to results/batch_size.csv.
"""

import argparse
import json
import platform
import statistics
import tempfile
from pathlib import Path

import numpy as np

import rnnlib as rl

RESULTS = Path(__file__).parent.parent / "results"
TABLE = RESULTS / "distributed.csv"
WIDTHS, BATCH, ROUNDS = (256, 512), 256, 15
WORKERS = (1, 2, 8, 64, 1000)
STRONG, WEAK = 1024, 32
"""Names: of all workers together, and of each."""
LINKS = {"Ethernet, 10 Gbit/s": (1.25e9, 50e-6), "InfiniBand, 400 Gbit/s": (50e9, 5e-6)}
"""Bytes a second each way between two machines, and seconds until a message arrives."""
COLUMNS = (
    *("what", "scaling", "link", "cell", "H", "workers", "names", "T", "parameters", "bytes"),
    *("fixed ms", "ms per name", "bandwidth", "latency us", "compute ms", "reduce ms", "step ms"),
    *("steps per second", "gain", "efficiency", "steps needed", "sooner", "versions"),
)


def step_time(names, workers, fixed, per_name, size, bandwidth, latency):
    """Compute the seconds of a training step that shares its batch among workers.

    The workers wait for the one that has most names; then they add up their gradients in a ring,
    in which each sends and receives 2 (W - 1) parts of 1/W of the bytes, one after the other.

    Assumed: all workers are equally fast; the time of a share is a fixed part, for the time steps
    that follow one another, and a part in proportion to its names; and nothing is sent before the
    backward pass has ended, as in a recurrent network, whose weights are used until its last time
    step back.

    Parameters
    ----------
    names : int
        Of the whole batch.
    workers : int
    fixed, per_name : float
        Seconds.
    size : float
        Bytes of all gradients.
    bandwidth : float
        Bytes per second.
    latency : float
        Seconds.

    Returns
    -------
    compute, reduce : float
        The step takes their sum.
    """
    compute = fixed + per_name * -(-names // workers)
    reduce = 2 * (workers - 1) * (size / workers / bandwidth + latency)
    return compute, reduce


def steps_needed(names, least, critical):
    """Return the steps to a score with batches of this size: S = S_min (1 + B_crit / B)."""
    return least * (1 + critical / names)


def critical_batch(rows):
    """Fit `steps_needed` to the rows of batch_size.csv: return (S_min, B_crit).

    Of each batch size, the steps are those of its best rate, as the median of the splits; the sum
    of the squared differences of logarithms is least.
    """
    best = {}
    for size in {row["batch"] for row in rows}:
        own = [row for row in rows if row["batch"] == size]
        rates = {row["lr"]: [r["steps"] for r in own if r["lr"] == row["lr"]] for row in own}
        best[size] = min(statistics.median(s) for s in rates.values() if "" not in s)
    sizes, steps = np.array(sorted(best.items()), float).T
    trials = np.geomspace(1, 1000, 3001)
    logs = np.log(steps) - np.log1p(trials[:, None] / sizes)  # of S_min, as each size sees it
    at = logs.var(axis=1).argmin()
    return float(np.exp(logs[at].mean())), float(trials[at])


def measured(found):
    """Return two rows, of one worker and of two, from what `distributed.py --measure` wrote."""
    median = {name: statistics.median(s) for name, s in found.items() if isinstance(s, list)}
    ratios = [a / b for a, b in zip(found["one"], found["all"], strict=True)]
    whole, least = median["cpu one"], median["cpu one, one name"]
    per_name = (whole - least) / (found["names"] - 1)
    fixed = max(least - per_name, 0.0)
    size, latency = 4 * found["numbers"], median["reduce number"] / 2
    bandwidth = size / max(median["reduce gradient"] - median["reduce number"], 1e-9)
    for workers in (1, 2):
        compute, reduce, step = median["one"], 0.0, median["one"]
        if workers == 2:
            step, compute = median["all"], median["all, apart"]
            reduce = max(step - compute, 0.0)
        yield {
            "what": "measured",
            "link": "one machine, gloo",
            "H": found["H"],
            "workers": workers,
            "names": found["names"],
            "T": found["T"],
            "parameters": found["numbers"],
            "bytes": size,
            "fixed ms": 1e3 * fixed,
            "ms per name": 1e3 * per_name,
            "bandwidth": bandwidth,
            "latency us": 1e6 * latency,
            "compute ms": 1e3 * compute,
            "reduce ms": 1e3 * reduce,
            "step ms": 1e3 * step,
            "steps per second": 1 / step,
            "gain": statistics.median(ratios) if workers == 2 else 1.0,
            "efficiency": statistics.median(ratios) / 2 if workers == 2 else 1.0,
        }


def planned(row, least, critical):
    """Return the planned rows of the network that was measured in a row."""
    fixed, per_name, size = row["fixed ms"] / 1e3, row["ms per name"] / 1e3, row["bytes"]
    for link, (bandwidth, latency) in LINKS.items():
        for scaling in ("strong", "weak"):
            for workers in WORKERS:
                names = STRONG if scaling == "strong" else WEAK * workers
                whole = step_time(names, workers, fixed, per_name, size, bandwidth, latency)
                one = STRONG if scaling == "strong" else WEAK
                alone = sum(step_time(one, 1, fixed, per_name, size, bandwidth, latency))
                gain = names / sum(whole) / (one / alone)
                steps = steps_needed(names, least, critical)
                sooner = steps_needed(one, least, critical) * alone / (steps * sum(whole))
                yield row | {
                    "what": "planned",
                    "scaling": scaling,
                    "link": link,
                    "workers": workers,
                    "names": names,
                    "bandwidth": bandwidth,
                    "latency us": 1e6 * latency,
                    "compute ms": 1e3 * whole[0],
                    "reduce ms": 1e3 * whole[1],
                    "step ms": 1e3 * sum(whole),
                    "steps per second": 1 / sum(whole),
                    "gain": gain,
                    "efficiency": gain / workers,
                    "steps needed": steps,
                    "sooner": sooner,
                }


def measure(width, rounds):
    """Return what two processes measure, as a dict."""
    import distributed  # here: it needs PyTorch, and the arithmetic does not

    if distributed.torch is None:
        raise SystemExit("The measurement needs PyTorch: pip install -e '.[torch]'")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "found.json"
        options = ("--measure", path, "--hidden", width, "--batch", BATCH, "--rounds", rounds)
        processors = {"CUDA_VISIBLE_DEVICES": ""}
        with distributed.launch(2, *options, restarts=0, env=processors) as process:
            if process.wait():
                raise SystemExit("The workers failed; what they said is above.")
        return json.loads(path.read_text()) | {"H": width}


def main():
    """Measure, plan, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    rounds = parser.parse_args().rounds
    least, critical = critical_batch(rl.read_ledger(RESULTS / "batch_size.csv"))
    print(f"At least {least:.0f} steps; the critical batch is {critical:.0f} names.")
    rows = []
    for width in WIDTHS:
        both = list(measured(measure(width, rounds)))
        rows += [*both, *planned(both[0], least, critical)]
        for row in both:
            print(f"H {width}, workers {row['workers']}: {row['steps per second']:.2f} steps/s")
    versions = _versions()
    for row in rows:
        row |= {"cell": "lstm", "versions": versions}
    rl.write_ledger(TABLE, [{name: _text(row.get(name, "")) for name in COLUMNS} for row in rows])


def _versions():
    import torch

    return f"rnnlib {rl.__version__}, torch {torch.__version__}, python {platform.python_version()}"


def _text(value):
    return f"{value:.4g}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    main()
