"""Make results/english_names.csv: an LSTM against counting on a long list of English first names.

    python experiments/english_names.py names.txt         # one name a line, a to z; an hour
    python experiments/english_names.py                   # names.txt in the folder RNNLIB_DATA

Made for the 32,033 names that circulate with character-level language models; 2,539 of them
occur more than once.  They are cut 80/10/10 as they are, for comparison with published scores,
and once more without duplicates: a name that is in two parts can be remembered.  Each model is
scored once on the test names: alone (`test`), and mixed with Kneser–Ney (`mixed`), in which its
share (`weight`) is chosen on the validation names.
"""

import argparse
import os
from pathlib import Path

import mixing
import numpy as np

import rnnlib as rl

TABLE = Path(__file__).parent.parent / "results" / "english_names.csv"


def cut(lines, rng):
    """Shuffle and cut 80/10/10, duplicates and all."""
    shuffled = [lines[i] for i in rng.permutation(len(lines))]
    first, second = int(0.8 * len(lines)), int(0.9 * len(lines))
    return shuffled[:first], shuffled[first:second], shuffled[second:]


def simple_counter(train, valid, vocab):
    """Count with the best of the orders 4, 5 and 6."""
    return best([rl.NGram(order, vocab) for order in (4, 5, 6)], train, valid)


def kneser_ney(train, valid, vocab):
    """Count with the best of nine Kneser–Ney models."""
    tried = [rl.KneserNey(order, d, vocab) for order in (5, 6, 7) for d in (0.7, 0.8, 0.9)]
    return best(tried, train, valid)


def best(counters, train, valid):
    """Return the counter that validation chooses."""
    return min(counters, key=lambda counter: counter.fit(train).nats_per_symbol(valid))


def lstm(train, valid, vocab, epochs=16, seed=0):
    """Train a network; validation chooses its epoch."""
    rng = np.random.default_rng(seed)
    settings = dict(cell="lstm", embedding_dim=64, dropout=0.5)
    model = rl.LanguageModel(len(vocab), 384, rng=rng, **settings)
    rl.fit(
        model,
        rl.padded_batches(vocab, train, 128, rng),
        rl.Adam(3e-3, weight_decay=0.01),
        epochs=epochs,
        clip_norm=1.0,
        schedule=rl.cosine_decay,
        validation=rl.padded_batches(vocab, valid, 512),
        callbacks=[rl.KeepBest()],
        workers=1,  # whatever the machine: more workers add gradients in another order
    )
    return model


def models(train, valid, vocab):
    """Return the best of the simple counters, the best of all, one LSTM, two, and everything.

    Everything is both LSTMs and five counters, with weights that validation chooses.
    """
    simple, counter = simple_counter(train, valid, vocab), kneser_ney(train, valid, vocab)
    first, second = (lstm(train, valid, vocab, seed=seed) for seed in (0, 1))
    others = [rl.KneserNey(4, 0.8, vocab), rl.KneserNey(8, 0.9, vocab), rl.NGram(3, vocab)]
    members = first, second, simple, counter, *(other.fit(train) for other in others)
    weights = mixing.best_weights([probabilities(m, vocab, valid) for m in members])
    return {
        f"{simple.order}-gram": simple,
        f"{counter.order}-gram, Kneser–Ney": counter,
        "LSTM": first,
        "two LSTMs": mixing.Mixture((first, second), (0.5, 0.5)),
        "two LSTMs and five counters": mixing.Mixture(members, tuple(weights)),
    }


def rows(names, parts):
    """Score each model on the test names, alone and mixed with the best counter."""
    train, valid, test = parts
    vocab = rl.Vocabulary.from_text(train)
    made = models(train, valid, vocab)
    (counter,) = (m for m in made.values() if isinstance(m, rl.KneserNey))
    q = [probabilities(counter, vocab, part) for part in (valid, test)]
    for name, model in made.items():
        p = [probabilities(model, vocab, part) for part in (valid, test)]
        weight = mixing.best_weight(p[0], q[0])
        both = mixing.nats(mixing.mixed(p[1], q[1], weight))
        numbers = dict(test=f"{mixing.nats(p[1]):.4f}", weight=f"{weight:.3f}", mixed=f"{both:.4f}")
        yield dict(names=names, model=name, **numbers)


def probabilities(model, vocab, part):
    """Return the probability that a model gives to each symbol and end mark of the names."""
    return mixing.symbol_probabilities(
        model, part, lambda part, _: rl.padded_batches(vocab, part, 512)
    )


def main():
    """Make the rows of both cuts; the table is written after each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    folder = Path(os.environ.get("RNNLIB_DATA", "."))
    parser.add_argument("path", type=Path, nargs="?", default=folder / "names.txt")
    names = rl.load_names(parser.parse_args().path)
    made = []
    for cut_name, parts in (
        ("as they stand", cut(names, np.random.default_rng(0))),
        ("without duplicates", rl.split(names)),
    ):
        for row in rows(cut_name, parts):
            print(*row.values(), flush=True)
            made.append(row)
            rl.write_ledger(TABLE, made)


if __name__ == "__main__":
    main()
