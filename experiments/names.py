"""Make results/names.csv and its picture: every model on the same three splits of the names.

    python experiments/names.py                          # all rows, about an hour on two cores
    python experiments/names.py --only 4-gram "best RNN" # the rows of some models again
    python experiments/names.py --missing                # the rows that are not there yet
    python experiments/names.py --list                   # the names of the models
    python experiments/names.py --counters               # how the best counter was chosen

Each model trains on 80 % of the names, chooses its epoch on the next 10 % and is scored once on the
last 10 %: alone (`test`), and mixed with the best counter (`mixed`), in which its share (`weight`)
is chosen on the validation names.  Nothing is ever chosen by a test score.  The order and discount
of the best counter are those with the lowest mean validation score among the orders 5, 6, 7, 8, 10,
12 and the discounts 0.8, 0.85, 0.9, 0.95 and 1.
"""

import argparse
import itertools
import platform
import time
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

import mixing
import numpy as np
import pictures
import tables
from tqdm import tqdm

import rnnlib as rl
from rnnlib.initializers import normal

LEDGER = Path(__file__).parent.parent / "results" / "names.csv"
PICTURE = LEDGER.with_suffix(".svg")
COLUMNS = (
    *("model", "split", "seed", "valid", "test", "weight", "mixed"),
    *("parameters", "seconds", "versions"),
)
SPLITS = (0, 1, 2)
VERSIONS = f"rnnlib {rl.__version__}, numpy {np.__version__}, python {platform.python_version()}"


PARTS = "train", "valid", "test"


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


def count(data, rng, counter=rl.NGram, **settings):
    """Count grams; nothing is random."""
    return counter(**settings, vocab=data.vocab).fit(data.train)


@cache
def best_counter(split):
    """The counter that every model is mixed with, fitted to the training names of a split."""
    return count(load_split(split), None, **BEST_COUNTER)


def counter_scores():
    """Return the mean validation score of each counter that was tried, by order and discount."""
    scores = {}
    for order, split in itertools.product(ORDERS, SPLITS):
        data = load_split(split)
        counter = count(data, None, rl.KneserNey, order=order)
        for counter.discount in DISCOUNTS:  # the counts are the same for all
            score = counter.nats_per_symbol(data.valid)
            scores.setdefault((order, counter.discount), []).append(score)
    return {key: float(np.mean(values)) for key, values in scores.items()}


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
        ids, targets, *_ = examples[step % len(examples)]
        _, grads, last = model.loss_and_grads(ids, targets, state)
        state = None if reset_state else last
        for g in grads.values():
            g *= len(ids)  # from the mean over the name to its sum
        rl.clip_by_value(grads, 5.0)
        optimizer.step(model.params, grads)
    return model


def batches(data, part, batch_size, model, rng=None):
    """Put names side by side, with the numbers of their clades if the model is told those."""
    labels = [CLADES.index(CLADE[name]) for name in part] if "start.W" in model.params else None
    return rl.padded_batches(data.vocab, part, batch_size, rng, labels)


def ensemble(data, rng, *, members, **settings):
    """Train several networks from different starts; their probabilities count alike."""
    models = tuple(train(data, rng, **settings) for _ in tqdm(range(members), leave=False))
    return mixing.Mixture(models, (1 / members,) * members)


def with_best_counter(data, rng, **settings):
    """Train a network, and mix it with the best counter by a weight chosen on validation names."""
    models = train(data, rng, **settings), count(data, rng, **BEST_COUNTER)
    weight = mixing.best_weight(*(probabilities(model, data, data.valid) for model in models))
    return mixing.Mixture(models, (weight, 1 - weight))


def together(data, rng, *, members):
    """Build several models, and multiply them to the powers that validation names choose."""
    generators = rng.spawn(len(members))  # so that no member depends on those before it
    models = tuple(build(data, own) for build, own in zip(members, generators, strict=True))
    expected, targets = zip(
        *(probabilities(m, data, data.valid, mixing.distributions) for m in models), strict=True
    )
    return mixing.Product(models, tuple(mixing.best_powers(expected, targets[0])))


def both_ways(data, rng, *, members):
    """Mix the members that read from left to right, those from right to left, then both mixtures.

    The two are averaged name by name, by a weight that is chosen on validation names.
    """
    turned = data._replace(**{part: [name[::-1] for name in getattr(data, part)] for part in PARTS})
    forth, back = rng.spawn(2)
    models = (
        together(data, forth, members=members),
        mixing.Backwards(together(turned, back, members=members)),
    )
    p, q = (probabilities(m, data, data.valid, mixing.sequence_probabilities) for m in models)
    weight = mixing.best_weight(p, q)
    return mixing.SequenceMixture(models, (weight, 1 - weight))


def train(
    data, rng, *, build=rl.LanguageModel, optimizer, epochs, callbacks=(), schedule=None, **network
):
    """Train in batches of 32 names with `fit`, and return the network."""
    model = build(len(data.vocab), rng=rng, **network)
    history = rl.fit(
        model,
        batches(data, data.train, 32, model, rng),
        optimizer(),
        epochs=epochs,
        clip_norm=1.0,
        schedule=schedule,
        validation=batches(data, data.valid, 256, model),
        callbacks=[callback() for callback in callbacks],
        workers=1,  # whatever the machine: more workers add gradients in another order
        progress=False,
    )
    if history.stopped == "interrupted":
        raise KeyboardInterrupt
    return model


def probabilities(model, data, part, of=mixing.symbol_probabilities):
    """Return what a model gives to each symbol and end mark of a part's names, or `of` others."""
    return of(model, part, lambda names, network: batches(data, names, 256, network))


CLADE = {row.genus.lower(): row.clade for row in rl.dinosaurs()}
CLADES = sorted(set(CLADE.values()))

ORDERS, DISCOUNTS = (5, 6, 7, 8, 10, 12), (0.8, 0.85, 0.9, 0.95, 1.0)
BEST_COUNTER = dict(counter=rl.KneserNey, order=10, discount=0.95)

ADAM = partial(rl.Adam, lr=3e-3)
WIDE = dict(hidden_size=192, embedding_dim=128, epochs=35)
STOP_EARLY = (rl.KeepBest, partial(rl.EarlyStopping, patience=10))
LSTM = dict(cell="lstm", hidden_size=256, embedding_dim=128, epochs=30, dropout=0.5)
BEST = dict(callbacks=(rl.KeepBest,))
DECAY = dict(optimizer=partial(ADAM, weight_decay=0.01), schedule=rl.cosine_decay)
BEST_RNN = dict(**WIDE, **DECAY, **BEST, dropout=0.3)
LINEAR = dict(hidden_size=256, embedding_dim=128, num_layers=2, epochs=30, dropout=0.3)
TRANSFORMER = dict(
    build=rl.TransformerLanguageModel, hidden_size=96, num_layers=2, epochs=30, dropout=0.3
)

counter = partial(count, **BEST_COUNTER)
best_rnn = partial(train, **BEST_RNN)
gru = partial(train, **WIDE, **DECAY, **BEST, cell="gru", dropout=0.4)
lstm = partial(train, **LSTM, **DECAY, **BEST)
min_gru = partial(train, **LINEAR, **DECAY, **BEST, cell="mingru")
shorter = [partial(counter, order=order) for order in (4, 3)]
EVERYTHING = counter, lstm, best_rnn, gru, min_gru, *shorter
"""The best of those that were tried by their mean validation score.

The shorter counters get negative powers: what they know already, and the others with them, is not
to count twice.
"""

MODELS = {
    "uniform": partial(count, order=0),
    **{f"{order}-gram": partial(count, order=order) for order in range(1, 7)},
    "best counter": counter,
    "published RNN": published_recipe,
    "+ state reset": partial(published_recipe, reset_state=True),
    "+ minibatches": partial(train, hidden_size=50, epochs=30, optimizer=partial(rl.SGD, lr=1.0)),
    "+ Adam": partial(train, hidden_size=50, epochs=30, optimizer=ADAM),
    "+ embedding": partial(train, hidden_size=50, epochs=30, optimizer=ADAM, embedding_dim=64),
    "+ width": partial(train, **WIDE, optimizer=ADAM),
    "+ early stopping": partial(train, **WIDE, optimizer=ADAM, callbacks=STOP_EARLY),
    "+ dropout": partial(train, **WIDE, optimizer=ADAM, callbacks=STOP_EARLY, dropout=0.3),
    "best RNN": best_rnn,
    "best RNN with the best counter": partial(with_best_counter, **BEST_RNN),
    "GRU": gru,
    "LSTM": lstm,
    "two layers": partial(train, **LSTM, **DECAY, **BEST, num_layers=2),
    "LSTM told the clade": partial(train, **LSTM, **DECAY, **BEST, num_classes=len(CLADES)),
    "minGRU": min_gru,
    "minLSTM": partial(train, **LINEAR, **DECAY, **BEST, cell="minlstm"),
    "diagonal": partial(train, **LINEAR, **DECAY, **BEST, cell="diagonal"),
    "Transformer": partial(train, **TRANSFORMER, **DECAY, **BEST),
    "three LSTMs": partial(ensemble, members=3, **LSTM, **DECAY, **BEST),
    "RNN and counter, multiplied": partial(together, members=(best_rnn, counter)),
    "RNN and counter, both ways": partial(both_ways, members=(best_rnn, counter)),
    "everything, both ways": partial(both_ways, members=EVERYTHING),
}
"""The ledger's models, each `(data, rng) -> model`; one repair a row."""


def count_symbols(part):
    """Return the number of symbols and end marks of names."""
    return sum(len(name) + 1 for name in part)


def make_row(name, split):
    """Train and score one model on one split, alone and mixed with the best counter."""
    data, rng = load_split(split), np.random.default_rng(split)
    start = time.perf_counter()
    model = MODELS[name](data, rng)
    of = mixing.symbol_probabilities
    if isinstance(model, mixing.SequenceMixture):
        of = mixing.sequence_probabilities
    valid, test = (probabilities(model, data, part, of) for part in (data.valid, data.test))
    seconds = time.perf_counter() - start
    counter = best_counter(split)
    weight = mixing.best_weight(valid, probabilities(counter, data, data.valid, of))
    mixed = mixing.mixed(test, probabilities(counter, data, data.test, of), weight)
    scored = (valid, data.valid), (test, data.test), (mixed, data.test)
    valid, test, mixed = (f"{mixing.nats(p, count_symbols(part)):.4f}" for p, part in scored)
    numbers = valid, test, f"{weight:.3f}", mixed
    values = (name, split, split, *numbers, mixing.size(model), f"{seconds:.1f}", VERSIONS)
    return dict(zip(COLUMNS, values, strict=True))


def write(rows):
    """Replace the ledger in one move, models in the order of MODELS."""
    order = list(MODELS)
    rows = sorted(rows, key=lambda row: (order.index(row["model"]), int(row["split"])))
    rl.write_ledger(LEDGER, rows)


def read():
    """Return the rows that are there, as text, by model and split; none of another shape."""
    rows = tables.read(LEDGER, ("model", "split"), COLUMNS)
    return {(name, int(split)): rows[name, split] for name, split in rows if name in MODELS}


def main():
    """Make the rows asked for; each is written as soon as it is there."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=MODELS, metavar="MODEL", default=list(MODELS))
    parser.add_argument("--missing", action="store_true", help="make only rows that are not there")
    parser.add_argument("--list", action="store_true", help="print the names of the models")
    parser.add_argument("--counters", action="store_true", help="score the counters tried")
    arguments = parser.parse_args()
    if arguments.list:
        print("\n".join(MODELS))
        return
    if arguments.counters:
        for (order, discount), score in sorted(counter_scores().items(), key=lambda item: item[1]):
            print(f"order {order:2}  discount {discount:.2f}  validation {score:.4f}")
        return

    rows = read()
    jobs = [(name, split) for name in arguments.only for split in SPLITS]
    if arguments.missing:
        jobs = [job for job in jobs if job not in rows]
    for name, split in (bar := tqdm(jobs, unit="row")):
        bar.set_description(name)
        rows[name, split] = row = make_row(name, split)
        scores = f"test {row['test']}  mixed {row['mixed']}"
        bar.write(f"{name:30} split {split}  {scores}  {row['seconds']:>6} s")
        write(rows.values())
    pictures.draw("names")


if __name__ == "__main__":
    main()
