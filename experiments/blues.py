"""Make results/blues.csv: does a model that heard the blues in three keys know it in nine others?

    python experiments/blues.py             # all rows, ten minutes on two cores
    python experiments/blues.py --missing   # only rows that the table does not have

Pieces are written by the rules of `rl.music`; a model reads them as chord names, or as intervals
from the first chord, whose root is the tonic.  It is given four bars of pieces that it never heard
in any key, and writes the rest; `rl.music.judge` decides.
"""

import argparse
import time
from functools import cache
from pathlib import Path

import numpy as np
import tables

import rnnlib as rl
from rnnlib.functional import softmax

TABLE = Path(__file__).parent.parent / "results" / "blues.csv"
FORMS = ["blues", "minor blues"]
TRAINED = (0, 5, 10)  # C, F and Bb, in semitones above C
SEEDS = (0, 1, 2)
CHORDS = [key + quality for key in rl.music.KEYS for quality in rl.music.QUALITIES]
VOCAB = rl.Vocabulary(["\n", *CHORDS])
GIVEN = 4  # bars
ASKED = 100  # pieces in keys that were trained, and as many in the others
TEMPERATURE = 0.5
STEPS = 900

JOBS = [
    ("lstm", "names", "300"),
    ("lstm", "intervals", "300"),
    ("lstm", "intervals", "75"),
    ("lstm", "names", "300 in twelve keys"),
    ("lstm", "names", "300 x 12 keys"),
    ("counter", "names", "300"),
    ("counter", "names", "300 x 12 keys"),
    ("counter", "intervals", "300"),
    ("counter", "intervals", "75"),
    ("rnn", "names", "300"),
    ("gru", "names", "300"),
    ("lstm", "names", "300 x 12 keys, 6 x steps"),
]


def root(chord):
    """Return the semitones of a chord's root above C."""
    return next(i for i in range(12) if chord in CHORDS[6 * i : 6 * i + 6])


def transpose(piece, up):
    """Move every chord up by semitones."""
    return tuple(CHORDS[(CHORDS.index(chord) + 6 * up) % 72] for chord in piece)


def tonic(piece):
    """Return the key: each of the two forms begins on its tonic."""
    return root(piece[0])


def as_intervals(piece):
    """Return a piece as it is in C: "F7" means a seventh chord five semitones up from the tonic."""
    return transpose(piece, -tonic(piece))


def corpora(seed):
    """Write pieces; return those to train on, to choose with, and to ask for in old and new keys.

    No piece of one list is one of another list in a different key.
    """
    rng = np.random.default_rng(seed)
    lists = {"train": [], "valid": [], "old": [], "new": []}
    wanted = {"train": 300, "valid": 60, "old": ASKED, "new": ASKED}
    owner = {}  # of what a piece is as intervals
    for piece in rl.music.blues(4000, rng, FORMS):
        old = tonic(piece) in TRAINED
        free = [n for n in (("train", "valid", "old") if old else ("new",))
                if len(lists[n]) < wanted[n]]  # fmt: skip
        shape = as_intervals(piece)
        for name in free:
            if owner.setdefault(shape, name) == name:
                lists[name].append(piece)
                break
    assert {name: len(pieces) for name, pieces in lists.items()} == wanted
    return lists, rng


def told(pieces, encoding):
    """Return pieces as lists of symbols."""
    return [list(as_intervals(p) if encoding == "intervals" else p) for p in pieces]


def training_pieces(pieces, data, rng):
    """Return the training pieces of a job."""
    if data == "75":
        return pieces[:75]
    if data == "300 in twelve keys":
        return [transpose(p, int(rng.integers(12))) for p in pieces]
    if data.startswith("300 x 12 keys"):
        return [transpose(p, up) for p in pieces for up in range(12)]
    return pieces


class Network:
    """A language model of chords, trained for a number of steps."""

    def __init__(self, cell, pieces, rng, steps=STEPS):
        self.model = rl.LanguageModel(
            len(VOCAB), 64, cell=cell, embedding_dim=48, dropout=0.2, rng=rng
        )
        batches = rl.padded_batches(VOCAB, pieces, 32, rng)
        epochs = round(steps / len(batches))
        options = dict(clip_norm=1.0, schedule=rl.cosine_decay, workers=1, progress=False)
        rl.fit(self.model, batches, rl.Adam(5e-3), epochs=epochs, **options)

    def distributions(self, pieces):
        """Return p (T, B, V): what follows the start mark and each chord of pieces as long."""
        ids = np.stack([VOCAB.encode(["\n", *piece]) for piece in pieces], axis=1)
        logits, _, _ = self.model.forward(ids)
        return softmax(logits.astype(np.float64))

    def following(self, pieces):
        """Return p (B, V): what follows the last chord of pieces as long."""
        return self.distributions(pieces)[-1]


class Counted:
    """Kneser-Ney, its order and discount chosen on validation pieces."""

    def __init__(self, pieces, valid):
        fits = [
            rl.KneserNey(order, discount, VOCAB).fit(pieces)
            for order in (3, 4, 5, 6, 13)
            for discount in (0.5, 0.8)
        ]
        self.model = min(fits, key=lambda fit: surprise(symbol_probabilities(fit, valid)))

    def distributions(self, pieces):
        """As `Network.distributions`."""
        return np.stack(
            [[self.model.probabilities(p[:t]) for t in range(len(p) + 1)] for p in pieces], axis=1
        )

    def following(self, pieces):
        """As `Network.following`."""
        return np.array([self.model.probabilities(piece) for piece in pieces])


def symbol_probabilities(counter, pieces):
    """Return the probabilities (N, 13) of the chords and end marks of pieces."""
    return np.array(counter.symbol_probabilities(pieces))


def surprise(p):
    """Return the nats per symbol after the bars that are given, end mark included."""
    return -np.log(p[:, GIVEN:]).mean()


def true_probabilities(model, pieces):
    """Return the probabilities (N, 13) that a model gives to what comes."""
    p = model.distributions(pieces)
    ids = np.stack([VOCAB.encode([*piece, "\n"]) for piece in pieces], axis=1)
    return np.take_along_axis(p, ids[..., None], axis=-1)[..., 0].T


def write_on(model, heads, temperature, rng, longest=12):
    """Continue beginnings of equal length by at most `longest` chords, each until its end mark."""
    pieces, columns = [list(head) for head in heads], []
    for _ in range(longest):
        p = model.following(pieces) ** (1 / temperature)
        sums = p.cumsum(axis=1) / p.sum(axis=1, keepdims=True)
        columns.append((sums <= rng.random((len(p), 1))).sum(axis=1))
        for piece, i in zip(pieces, columns[-1], strict=True):
            piece.append(VOCAB.symbols[max(i, 1)])  # what is written after the end is cut off
    ends = (np.array([*columns, 0 * columns[0]]) == 0).argmax(axis=0)
    return [tuple(p[: GIVEN + end]) for p, end in zip(pieces, ends, strict=True)]


def legal(piece, key):
    """Return whether a piece is a blues in the key that was asked for."""
    verdict = rl.music.judge(piece)
    return verdict.obeys and verdict.form in FORMS and verdict.key == rl.music.KEYS[key]


def compose(model, encoding, asked, temperature, rng):
    """Let a model continue the first bars of pieces, in their keys."""
    heads = [symbols[:GIVEN] for symbols in told(asked, encoding)]
    written = write_on(model, heads, temperature, rng)
    if encoding == "intervals":
        written = [transpose(w, tonic(piece)) for w, piece in zip(written, asked, strict=True)]
    return written


def examine(model, counter, encoding, asked, learnt, rng):
    """Return nats per symbol, and the shares of legal continuations and of copies."""
    symbols = told(asked, encoding)
    p, q = (true_probabilities(m, symbols) for m in (model, counter))
    found = dict(nats=surprise(p), mixed=surprise((p + q) / 2), floor=floor(asked))
    for name, temperature in (("", TEMPERATURE), ("_at_1", 1.0)):
        written = compose(model, encoding, asked, temperature, rng)
        good = [legal(w, tonic(piece)) for w, piece in zip(written, asked, strict=True)]
        found["legal" + name] = np.mean(good)
        found["copied" + name] = np.mean([as_intervals(w) in learnt for w in written])
    return found


def floor(pieces):
    """Return the nats per symbol of the rules themselves, after the bars given."""
    odds = rl.music.odds
    chance = {p: c / 2 for form in FORMS for p, c in odds(form).items()}
    nats = []
    for piece in map(as_intervals, pieces):
        begun = sum(c for p, c in chance.items() if p[:GIVEN] == piece[:GIVEN])
        nats.append(-np.log(chance[piece] / begun))
    return np.mean(nats) / (13 - GIVEN)


@cache
def counted(encoding, data, seed):
    """Return the pieces of a job, as its model is told them, and the counter of them."""
    lists, rng = corpora(seed)
    pieces = told(training_pieces(lists["train"], data, rng), encoding)
    return pieces, Counted(pieces, told(lists["valid"], encoding))


def row(model, encoding, data, seed):
    """Train one model, and examine it in old keys and in new ones."""
    pieces, counter = counted(encoding, data, seed)
    rng, steps = np.random.default_rng(seed + 100), STEPS * (6 if "steps" in data else 1)
    fitted = counter if model == "counter" else Network(model, pieces, rng, steps)
    learnt, (lists, _) = {as_intervals(piece) for piece in pieces}, corpora(seed)
    numbers = dict(order=counter.model.order if model == "counter" else "")
    for name in ("old", "new"):
        found = examine(fitted, counter, encoding, lists[name], learnt, rng)
        numbers |= {f"{key}_{name}": f"{value:.3f}" for key, value in found.items()}
    return dict(model=model, encoding=encoding, data=data, seed=seed, **numbers)


def timed_row(*job):
    """Make a row, and say how many CPU seconds it took."""
    start = time.process_time()
    return row(*job) | dict(seconds=f"{time.process_time() - start:.1f}")


def main():
    """Make the rows; the table is written after each, so that nothing is lost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--missing", action="store_true", help="keep the rows that are there")
    keep = parser.parse_args().missing
    rows = tables.read(TABLE, ("model", "encoding", "data", "seed")) if keep else {}
    order = [(*job, seed) for job in JOBS for seed in SEEDS]
    jobs = [job for job in order if tables.as_key(job) not in rows]
    tables.fill(TABLE, rows, jobs, timed_row, order)


if __name__ == "__main__":
    main()
