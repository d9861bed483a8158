"""Make results/translation.csv: with and without attention, on combinations never seen.

    python experiments/translation.py            # both models, ten minutes on one core

All train on the same English–French pairs.  A test sentence puts together words that no training
sentence puts together: an adjective and its noun, a subject and its verb, or both, which are
scored apart.  It counts as right if every word is.
"""

import argparse
import time
from pathlib import Path

import numpy as np

import rnnlib as rl
from rnnlib.generation.translation import translate_ids

TABLE = Path(__file__).parent.parent / "results" / "translation.csv"
COLUMNS = ("model", "seed", "kind", "words", "sentences", "exact", "parameters", "seconds")
LENGTHS = {"all": (1, 99), "3–6": (3, 6), "7–10": (7, 10), "11–14": (11, 14), "15–18": (15, 18)}
"""French words, the full stop included."""

MODELS = {"attention": True, "bottleneck": False}
"""Whether the decoder looks back at the source."""


def load(n, seed):
    """Draw pairs, split them by combination, and cut them into words."""
    pairs = rl.translation_pairs(n, np.random.default_rng(seed))
    training, _, test = rl.split_by_combination(pairs)
    return cut(training), {kind: cut(part) for kind, part in test.items()}


def cut(pairs):
    """Cut sentences into words, which have a space between them."""
    return [(english.split(), french.split()) for english, french in pairs]


def vocabularies(training):
    """Return the English and the French vocabulary."""
    source = rl.Vocabulary(sorted({word for english, _ in training for word in english}))
    target = rl.Vocabulary(["\n", *sorted({word for _, french in training for word in french})])
    return source, target


def train(training, attention, seed, epochs, units=128, batch_size=64, lr=3e-3, progress=True):
    """Return the vocabularies and a trained model, with embeddings of half as many numbers."""
    source, target = vocabularies(training)
    rng = np.random.default_rng(seed)
    size = dict(hidden_size=units, embedding_dim=units // 2, attention=attention, dropout=0.1)
    model = rl.Seq2Seq(len(source), len(target), **size, rng=rng)
    rl.fit(
        model,
        rl.pair_batches(source, target, training, batch_size, rng),
        rl.Adam(lr),
        epochs=epochs,
        clip_norm=1.0,
        schedule=rl.cosine_decay,
        workers=1,
        progress=progress,
    )
    return source, target, model


def right(source, target, model, pairs):
    """Tell for each pair whether greedy decoding writes its French exactly."""
    sources = [source.encode(english) for english, _ in pairs]
    (end,) = target.encode(["\n"])
    written = translate_ids(model, sources, end=end, max_length=25)
    expected = [target.encode(french) for _, french in pairs]
    return np.array(list(map(np.array_equal, written, expected)))


def make_rows(name, training, test, seed, epochs):
    """Train one model; return its scores overall, by length and by kind of combination."""
    start = time.perf_counter()
    source, target, model = train(training, MODELS[name], seed, epochs)
    seconds = time.perf_counter() - start
    pairs = [pair for part in test.values() for pair in part]
    kinds = np.repeat(list(test), [len(part) for part in test.values()])
    words = np.array([len(french) for _, french in pairs])
    exact = right(source, target, model, pairs)
    parameters = sum(p.size for p in model.params.values())
    for kind in ("all", *test):
        for label, (shortest, longest) in LENGTHS.items():
            chosen = (words >= shortest) & (words <= longest) & ((kind == "all") | (kinds == kind))
            share = f"{exact[chosen].mean():.4f}" if chosen.any() else ""
            numbers = chosen.sum(), share, parameters, f"{seconds:.0f}"
            yield dict(zip(COLUMNS, (name, seed, kind, label, *numbers), strict=True))


def main():
    """Make all rows; the table is written after each model."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=20_000)
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    training, test = load(arguments.pairs, arguments.seed)
    rows = []
    for name in MODELS:
        for row in make_rows(name, training, test, arguments.seed, arguments.epochs):
            print(*row.values(), flush=True)
            rows.append(row)
        rl.write_ledger(TABLE, rows)


if __name__ == "__main__":
    main()
