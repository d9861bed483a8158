"""Make results/english_names.csv: an LSTM against counting on a long list of English first names.

    python experiments/english_names.py names.txt         # one name a line, a to z

Made for the 32,033 names that circulate with character-level language models; 2,539 of them
stand there more than once.  They are cut 80/10/10 as they stand, for comparison with published
scores, and once more without duplicates: a name that is in two parts can be remembered.
"""

import argparse
import time
from pathlib import Path

import numpy as np

import rnnlib as rl

TABLE = Path(__file__).parent.parent / "results" / "english_names.csv"


def cut(lines, rng):
    """Shuffle and cut 80/10/10, duplicates and all."""
    shuffled = [lines[i] for i in rng.permutation(len(lines))]
    first, second = int(0.8 * len(lines)), int(0.9 * len(lines))
    return shuffled[:first], shuffled[first:second], shuffled[second:]


def rows(names, parts):
    """Score the best of the simple counters, the best of all, and an LSTM; validation chooses."""
    train, valid, test = parts
    simple = [rl.NGram(order) for order in (4, 5, 6)]
    clever = [rl.KneserNey(order, d) for order in (5, 6, 7) for d in (0.7, 0.8, 0.9)]
    for label, counters in (("", simple), (", Kneser–Ney", clever)):
        best = min(counters, key=lambda model: model.fit(train).nats_per_symbol(valid))
        score = f"{best.nats_per_symbol(test):.4f}"
        yield dict(names=names, model=f"{best.order}-gram{label}", test=score, seconds=0)
    rng, start = np.random.default_rng(0), time.perf_counter()
    vocab = rl.Vocabulary.from_text(train)
    settings = dict(cell="lstm", embedding_dim=64, dropout=0.5)
    model = rl.LanguageModel(len(vocab), 384, rng=rng, **settings)
    rl.fit(
        model,
        rl.padded_batches(vocab, train, 128, rng),
        rl.Adam(3e-3, weight_decay=0.01),
        epochs=16,
        clip_norm=1.0,
        schedule=rl.cosine_decay,
        validation=rl.padded_batches(vocab, valid, 512),
        callbacks=[rl.KeepBest()],
    )
    score = rl.evaluate(model, rl.padded_batches(vocab, test, 512))
    seconds = f"{time.perf_counter() - start:.0f}"
    yield dict(names=names, model="LSTM", test=f"{score:.4f}", seconds=seconds)


def main():
    """Make the rows of both cuts; the table is written after each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("path", type=Path, help="a file with one name a line")
    names = rl.load_text(parser.parse_args().path).split()
    made = []
    for label, parts in (
        ("as they stand", cut(names, np.random.default_rng(0))),
        ("without duplicates", rl.split(names)),
    ):
        for row in rows(label, parts):
            print(*row.values(), flush=True)
            made.append(row)
            rl.write_ledger(TABLE, made)


if __name__ == "__main__":
    main()
