"""Make results/names.csv and its picture: every model on the same three splits of the names.

    python experiments/names.py                          # all rows, a few minutes on two cores
    python experiments/names.py --only 4-gram "best RNN" # the rows of some models again
    python experiments/names.py --list

Each model trains on 80 % of the names, chooses its epoch on the next 10 % and is scored once on the
last 10 %.  Nothing is ever chosen by a test score.  The order and discount of the best counter are
those with the lowest mean validation score among the orders 5, 6, 7, 8, 10 and the discounts 0.8,
0.85, 0.9 and 0.95.
"""

import argparse
import csv
import platform
import time
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

import rnnlib as rl
from rnnlib import plots
from rnnlib.functional import softmax
from rnnlib.initializers import normal

LEDGER = Path(__file__).parent.parent / "results" / "names.csv"
PICTURE = LEDGER.with_suffix(".svg")
COLUMNS = ("model", "split", "seed", "valid", "test", "parameters", "seconds", "versions")
SPLITS = (0, 1, 2)
VERSIONS = f"rnnlib {rl.__version__}, numpy {np.__version__}, python {platform.python_version()}"


class Data(NamedTuple):
    """One split of the names; the vocabulary knows all 27 symbols whatever the split."""

    train: list
    valid: list
    test: list
    vocab: rl.Vocabulary


def load_split(seed):
    """Cut the names 80/10/10; the seed is the split's number."""
    names = rl.dinosaur_names()
    return Data(*rl.split(names, seed=seed), rl.Vocabulary.from_text(names))


def count(counter, data, rng):
    """Count grams; nothing is random."""
    model = counter.fit(data.train)
    numbers_kept = sum(map(len, model.counts.values()))
    return model.nats_per_symbol(data.valid), model.nats_per_symbol(data.test), numbers_kept


def published_recipe(data, rng, steps=35_000, reset_state=False):
    """Train as the widely taught recipe prints it, and keep the last step.

    50 tanh units, weights 0.01 N(0, 1), one name a step, plain SGD with rate 0.01 on the *summed*
    loss of the name, components clipped to ±5, names shuffled once, and the hidden state of one
    name handed on to the next.
    """
    model = rl.LanguageModel(len(data.vocab), 50, rng=rng)
    for p in model.params.values():
        p[...] = normal(rng, p.shape, 0.01) if p.ndim == 2 else 0
    names = [data.train[i] for i in rng.permutation(len(data.train))]
    examples = list(rl.padded_batches(data.vocab, names, 1))
    optimizer, state = rl.SGD(lr=0.01), None
    for step in range(steps):
        ids, targets, _ = examples[step % len(examples)]
        _, grads, last = model.loss_and_grads(ids, targets, state)
        state = None if reset_state else last
        for g in grads.values():
            g *= len(ids)  # from the mean over the name to its sum
        rl.clip_by_value(grads, 5.0)
        optimizer.step(model.params, grads)
    return scores(model, data)


def train(data, rng, **settings):
    """Train one network and score it."""
    return scores(trained(data, rng, **settings), data)


def batches(data, part, batch_size, model, rng=None):
    """Put names side by side, with the numbers of their clades if the model is told those."""
    labels = [CLADES.index(CLADE[name]) for name in part] if "start.W" in model.params else None
    return rl.padded_batches(data.vocab, part, batch_size, rng, labels)


def ensemble(data, rng, *, members, **settings):
    """Train several networks from different starts and average their probabilities."""
    models = [trained(data, rng, **settings) for _ in tqdm(range(members), leave=False)]
    held_out = (rl.padded_batches(data.vocab, part, 256) for part in (data.valid, data.test))
    valid, test = (mixture_loss(models, batches) for batches in held_out)
    return valid, test, sum(p.size for model in models for p in model.params.values())


def mixture_loss(models, batches):
    """Return the nats per symbol of the mean of the models' probabilities."""
    total = count = 0
    for ids, targets, mask in batches:
        p = np.mean([softmax(model.forward(ids)[0]) for model in models], axis=0)
        at_target = np.take_along_axis(p, targets[..., None], axis=-1)[..., 0]
        total -= (mask * np.log(at_target)).sum()
        count += mask.sum()
    return total / count


def trained(data, rng, *, optimizer, epochs, callbacks=(), schedule=None, **network):
    """Train in batches of 32 names with `fit`, and return the network."""
    model = rl.LanguageModel(len(data.vocab), rng=rng, **network)
    history = rl.fit(
        model,
        batches(data, data.train, 32, model, rng),
        optimizer(),
        epochs=epochs,
        clip_norm=1.0,
        schedule=schedule,
        validation=batches(data, data.valid, 256, model),
        callbacks=[callback() for callback in callbacks],
        progress=False,
    )
    if history.stopped == "interrupted":
        raise KeyboardInterrupt
    return model


def scores(model, data):
    """Return nats per symbol on validation and test names, and the number of parameters."""
    valid, test = (batches(data, part, 256, model) for part in (data.valid, data.test))
    parameters = sum(p.size for p in model.params.values())
    return rl.evaluate(model, valid), rl.evaluate(model, test), parameters


CLADE = {row.genus.lower(): row.clade for row in rl.dinosaurs()}
CLADES = sorted(set(CLADE.values()))

ADAM = partial(rl.Adam, lr=3e-3)
WIDE = dict(hidden_size=192, embedding_dim=128, epochs=35)
STOP_EARLY = (rl.KeepBest, partial(rl.EarlyStopping, patience=10))
LSTM = dict(cell="lstm", hidden_size=256, embedding_dim=128, epochs=30, dropout=0.5)
BEST = dict(callbacks=(rl.KeepBest,))
DECAY = dict(optimizer=partial(ADAM, weight_decay=0.01), schedule=rl.cosine_decay)

MODELS = {
    "uniform": partial(count, rl.NGram(0)),
    **{f"{order}-gram": partial(count, rl.NGram(order)) for order in range(1, 7)},
    "best counter": partial(count, rl.KneserNey(8, discount=0.95)),
    "published RNN": published_recipe,
    "+ state reset": partial(published_recipe, reset_state=True),
    "+ minibatches": partial(train, hidden_size=50, epochs=30, optimizer=partial(rl.SGD, lr=1.0)),
    "+ Adam": partial(train, hidden_size=50, epochs=30, optimizer=ADAM),
    "+ embedding": partial(train, hidden_size=50, epochs=30, optimizer=ADAM, embedding_dim=64),
    "+ width": partial(train, **WIDE, optimizer=ADAM),
    "+ early stopping": partial(train, **WIDE, optimizer=ADAM, callbacks=STOP_EARLY),
    "+ dropout": partial(train, **WIDE, optimizer=ADAM, callbacks=STOP_EARLY, dropout=0.3),
    "best RNN": partial(train, **WIDE, **DECAY, **BEST, dropout=0.3),
    "GRU": partial(train, **WIDE, **DECAY, **BEST, cell="gru", dropout=0.4),
    "LSTM": partial(train, **LSTM, **DECAY, **BEST),
    "two layers": partial(train, **LSTM, **DECAY, **BEST, num_layers=2),
    "LSTM told the clade": partial(train, **LSTM, **DECAY, **BEST, num_classes=len(CLADES)),
    "three LSTMs": partial(ensemble, members=3, **LSTM, **DECAY, **BEST),
}
"""The ledger's models, each `(data, rng) -> (valid, test, parameters)`; one repair a row."""


def make_row(name, split):
    """Train and score one model on one split."""
    data, rng = load_split(split), np.random.default_rng(split)
    start = time.perf_counter()
    valid, test, parameters = MODELS[name](data, rng)
    seconds = time.perf_counter() - start
    numbers = f"{valid:.4f}", f"{test:.4f}", parameters, f"{seconds:.1f}"
    return dict(zip(COLUMNS, (name, split, split, *numbers, VERSIONS), strict=True))


def write(rows):
    """Replace the ledger in one move, models in the order of MODELS."""
    order = list(MODELS)
    rows = sorted(rows, key=lambda row: (order.index(row["model"]), int(row["split"])))
    rl.write_ledger(LEDGER, rows)


def main():
    """Make the rows asked for; each is written as soon as it is there."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=MODELS, metavar="MODEL", default=list(MODELS))
    parser.add_argument("--list", action="store_true", help="print the names of the models")
    arguments = parser.parse_args()
    if arguments.list:
        print("\n".join(MODELS))
        return

    rows = {}
    if LEDGER.exists():
        with LEDGER.open(encoding="utf-8", newline="") as file:
            rows = {(row["model"], int(row["split"])): row for row in csv.DictReader(file)}
    rows = {key: row for key, row in rows.items() if key[0] in MODELS}
    jobs = [(name, split) for name in arguments.only for split in SPLITS]
    for name, split in (bar := tqdm(jobs, unit="row")):
        bar.set_description(name)
        rows[name, split] = row = make_row(name, split)
        bar.write(f"{name:18} split {split}  test {row['test']}  {row['seconds']:>6} s")
        write(rows.values())
    plots.picture(plots.ledger, LEDGER, (7, 5), "Can it beat counting?")


if __name__ == "__main__":
    main()
