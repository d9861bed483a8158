"""Make results/keyhole.csv: random strings written backwards, through a state and with attention.

    python experiments/keyhole.py                # twelve networks, some minutes on one core
    python experiments/keyhole.py --only attention

Ten letters, strings of 1 to 12 of them; every length is asked for in 500 new strings, which count
as right if every letter is.  The other columns are about networks with attention.  `on`, `before`
and `after` are the shares of letters at which the largest weight is on the letter that is written
next, on its left neighbour in the source, or on its right one.  `forward` and `backward` are the
shares of letters that become those of another string if the half of each answer that comes from
the encoder's forward or backward direction is that string's.  `misled` is `on` if the decoder is
told random letters in place of those it should have written, and `sought` the share of its looks
that are then on the left neighbour of a letter like the one it was told last: 0.1 by chance.
"""

import argparse
import string
import time
from pathlib import Path

import numpy as np
import tables

import rnnlib as rl
from rnnlib.generation.translation import translate_ids
from rnnlib.text.pair_batches import PairInputs

TABLE = Path(__file__).parent.parent / "results" / "keyhole.csv"
KEY = "model", "units", "steps", "seed", "length"
SOURCE = rl.Vocabulary(string.ascii_lowercase[:10])
TARGET = rl.Vocabulary(["\n", *SOURCE.symbols])
LONGEST = 12
LENGTHS = (*range(1, LONGEST + 1), 16)
"""Asked for; the last is longer than any in training."""
SEEDS = (0, 1, 2)
STEPS = 3000
NETWORKS = (
    ("bottleneck", 16, STEPS),
    ("bottleneck", 32, STEPS),
    ("bottleneck", 64, STEPS),
    ("attention", 16, STEPS),
)
"""Whether the decoder looks back at the source, its units, and the training steps."""


def draw(rows, length, rng):
    """Draw strings of one length; return the sources and the targets, which are reversed."""
    ids = rng.integers(0, len(SOURCE), size=(length, rows))
    return ids, ids[::-1] + 1


def batches(steps, rng, longest=LONGEST, rows=64):
    """Make batches of strings to reverse, all strings of a batch of one length."""

    def walk():
        for _ in range(steps):
            length = int(rng.integers(1, longest + 1))
            source, target = draw(rows, length, rng)
            end = np.zeros((1, rows), int)
            written = np.concatenate([end, target, end])
            inputs = PairInputs(source, np.full(rows, length), written[:-1])
            yield rl.Batch(inputs, written[1:], None)

    return rl.Batches(walk, steps, rng=rng)


def train(attention, units, seed, steps, longest=LONGEST):
    """Return a trained network."""
    rng = np.random.default_rng(seed)
    model = rl.Seq2Seq(
        len(SOURCE), len(TARGET), units, embedding_dim=16, attention=attention, rng=rng
    )
    rl.fit(
        model,
        batches(steps, rng, longest),
        rl.Adam(5e-3),
        epochs=1,
        clip_norm=1.0,
        schedule=rl.cosine_decay,
        workers=1,
        progress=False,
    )
    return model


def exact(model, length, rng, rows=500):
    """Return the share of strings of a length that are written backwards without a mistake."""
    source, target = draw(rows, length, rng)
    written = translate_ids(model, list(source.T), end=0, max_length=length + 5)
    return np.mean([np.array_equal(w, t) for w, t in zip(written, target.T, strict=True)])


def where(model, length, rng, rows=500):
    """Return how often the largest weight is on the right letter, and on its two neighbours."""
    source, target = draw(rows, length, rng)
    written = np.concatenate([np.zeros((1, rows), int), target[:-1]])
    _, _, cache = model.forward(PairInputs(source, np.full(rows, length), written))
    looked = cache.decoder.attention.weights.argmax(axis=2)  # (rows, length)
    off = looked - np.arange(length)[::-1]
    return [np.mean(off == place) for place in (0, -1, 1)]


def transplant(model, length, half, rng, rows=500):
    """Return how often a letter becomes the donor's if half of each answer is a donor's.

    The weights stay; the forward or the backward half of what they average is taken from another
    string of the same length.
    """
    source, target = draw(rows, length, rng)
    written = np.concatenate([np.zeros((1, rows), int), target[:-1]])
    _, _, cache = model.forward(PairInputs(source, np.full(rows, length), written))
    _, keys, _, weights = cache.decoder.attention
    H = model.config["hidden_size"]
    part = slice(0, H // 2) if half == "forward" else slice(H // 2, H)
    mixed = keys.copy()
    mixed[:, :, part] = np.roll(keys, 1, axis=0)[:, :, part]
    both = cache.decoder.both.copy()
    both[..., H:] = (weights @ mixed).swapaxes(0, 1)
    layers = model.decoder
    hidden = np.tanh(layers.combine.forward(both)[0])
    letters = layers.output.forward(hidden)[0].argmax(axis=-1)
    donor = np.roll(target, 1, axis=1)
    return np.mean((letters == donor)[donor != target])


def misled(model, length, rng, rows=500):
    """Return where the largest weight is if the decoder is told random letters.

    First, how often it is on the right letter; second, how often on the left neighbour of a letter
    like the one told last, which is where a network looks that searches for what it wrote.
    """
    source, _ = draw(rows, length, rng)
    told = rng.integers(len(SOURCE), size=(length - 1, rows))
    written = np.concatenate([np.zeros((1, rows), int), told + 1])
    _, _, cache = model.forward(PairInputs(source, np.full(rows, length), written))
    looked = cache.decoder.attention.weights.argmax(axis=2).T  # (length, rows)
    on = np.mean(looked == np.arange(length)[::-1, None])
    step, row = np.nonzero(looked[1:] < length - 1)
    followed = source[looked[1:][step, row] + 1, row] == told[step, row]
    return on, np.mean(followed) if len(followed) else np.nan


def make_rows(name, units, seed, steps):
    """Train a network; return a row for each length."""
    start = time.process_time()
    looks = name == "attention"
    model = train(looks, units, seed, steps)
    seconds = round(time.process_time() - start)
    rng = np.random.default_rng(100 + seed)
    for length in LENGTHS:
        row = dict(model=name, units=units, steps=steps, seed=seed, length=length)
        row |= dict(exact=f"{exact(model, length, rng):.3f}")
        places = where(model, length, rng) if looks else [None] * 3
        for column, share in zip(("on", "before", "after"), places, strict=True):
            row[column] = "" if share is None else f"{share:.3f}"
        for half in ("forward", "backward"):
            row[half] = f"{transplant(model, length, half, rng):.3f}" if looks else ""
        told = misled(model, length, np.random.default_rng(200 + seed)) if looks else [np.nan] * 2
        for column, share in zip(("misled", "sought"), told, strict=True):
            row[column] = "" if np.isnan(share) else f"{share:.3f}"
        yield row | dict(seconds=seconds)


def main():
    """Make the rows asked for; the table is written after each network."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=("bottleneck", "attention"))
    only = parser.parse_args().only
    networks = [network for network in NETWORKS if only in (None, network[0])]
    old = tables.read(TABLE, KEY).values() if only else ()
    rows = [row for row in old if row["model"] != only]
    for seed in SEEDS:
        for name, units, steps in networks:
            made = list(make_rows(name, units, seed, steps))
            print(name, units, steps, seed, *(row["exact"] for row in made), flush=True)
            rows += made
            rl.write_ledger(TABLE, sorted(rows, key=lambda row: int(row["seed"])))


if __name__ == "__main__":
    main()
