"""Make results/one_number.csv: what an LSTM keeps in how many numbers, and which gate it misses.

    python experiments/one_number.py              # all rows, about five minutes on an idle core
    python experiments/one_number.py --missing    # the rows that are not there yet

brackets: lines such as `ab(cadee)b`, the closing bracket of the same kind as the opening one, with
1 to `longest` letters between them.  `right_n` is the share of lines with n letters between the
brackets for which the right closing bracket is preferred.  `first` and `second` are the shares of
lines that end with the other kind if the sign of one unit's memory is flipped after five of eight
letters, for the two units that turn most; `needed` is how many units must be flipped to turn 95 %.
names: `nats` is the score on the test names of split 0 after ten epochs.
`lr` is the largest learning rate, `open_gate` the gate that is held at 1, in training and after it.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import tables

import rnnlib as rl

TABLE = Path(__file__).parent.parent / "results" / "one_number.csv"
VOCAB = rl.Vocabulary.from_text(["abcde()[]"])
ROUND, SQUARE = VOCAB.encode(")]")
RUNS = (10, 20, 40)


class OpenGate(rl.LSTMCell):
    """An LSTM's arithmetic with one gate held at 1: i, f or o."""

    def __init__(self, gate):
        super().__init__()
        self.at = "ifgo".index(gate)

    def forward(self, a_x, a_h, state):
        """Advance one time step; the gate's slope is 0, so no gradient reaches its weights."""
        a_x, a_h = a_x.copy(), a_h.copy()
        a_x[self.at], a_h[self.at] = 40.0, 0.0
        return super().forward(a_x, a_h, state)


def bracket_lines(count, rng, shortest, longest):
    """Draw lines: 1 to 3 letters, an opening bracket, some letters, the closing one, 1 to 3."""
    lines = []
    for _ in range(count):
        lengths = rng.integers((1, shortest, 1), (4, longest + 1, 4))
        before, inside, after = ("".join(rng.choice(list("abcde"), n)) for n in lengths)
        left, right = ("()", "[]")[rng.integers(2)]
        lines.append(before + left + inside + right + after)
    return lines


def network(seed, vocab, *, cell, units, forget_bias="", open_gate="", **settings):
    """Build a network, and change what the row says about its cell."""
    rng = np.random.default_rng(seed)
    model = rl.LanguageModel(
        len(vocab), units, cell=cell.lower(), rng=rng, dtype=np.float64, **settings
    )
    if forget_bias != "":
        model.params["layer0.b_h"][units : 2 * units] = forget_bias
    if open_gate:
        model.recurrent.layers[0].cell = OpenGate(open_gate)
    return model, rng


def fit(model, batches, lr, epochs, **settings):
    """Train with Adam and a rate that falls along a cosine."""
    settings |= dict(schedule=rl.cosine_decay, workers=1, progress=False)
    rl.fit(model, batches, rl.Adam(lr), epochs=epochs, clip_norm=1.0, **settings)


def before_closing(run, count=200):
    """Return (ids up to the closing bracket (T, B), whether it is a round one (B,))."""
    lines = bracket_lines(20 * count, np.random.default_rng(99), run, run)
    lines = [line for line in lines if line[2] in "(["][:count]  # two letters before all brackets
    ids = np.array([VOCAB.encode("\n" + line[: run + 3]) for line in lines]).T
    return ids, np.array([line[run + 3] == ")" for line in lines])


def prefers_round(model, ids, state=None):
    """Tell for each row whether a round bracket is more probable than a square one, next."""
    logits, state, _ = model.forward(ids, state)
    return logits[-1, :, ROUND] > logits[-1, :, SQUARE]


def edits(model, at=5, run=8):
    """Return (first, second, needed)."""
    ids, _ = before_closing(run)
    cut, H = ids.shape[0] - run + at, model.config["hidden_size"]
    _, ((h, c),), _ = model.forward(ids[:cut])
    rest = ids[cut:]

    def with_signs(signs):
        logits, _, _ = model.forward(rest, ((h, c * signs),))
        return logits[-1, :, ROUND] - logits[-1, :, SQUARE]

    margin = with_signs(np.ones(H))
    margins = np.array([with_signs(1 - 2 * np.eye(H)[u]) for u in range(H)])  # (H, B)
    turned = np.sort(((margins > 0) != (margin > 0)).mean(axis=1))[::-1]
    most = np.argsort(-abs(margins - margin).mean(axis=1))  # moves the margin most, first
    for needed in range(1, H + 1):
        signs = np.ones(H)
        signs[most[:needed]] = -1
        if ((with_signs(signs) > 0) != (margin > 0)).mean() >= 0.95:
            return turned[0], turned[1], needed
    return turned[0], turned[1], ""


def brackets(seed, *, longest, lr, **settings):
    """Train on 3,000 lines, nine epochs; ask for longer ones, and edit the memory."""
    model, rng = network(seed, VOCAB, **settings)
    lines = bracket_lines(3000, rng, 1, longest)
    fit(model, rl.padded_batches(VOCAB, lines, 32, rng), lr, 9)
    found = {}
    for run in RUNS:
        ids, is_round = before_closing(run)
        found[f"right_{run}"] = (prefers_round(model, ids) == is_round).mean()
    if settings["cell"] == "LSTM" and found["right_10"] > 0.95:
        found |= zip(("first", "second", "needed"), edits(model), strict=True)
    return found


def names(seed, *, longest, lr, **settings):
    """Train on names for ten epochs; score the test names of split 0."""
    vocab = rl.Vocabulary.from_text(rl.dinosaur_names())
    train, _, test = rl.split(rl.dinosaur_names(), seed=0)
    model, rng = network(seed, vocab, embedding_dim=32, **settings)
    fit(model, rl.padded_batches(vocab, train, 32, rng), lr, 10)
    return {"nats": rl.evaluate(model, rl.padded_batches(vocab, test, 256))}


TASKS = {"brackets": brackets, "names": names}


def jobs():
    """List the settings of all rows."""

    def job(
        task, cell="LSTM", units=32, forget_bias=1, lr=0.006, longest=10, open_gate="", seeds=3
    ):
        settings = dict(task=task, cell=cell, units=units, forget_bias=forget_bias, lr=lr)
        settings |= dict(longest=longest, open_gate=open_gate)
        return [settings | dict(seed=seed) for seed in range(seeds)]

    names = dict(task="names", units=64, lr=0.005, longest="")
    return [
        *job("brackets", seeds=6),
        *job("brackets", "RNN", 69, "", seeds=6),
        *(row for lr in (0.003, 0.006, 0.012) for row in job("brackets", "RNN", 69, "", lr, 20)),
        *job("brackets", lr=0.003, seeds=6),
        *job("brackets", "RNN", 69, "", 0.003, seeds=6),
        *job("brackets", units=16),
        *job("brackets", units=64),
        *(row for bias in (0, 3) for row in job("brackets", forget_bias=bias)),
        *job("brackets", longest=20, seeds=6),
        *(row for bias in (0, 3) for row in job("brackets", forget_bias=bias, longest=20)),
        *(row for bias in (1, 0, 3) for row in job(**names, forget_bias=bias)),
        *(row for gate in "ifo" for row in job(**names, open_gate=gate)),
    ]


SETTINGS = "task", "cell", "units", "forget_bias", "lr", "longest", "open_gate", "seed"
MEASURED = (*(f"right_{run}" for run in RUNS), "first", "second", "needed", "nats")


def measure(task, seed, **settings):
    """Train and ask; return the measured columns."""
    found = TASKS[task](seed, **settings)
    return {key: found.get(key, "") for key in MEASURED}


def make_row(*job):
    """Measure, and say how many CPU seconds it took."""
    settings = dict(zip(SETTINGS, job, strict=True))
    start = time.process_time()
    found = measure(**settings)
    numbers = {k: v if isinstance(v, str | int) else f"{v:.3f}" for k, v in found.items()}
    return settings | numbers | dict(seconds=f"{time.process_time() - start:.1f}")


def main():
    """Make all rows; the table is written after each, so that nothing is lost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--missing", action="store_true", help="only rows that are not there yet")
    rows = tables.read(TABLE, SETTINGS) if parser.parse_args().missing else {}
    order = [tuple(job[name] for name in SETTINGS) for job in jobs()]
    missing = [job for job in order if tables.as_key(job) not in rows]
    tables.fill(TABLE, rows, missing, make_row, order)


if __name__ == "__main__":
    main()
