"""Make results/translation.csv: with and without attention, on combinations never seen.

    python experiments/translation.py            # both models, some minutes on two cores

All train on the same English–French pairs.  A test sentence puts together words that stand
together in no training sentence; it counts as right if every word is.
"""

import argparse
import time
from pathlib import Path

import numpy as np

import rnnlib as rl
from rnnlib.datasets.translation import pairs as grammar

TABLE = Path(__file__).parent.parent / "results" / "translation.csv"
COLUMNS = ("model", "seed", "words", "sentences", "exact", "parameters", "seconds")
LENGTHS = {"all": (1, 99), "3–6": (3, 6), "7–10": (7, 10), "11–14": (11, 14), "15–18": (15, 18)}
"""French words, the full stop included."""

MODELS = {"attention": (True, 16), "bottleneck": (False, 16)}
"""With attention or without, and the epochs."""


def load(n, seed):
    """Draw pairs, split them by combination, and cut them into words."""
    rng = np.random.default_rng(seed)
    parts = grammar.split_by_combination(grammar.translation_pairs(n, rng))
    return [[(english.split(), french.split()) for english, french in part] for part in parts]


def train(training, attention, seed, epochs):
    """Return the vocabularies and a trained model."""
    rng = np.random.default_rng(seed)
    source = rl.Vocabulary(sorted({word for english, _ in training for word in english}))
    target = rl.Vocabulary(["\n", *sorted({word for _, french in training for word in french})])
    model = rl.Seq2Seq(
        len(source), len(target), 128, embedding_dim=64, attention=attention, dropout=0.1, rng=rng
    )
    rl.fit(
        model,
        rl.pair_batches(source, target, training, 64, rng),
        rl.Adam(3e-3),
        epochs=epochs,
        clip_norm=1.0,
        schedule=rl.cosine_decay,
    )
    return source, target, model


def right(source, target, model, pairs):
    """Tell for each pair whether greedy decoding writes its French exactly."""
    written = model.translate([source.encode(english) for english, _ in pairs], 25)
    expected = [target.encode(french) for _, french in pairs]
    return np.array(list(map(np.array_equal, written, expected)))


def make_rows(name, attention, training, test, seed, epochs):
    """Train one model; return its scores overall and by length."""
    start = time.perf_counter()
    source, target, model = train(training, attention, seed, epochs)
    seconds = time.perf_counter() - start
    exact = right(source, target, model, test)
    words = np.array([len(french) for _, french in test])
    parameters = sum(p.size for p in model.params.values())
    for label, (shortest, longest) in LENGTHS.items():
        chosen = exact[(words >= shortest) & (words <= longest)]
        numbers = len(chosen), f"{chosen.mean():.4f}", parameters, f"{seconds:.0f}"
        yield dict(zip(COLUMNS, (name, seed, label, *numbers), strict=True))


def main():
    """Make all rows; the table is written after each model."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=14_000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    training, _, test = load(arguments.pairs, arguments.seed)
    rows = []
    for name, (attention, epochs) in MODELS.items():
        for row in make_rows(name, attention, training, test, arguments.seed, epochs):
            print(*row.values(), flush=True)
            rows.append(row)
        rl.write_ledger(TABLE, rows)


if __name__ == "__main__":
    main()
