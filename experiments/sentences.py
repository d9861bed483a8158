"""Make results/sentences.csv: the taught sentence generator, its factors one by one, its advice.

    python experiments/sentences.py                      # all rows, about 15 CPU minutes
    python experiments/sentences.py --only "two layers"  # the rows of some models again
    python experiments/sentences.py --missing            # the rows that are not there yet
    python experiments/sentences.py --list               # the names of the models

The text is the tales in lower case: 52 to train on, six to score.  Every model is asked the same
questions: the character after each of some 2,600 windows of 100 characters of the six last tales,
read from a state of zeros.  Budgets are CPU seconds of this process, so that a busy machine does
not spoil the comparison; scoring is not part of them.
"""

import argparse
import time
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import tables
from numpy.lib.stride_tricks import sliding_window_view
from shakespeare import Clock

import rnnlib as rl
from rnnlib.functional import softmax

TABLE = Path(__file__).parent.parent / "results" / "sentences.csv"
COLUMNS = (
    *("model", "seed", "seconds", "steps", "targets", "epochs"),
    *("test", "parameters", "greedy", "sampled"),
)
WINDOW, ROWS, STRIDE = 100, 128, 6
BUDGET = 6.0  # CPU seconds
EXTRACT = 1_280  # windows for the 20 epochs of the recipe: 10 batches
SEEDS = (0, 1, 2)


class Tales(NamedTuple):
    """The tales in lower case, as ids: to train on, to choose with and to score."""

    vocab: rl.Vocabulary
    train: np.ndarray
    valid: np.ndarray
    test: np.ndarray


@cache
def load():
    """Cut the 64 tales as chapter 12 does."""
    text = rl.tales().lower()
    tales = text.split("\n\n\n")
    vocab = rl.Vocabulary.from_text(text)
    parts = tales[:52], tales[52:58], tales[58:]
    return Tales(vocab, *(vocab.encode("\n\n\n".join(p) + "\n\n\n") for p in parts))


def read_as(inputs, ids, V):
    """Return what a network reads: ids as they are, or one number in [0, 1) for each."""
    return (ids[..., None] / V).astype(np.float32) if inputs == "number" else ids


def windows(ids, rng, *, inputs, loss, rows, window, V):
    """Cut a text into all its windows; the target is the next character, or one at every step."""
    view = sliding_window_view(ids, window + 1)

    def walk():
        order = rng.permutation(len(view))
        for i in range(0, len(view), rows):
            block = view[order[i : i + rows]].T  # (T + 1, B)
            targets = block[-1] if loss == "last" else block[1:]
            yield rl.Batch(read_as(inputs, block[:-1], V), targets)

    return rl.Batches(walk, -(-len(view) // rows), rng=rng)


def build(V, rng, *, inputs, loss, hidden_size, num_layers=1):
    """Return the network: embedding or not, LSTM, dropout 0.2, softmax."""
    size = 1 if inputs == "number" else V
    kind = rl.SequenceClassifier if loss == "last" else rl.SequenceTagger
    return kind(
        size,
        hidden_size,
        V,
        cell="lstm",
        num_layers=num_layers,
        embedding_dim=64 if inputs == "embedding" else None,
        dropout=0.2,
        bidirectional=False,
        rng=rng,
    )


def train(
    seed,
    *,
    inputs="number",
    loss="last",
    hidden_size=64,
    num_layers=1,
    budget=BUDGET,
    epochs=None,
    extract=None,
    text=1.0,
    carried=False,
    rows=ROWS,
    window=WINDOW,
    lr=1e-3,
    decay=False,
    clip=None,
):
    """Train by the recipe but for what is said; return the network, its steps, targets, epochs."""
    data, rng = load(), np.random.default_rng(seed)
    V, ids = len(data.vocab), data.train[: int(text * len(data.train))]
    if extract:
        ids = ids[: extract + WINDOW]
    if carried:
        model = rl.LanguageModel(V, hidden_size, "lstm", num_layers, 64, 0.2, rng=rng)
        batches = rl.stream_batches(ids, rows, window)
    else:
        given = dict(inputs=inputs, loss=loss)
        model = build(V, rng, **given, hidden_size=hidden_size, num_layers=num_layers)
        batches = windows(ids, rng, **given, rows=rows, window=window, V=V)
    count = rows * (1 if loss == "last" else window)
    valid, callbacks, clock = None, [], Clock(budget / 60)
    if epochs:  # the whole recipe: score every epoch, keep the best
        view = sliding_window_view(data.valid, WINDOW + 1)[::40]
        valid = [
            rl.Batch(read_as(inputs, b[:, :-1].T, V), b[:, -1])
            for b in np.array_split(view, len(view) // ROWS)
        ]
        callbacks = [rl.KeepBest()]
    else:
        callbacks = [clock]
    history = rl.fit(
        model,
        batches,
        rl.Adam(lr),
        epochs=epochs or 10_000,
        clip_norm=clip,
        schedule=(lambda _: rl.cosine_decay(clock.share)) if decay else None,
        validation=valid,
        callbacks=callbacks,
        workers=1,
        progress=False,
    )
    if history.stopped == "interrupted":
        raise KeyboardInterrupt
    steps = len(history.step_loss)
    return model, steps, steps * count, steps * count / len(ids)


def last_logits(model, inputs, ids):
    """Return the logits of the character after each window, (T, B) -> (B, V)."""
    logits, *_ = model.forward(read_as(inputs, ids, model.output.params["b_y"].size))
    return logits if logits.ndim == 2 else logits[-1]


def score(model, inputs):
    """Return the mean surprise at the character after each window of the last tales."""
    found, view = [], sliding_window_view(load().test, WINDOW + 1)[::STRIDE]
    for i in range(0, len(view), 256):
        block = view[i : i + 256].T
        p = softmax(last_logits(model, inputs, block[:-1]).astype(np.float64))
        found.append(-np.log(p[np.arange(len(p)), block[-1]]))
    return float(np.concatenate(found).mean())


def write_on(model, inputs, ids, length, rng=None, temperature=1.0):
    """Continue windows (100, B) by the recipe's loop: greedy without a generator.

    Every new character is predicted from the last 100, read anew from a state of zeros.
    """
    for _ in range(length):
        logits = last_logits(model, inputs, ids[-WINDOW:])
        if rng is None:
            new = logits.argmax(axis=1)
        else:
            sums = softmax(logits.astype(np.float64) / temperature).cumsum(axis=1)
            new = (sums <= rng.random((len(sums), 1)) * sums[:, -1:]).sum(axis=1)
        ids = np.vstack([ids, new])
    return ids[-length:]


HABITS = dict(rows=32, window=32, lr=6e-3, decay=True, clip=1.0)
PAIRS = [(i, w) for w in ("last", "every") for i in ("number", "embedding")]
PUBLISHED = dict(inputs="number", loss="last")
READING = dict(inputs="embedding", loss="every")
REPAIRED = dict(**READING, **HABITS, carried=True)
LARGE = dict(hidden_size=256, budget=20.0)
MODELS = {
    **{f"{i}, {w}": dict(inputs=i, loss=w) for i, w in PAIRS},
    **{f"{i}, {w}, our habits": dict(inputs=i, loss=w, **HABITS) for i, w in PAIRS},
    "+ 32 × 32": dict(**READING, rows=32, window=32),
    "+ rate 0.006": dict(**READING, rows=32, window=32, lr=6e-3),
    "+ clipping": dict(**READING, rows=32, window=32, lr=6e-3, clip=1.0),
    "+ carried state": REPAIRED,
    "recipe, 20 epochs": dict(**PUBLISHED, hidden_size=256, epochs=20, extract=EXTRACT),
    "recipe, whole text": dict(**PUBLISHED, **LARGE),
    "recipe: two layers": dict(**PUBLISHED, num_layers=2),
    "recipe: twice as long": dict(**PUBLISHED, budget=2 * BUDGET),
    "recipe: a quarter of the text": dict(**PUBLISHED, text=0.25),
    "repaired: two layers": dict(**REPAIRED, num_layers=2),
    "repaired: twice as long": dict(**REPAIRED, budget=2 * BUDGET),
    "repaired: a quarter of the text": dict(**REPAIRED, text=0.25),
}
"""What each model has of its own; all else is the recipe's, with 64 units."""
COSTLY = {name for name in MODELS if "256" in str(MODELS[name])}


def seeds_of(name):
    """Three seeds, but one for the networks of 256 units."""
    return SEEDS[:1] if name in COSTLY else SEEDS


def make_row(name, seed):
    """Train and score one network, and let it write 100 characters after a random window."""
    options, data = MODELS[name], load()
    start = time.process_time()
    model, steps, targets, epochs = train(seed, **options)
    seconds = time.process_time() - start
    rng, inputs = np.random.default_rng(seed), options["inputs"]
    at = rng.integers(len(data.train) - WINDOW)
    window = data.train[at : at + WINDOW, None]
    texts = [write_on(model, inputs, window, 100, given) for given in (None, rng)]
    shown = ["".join(data.vocab.symbols[i] for i in t[:, 0]).replace("\n", "⏎") for t in texts]
    numbers = f"{seconds:.1f}", steps, targets, f"{epochs:.2f}", f"{score(model, inputs):.4f}"
    values = name, seed, *numbers, model.num_parameters, *shown
    return dict(zip(COLUMNS, values, strict=True))


def main():
    """Make the rows asked for; each is written as soon as it is there."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=MODELS, metavar="MODEL", default=list(MODELS))
    parser.add_argument("--missing", action="store_true", help="make only rows that are not there")
    parser.add_argument("--list", action="store_true", help="print the names of the models")
    arguments = parser.parse_args()
    if arguments.list:
        print("\n".join(MODELS))
        return
    rows = tables.read(TABLE, ("model", "seed"), COLUMNS)
    jobs = [(name, seed) for seed in SEEDS for name in arguments.only if seed in seeds_of(name)]
    if arguments.missing:
        jobs = [job for job in jobs if tables.as_key(job) not in rows]
    order = [(name, seed) for name in MODELS for seed in SEEDS]
    tables.fill(TABLE, rows, jobs, make_row, order)


if __name__ == "__main__":
    main()
