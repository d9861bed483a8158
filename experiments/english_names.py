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
import time
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


def two_lstms(train, valid, vocab):
    """Train two networks from different starts; their probabilities count alike."""
    models = tuple(lstm(train, valid, vocab, seed=seed) for seed in (0, 1))
    return mixing.Mixture(models, (0.5, 0.5))


def rows(names, parts):
    """Score the best of the simple counters, the best of all, one LSTM and two."""
    train, valid, test = parts
    vocab = rl.Vocabulary.from_text(train)
    held_out = valid, test
    counter = kneser_ney(train, valid, vocab)
    q = [probabilities(counter, vocab, part) for part in held_out]
    for make in (simple_counter, lambda *_: counter, lstm, two_lstms):
        start = time.perf_counter()
        model = make(train, valid, vocab)
        p = [probabilities(model, vocab, part) for part in held_out]
        seconds = time.perf_counter() - start
        weight = mixing.best_weight(p[0], q[0])
        both = mixing.nats(mixing.mixed(p[1], q[1], weight))
        yield dict(
            names=names,
            model=label(model),
            test=f"{mixing.nats(p[1]):.4f}",
            weight=f"{weight:.3f}",
            mixed=f"{both:.4f}",
            seconds=f"{seconds:.0f}",
        )


def probabilities(model, vocab, part):
    """Return the probability that a model gives to each symbol and end mark of the names."""
    return mixing.symbol_probabilities(model, part, lambda _: rl.padded_batches(vocab, part, 512))


def label(model):
    """Return the name of a model in the table."""
    if isinstance(model, rl.KneserNey):
        return f"{model.order}-gram, Kneser–Ney"
    if isinstance(model, mixing.Mixture):
        return "two LSTMs"
    return f"{model.order}-gram" if isinstance(model, rl.NGram) else "LSTM"


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
