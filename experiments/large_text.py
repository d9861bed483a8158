"""Make results/large_text.csv: training on a text that is larger than the memory allowed.

    python experiments/large_text.py                       # 2 GB within 300 MB: some minutes
    python experiments/large_text.py --gigabytes 0.1       # smaller; prints, and keeps the table

Linux only: each part is a process of its own under RLIMIT_DATA, a hard limit on the memory that a
process may write to (heap, arrays, stacks of threads), whether it does or not.  Pages of a mapped
file do not count: the system reads them when they are used, and takes them back when it needs
their place.

write
    A text is made of the tales, in another order and with other names each time.
encode
    Its vocabulary is collected, and its ids are written into a file.
train
    A plain network takes some hundred steps on the batches of the file.
whole
    For comparison, the text is loaded and encoded as a whole, under the same limit: it ends in a
    MemoryError.

Columns: `limit MB`, `anonymous MB` (RssAnon, the most that was in use), `mapped MB` (RssFile, the
most that was there of mapped files, libraries included), `cpu seconds`, `symbols` that
were read, and `loss`, the mean nats of the last 50 steps.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from itertools import islice
from pathlib import Path

import numpy as np

import rnnlib as rl

TABLE = Path(__file__).parent.parent / "results" / "large_text.csv"
GIGABYTES, LIMIT = 2.0, 300
STEPS, ROWS, WINDOW, UNITS = 500, 64, 64, 128
MB = 10**6


class Watch:
    """Look at the memory of this process fifty times a second, for the most it has in use."""

    def __enter__(self):
        self.most, self._done = {"RssAnon": 0, "RssFile": 0}, threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()
        return self

    def _look(self):
        while not self._done.wait(0.02):
            self.look()

    def look(self):
        """Look once."""
        for line in Path("/proc/self/status").read_text().splitlines():
            name, _, value = line.partition(":")
            if name in self.most:
                self.most[name] = max(self.most[name], 1024 * int(value.split()[0]))

    def __exit__(self, *error):
        self._done.set()
        self._thread.join()


def write(folder, size, steps):
    """Write a text of `size` bytes: the tales in another order, with other names, again and again.

    Returns the number of symbols and no loss.
    """
    rng, names = np.random.default_rng(0), [name.title() for name in rl.dinosaur_names()]
    tales = [tale.replace("\n", "\n{0}, ", 1) for tale in rl.tales().split("\n\n\n")]
    tales = [tale for tale in tales if tale.count("{") == 1]
    left = size
    with rl.files.writing(folder / "text.txt", "w") as file:
        while left > 0:
            chosen = rng.choice(names, len(tales))
            parts = [tales[i].format(chosen[i]) for i in rng.permutation(len(tales))]
            text = ("\n\n\n".join(parts) + "\n\n\n").encode()[:left].decode(errors="ignore")
            left -= file.write(text)
    return size, None


def encode(folder, size, steps):
    """Collect the vocabulary and write the file of ids; return (symbols, None)."""
    vocab = rl.file_vocabulary(folder / "text.txt")
    (folder / "symbols.json").write_text(json.dumps(vocab.symbols))
    return len(rl.encode_file(vocab, folder / "text.txt", folder / "ids.npy")), None


def train(folder, size, steps):
    """Take steps that read windows from all over the file; return (symbols, loss)."""
    vocab = rl.Vocabulary(json.loads((folder / "symbols.json").read_text()))
    ids = rl.open_ids(folder / "ids.npy")
    model = rl.LanguageModel(len(vocab), UNITS, rng=np.random.default_rng(0))
    batches = rl.stream_batches(ids, ROWS, WINDOW)
    run = rl.train_steps(model, batches, rl.Adam(3e-3), epochs=1, clip_norm=1.0)
    losses = [step.loss for step in islice(run, steps)]
    return len(losses) * ROWS * WINDOW, float(np.mean(losses[-50:]))


def whole(folder, size, steps):
    """Load and encode the text as a whole; return (symbols, None)."""
    text = rl.load_text(folder / "text.txt")
    return len(rl.Vocabulary.from_text(text).encode(text)), None


PARTS = {part.__name__: part for part in (write, encode, train, whole)}


def measure(name, folder, size, limit, steps):
    """Run a part under the limit, in this process; return a row of the table."""
    import resource  # here: Linux alone has what is needed of it

    resource.setrlimit(resource.RLIMIT_DATA, (limit * MB, limit * MB))
    start, outcome, symbols, loss = time.process_time(), "done", "", None
    with Watch() as watch:
        try:
            symbols, loss = PARTS[name](folder, size, steps)
        except MemoryError:
            outcome = "MemoryError"
        watch.look()
    return {
        "what": name,
        "gigabytes": f"{size / 1e9:g}",
        "limit MB": limit,
        "outcome": outcome,
        "anonymous MB": f"{watch.most['RssAnon'] / MB:.0f}",
        "mapped MB": f"{watch.most['RssFile'] / MB:.0f}",
        "cpu seconds": f"{time.process_time() - start:.1f}",
        "symbols": symbols,
        "loss": "" if loss is None else f"{loss:.3f}",
        "versions": f"rnnlib {rl.__version__}, numpy {np.__version__}, "
        f"python {platform.python_version()}",
    }


def run(name, folder, size, limit, steps):
    """Run a part in a process of its own; return its row."""
    command = [sys.executable, __file__, "--part", name, "--folder", folder]
    command += ["--gigabytes", size / 1e9, "--limit", limit, "--steps", steps]
    threads = {"OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    done = subprocess.run(
        [*map(str, command)], env=os.environ | threads, stdout=subprocess.PIPE, encoding="utf-8"
    )
    if done.returncode:
        raise SystemExit(f"The part {name!r} ended with code {done.returncode}.")
    return json.loads(done.stdout)


def make_rows(size, limit, folder, steps=STEPS):
    """Yield the rows, one for each part."""
    need = 2.1 * size  # the text, and its ids of one byte
    free = shutil.disk_usage(folder).free
    if free < need:
        raise SystemExit(f"{folder} has {free / 1e9:.1f} GB free; {need / 1e9:.1f} are needed.")
    with tempfile.TemporaryDirectory(dir=folder) as inside:
        for name in PARTS:
            yield run(name, Path(inside), size, limit, steps)


def main():
    """Make all rows; those of another size or limit are printed only."""
    if not sys.platform.startswith("linux"):
        raise SystemExit("This experiment needs Linux: /proc, and limits on memory.")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gigabytes", type=float, default=GIGABYTES)
    parser.add_argument("--limit", type=int, default=LIMIT, help="MB that may be written to")
    parser.add_argument("--steps", type=int, default=STEPS, help="of training")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    size = round(arguments.gigabytes * 1e9)
    if arguments.part:
        row = measure(arguments.part, arguments.folder, size, arguments.limit, arguments.steps)
        print(json.dumps(row))
        return
    rows = []
    for row in make_rows(size, arguments.limit, arguments.folder, arguments.steps):
        print(*(f"{name} {value}," for name, value in row.items() if value != ""))
        rows.append(row)
    if (size, arguments.limit, arguments.steps) == (round(GIGABYTES * 1e9), LIMIT, STEPS):
        rl.write_ledger(TABLE, rows)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        raise SystemExit("Stopped; the table is as it was.") from None
