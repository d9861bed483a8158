"""Make results/shapes.csv: one data set, three shapes.

    python experiments/shapes.py             # all rows, about fifteen minutes of one processor
    python experiments/shapes.py --missing   # the rows that are not there yet

clade: from a name to one of five clades, by models that learnt from 50 names to all of a split;
`score` is the share of test names that are right, `nats` the surprise at the true clade.
write: from a clade to names; `score` is the share of 300 names that naive Bayes, fitted on the
same real names, sorts back to the clade.  raptor: `score` is the share of names with "raptor".
marks: capitals and ends of sentences restored in the tales; `score` is F1 where the most probable
tag is taken, `tuned` where the threshold is chosen on validation tales, `nats` the surprise at
whether the mark is there.

Every model trains on 70 % of the names, or on the first of them; networks choose their epoch and
logistic regression its penalty on the next 10 %, and all are scored on the last 20 %.  Counters
have fixed settings.  The tales are split 80/10/10.
"""

import argparse
import re
import time
from collections import Counter
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import tables

import rnnlib as rl
from rnnlib.functional import log_softmax, softmax

TABLE = Path(__file__).parent.parent / "results" / "shapes.csv"
CLADES = "Theropoda", "Sauropodomorpha", "Ornithopoda", "Ceratopsia", "Ankylosauria"
K = len(CLADES)
SPLITS = 0, 1, 2
SIZES = 50, 100, 200, 400, "all"
WORDS = 40
"""The words of a row of the tales; each row also reads the first word of the next."""


class Names(NamedTuple):
    """Names, and the number of each one's clade."""

    names: list
    clades: np.ndarray


@cache
def split_names(seed):
    """Return train, valid and test, and the vocabulary of all names."""
    clade = {r.genus.lower(): CLADES.index(r.clade) for r in rl.dinosaurs() if r.clade in CLADES}
    parts = rl.split(list(clade), (0.7, 0.1, 0.2), seed=seed)
    data = [Names(part, np.array([clade[name] for name in part])) for part in parts]
    return data, rl.Vocabulary.from_text(list(clade))


def log_prior(clades):
    """Return ln p(clade), each counted once more than it occurs."""
    counts = np.bincount(clades, minlength=K) + 1
    return np.log(counts / counts.sum())


def groups_of(name, longest=4):
    """List the runs of 1 to 4 symbols of a name and its two end marks."""
    marked = f"^{name}$"
    return [marked[i : i + n] for n in range(1, longest + 1) for i in range(len(marked) - n + 1)]


def features(names, groups):
    """Return how often each name has each group: (N, G)."""
    column = {group: i for i, group in enumerate(groups)}
    X = np.zeros((len(names), len(groups)), np.float32)
    for row, name in zip(X, names, strict=True):
        for group in groups_of(name):
            if group in column:
                row[column[group]] += 1
    return X


def naive_bayes(train, valid, vocab, rng):
    """Count the groups of each clade, and one more of each."""
    groups = sorted({g for name in train.names for g in groups_of(name)})
    counts = np.eye(K)[train.clades].T @ features(train.names, groups) + 1  # (K, G)
    weights = np.log(counts / counts.sum(axis=1, keepdims=True)).T
    return lambda names: log_prior(train.clades) + features(names, groups) @ weights


def logistic(train, valid, vocab, rng):
    """Weigh the same groups by descent on the surprise; the penalty is chosen on `valid`."""
    groups = sorted({g for name in train.names for g in groups_of(name)})
    X, Y = features(train.names, groups), np.eye(K, dtype=np.float32)[train.clades]
    best = None
    for penalty in (1e-4, 1e-3, 1e-2):
        params = {"W": np.zeros((len(groups), K), np.float32), "b": log_prior(train.clades)}
        adam = rl.Adam(0.02)
        for _ in range(150):
            blame = (softmax(X @ params["W"] + params["b"]) - Y) / len(X)
            grads = {"W": X.T @ blame.astype(np.float32) + penalty * params["W"]}
            adam.step(params, grads | {"b": blame.sum(axis=0)})

        def scores(names, W=params["W"], b=params["b"]):
            return features(names, groups) @ W + b

        nats = surprise(scores(valid.names), valid.clades)
        if best is None or nats < best[0]:
            best = nats, scores
    return best[1]


def counters(train, valid, vocab, rng):
    """Fit one Kneser–Ney counter of order 4 to the names of each clade."""
    own = [[n for n, c in zip(*train, strict=True) if c == k] for k in range(K)]
    fitted = [rl.KneserNey(4, 0.9, vocab).fit(names) if names else None for names in own]

    def scores(names):
        log_p = np.full((len(names), K), -np.inf)
        for k, counter in enumerate(fitted):
            if counter:
                log_p[:, k] = [np.log(p).sum() for p in counter.symbol_probabilities(names)]
        return log_p + log_prior(train.clades)

    return scores


def fit(model, batches, validation, steps=600, lr=3e-3, schedule=rl.no_decay):
    """Train for about so many steps, at most 100 epochs, and keep the best epoch."""
    epochs = min(100, max(20, steps // len(batches)))
    options = dict(clip_norm=1.0, workers=1, progress=False, callbacks=[rl.KeepBest()])
    options |= dict(epochs=epochs, validation=validation, schedule=schedule)
    rl.fit(model, batches, rl.Adam(lr), **options)
    return model


class MeanClassifier(rl.SequenceClassifier):
    """Reads the mean of the valid states instead of the last."""

    def forward(self, ids, mask=None, train=False):
        """Keep the weights of the mean, then do as always."""
        mask = np.ones(np.shape(ids), np.float32) if mask is None else mask
        self.weights = (mask / mask.sum(axis=0))[..., None]
        return super().forward(ids, mask, train)

    def _choose(self, hs):
        return (self.weights * hs).sum(axis=0)

    def _spread(self, dread, shape):
        return self.weights * dread


class CarelessClassifier(rl.SequenceClassifier):
    """Reads the state after the padding."""

    def forward(self, ids, mask=None, train=False):
        """Ignore the mask."""
        return super().forward(ids, None, train)


def classifier(train, valid, vocab, rng, *, kind=rl.SequenceClassifier, forget=False, **settings):
    """Train a network to predict the clade; `forget` the mask afterwards."""
    size = dict(embedding_dim=16, dropout=0.3)
    model = kind(len(vocab), 64, K, **size, **settings, rng=rng)
    batches = rl.labelled_batches(vocab, *train, 32, rng)
    fit(model, batches, rl.labelled_batches(vocab, *valid, 256))

    def scores(names):
        batches = rl.labelled_batches(vocab, names, [0] * len(names), 256)
        masks = [None if forget else b.mask for b in batches]
        found = [model.forward(b.inputs, m)[0] for b, m in zip(batches, masks, strict=True)]
        return np.concatenate(found)

    return scores


def log_p_of_names(model, vocab, names, label=None):
    """Return ln p(name), or ln p(name | clade): (N,)."""
    found = []
    for b in rl.padded_batches(vocab, names, 256):
        labels = None if label is None else np.full(b.inputs.shape[1], label)
        log_p = log_softmax(model.forward(b.inputs, labels=labels)[0].astype(np.float64))
        log_p = np.take_along_axis(log_p, b.targets[..., None], axis=-1)[..., 0]
        found.append((log_p * b.mask).sum(axis=0))
    return np.concatenate(found)


def language_model(vocab, rng, **settings):
    """Build a GRU that writes names."""
    size = dict(cell="gru", embedding_dim=16, dropout=0.3)
    return rl.LanguageModel(len(vocab), 64, **size, **settings, rng=rng)


def told_model(train, valid, vocab, rng):
    """Train one GRU to write the names of every clade, for twice as many steps."""
    model = language_model(vocab, rng, num_classes=K)
    batches = rl.padded_batches(vocab, train.names, 32, rng, labels=train.clades)
    check = rl.padded_batches(vocab, valid.names, 256, labels=valid.clades)
    return fit(model, batches, check, steps=1200, lr=5e-3, schedule=rl.cosine_decay)


def told(train, valid, vocab, rng, *, backwards=False):
    """One GRU that is told the clade, turned round; it may write from the last letter on."""

    def turned(names):
        return [name[::-1] for name in names] if backwards else names

    sets = [Names(turned(part.names), part.clades) for part in (train, valid)]
    model = told_model(*sets, vocab, rng)

    def scores(names):
        log_p = [log_p_of_names(model, vocab, turned(names), k) for k in range(K)]
        return np.transpose(log_p) + log_prior(train.clades)

    return scores


def one_each(train, valid, vocab, rng):
    """Train one GRU for each clade, and turn them round."""
    models = []
    for k in range(K):
        own, held = ([n for n, c in zip(*part, strict=True) if c == k] for part in (train, valid))
        model = language_model(vocab, rng)
        if own:
            fit(model, rl.padded_batches(vocab, own, 32, rng), rl.padded_batches(vocab, held, 256))
        models.append(model)

    def scores(names):
        log_p = [log_p_of_names(model, vocab, names) for model in models]
        return np.transpose(log_p) + log_prior(train.clades)

    return scores


def majority(train, valid, vocab, rng):
    """Answer with the prior, whatever the name."""
    return lambda names: np.tile(log_prior(train.clades), (len(names), 1))


MODELS = {
    "majority": majority,
    "naive Bayes": naive_bayes,
    "logistic regression": logistic,
    "Kneser–Ney for each clade": counters,
    "RNN": partial(classifier, cell="rnn"),
    "GRU": partial(classifier, cell="gru"),
    "bidirectional GRU": partial(classifier, cell="gru", bidirectional=True),
    "GRU told the clade": told,
    "told, name backwards": partial(told, backwards=True),
    "GRU for each clade": one_each,
}
FEW = {
    "bidirectional GRU": ["all"],
    "GRU told the clade": [200, "all"],
    "told, name backwards": ["all"],
}
"""The sizes of models that are slow to train."""
READINGS = {
    "GRU, mean of states": partial(classifier, cell="gru", kind=MeanClassifier),
    "GRU, mask forgotten": partial(classifier, cell="gru", forget=True),
    "RNN, after padding": partial(classifier, cell="rnn", kind=CarelessClassifier),
    "GRU, after padding": partial(classifier, cell="gru", kind=CarelessClassifier),
}
"""Other ways to read the states, on all names only."""


def surprise(scores, clades):
    """Return the mean nats at the true clades."""
    return -log_softmax(np.asarray(scores, np.float64))[np.arange(len(clades)), clades].mean()


def clade(model, size, seed):
    """Fit one model to the first names of a split; return its share right and its surprise."""
    (train, valid, test), vocab = split_names(seed)
    if size != "all":
        train = Names(train.names[:size], train.clades[:size])
    scores = (MODELS | READINGS)[model](train, valid, vocab, np.random.default_rng(seed))
    found = scores(test.names)
    right = (found.argmax(axis=1) == test.clades).mean()
    return [dict(task="clade", model=model, part=size, score=right, nats=surprise(found, test[1]))]


def write(seed):
    """Let the GRU that is told the clade write 300 names of each; sort them back, and count."""
    (train, valid, _), vocab = split_names(seed)
    rng = np.random.default_rng(seed)
    model, judge = told_model(train, valid, vocab, rng), naive_bayes(train, valid, vocab, rng)
    rows = []
    for k, name in enumerate(CLADES):
        options = dict(stop="\n", label=k, num_samples=300, length=40, rng=rng)
        written = rl.generate(model, vocab, **options)
        written = [w or "a" for w in written]
        right = (judge(written).argmax(axis=1) == k).mean()
        raptors = np.mean(["raptor" in w for w in written])
        rows.append(dict(task="write", model="GRU told the clade", part=name, score=right))
        rows.append(dict(task="raptor", model="GRU told the clade", part=name, score=raptors))
        real = [n for n, c in zip(*train, strict=True) if c == k]
        raptors = np.mean(["raptor" in n for n in real])
        rows.append(dict(task="raptor", model="real names", part=name, score=raptors))
    return rows


class Text(NamedTuple):
    """The words of some tales in lower case, and which have a capital and end a sentence."""

    words: list
    marks: np.ndarray  # (N, 2) of bool


def unmarked(tales):
    """Take the capitals and marks out of tales, whose first line is a title."""
    body = "\n".join(tale.split("\n", 1)[1] for tale in tales)
    found = list(re.finditer(r"[^\W\d_]+(?:'[^\W\d_]+)*", body))
    ends = [m.start() for m in found[1:]] + [len(body)]
    stops = [bool(re.search("[.?!]", body[m.end() : e])) for m, e in zip(found, ends, strict=True)]
    capitals = [m[0][0].isupper() for m in found]
    return Text([m[0].lower() for m in found], np.array([capitals, stops]).T)


@cache
def split_tales(seed):
    """Return three texts, and the vocabulary of the first."""
    parts = [unmarked(part) for part in rl.split(rl.tales().strip().split("\n\n\n"), seed=seed)]
    return parts, rl.Vocabulary.from_words(" ".join(parts[0].words), min_count=2)


def rows_of(text, delay):
    """Cut a text into rows of 41 words with their tags, which may come late."""
    tags = text.marks @ (1, 2)
    ids, late = [], np.concatenate([np.zeros(delay, int), tags])[: len(tags)]
    starts = range(0, len(tags) - WORDS, WORDS)
    ids = [text.words[s : s + WORDS + 1] for s in starts]
    labels = [late[s : s + WORDS + 1].copy() for s in starts]
    for row in labels:
        row[:delay] = 0  # belongs to the row before
    return ids, labels


def tagger(seed, *, cell="gru", delay=0, bidirectional=False):
    """Train a network on the words; return the probabilities of both marks on valid and test."""
    (train, valid, test), vocab = split_tales(seed)
    rng = np.random.default_rng(seed)
    size = dict(cell=cell, embedding_dim=64, dropout=0.3, bidirectional=bidirectional)
    model = rl.SequenceTagger(len(vocab), 64, 4, **size, rng=rng)
    batches = [rl.labelled_batches(vocab, *rows_of(train, delay), 32, rng)]
    batches += [rl.labelled_batches(vocab, *rows_of(part, delay), 256) for part in (valid, test)]
    options = dict(clip_norm=1.0, workers=1, progress=False, callbacks=[rl.KeepBest()])
    rl.fit(model, batches[0], rl.Adam(5e-3), epochs=10, validation=batches[1], **options)
    found = []
    for part in batches[1:]:
        p = np.concatenate([softmax(model.forward(b.inputs)[0]) for b in part], axis=1)
        p = p[delay : WORDS + delay].swapaxes(0, 1).reshape(-1, 4)  # (N, 4)
        found.append(np.stack([p[:, 1] + p[:, 3], p[:, 2] + p[:, 3]], axis=1))
    return found


def counted(seed, *, after=True):
    """Count both marks with the word and its neighbour, backing off to fewer words."""
    (train, valid, test), _ = split_tales(seed)

    def contexts(words, part):
        before, following = ["", *words[:-1]], [*words[1:], ""]
        if part == 1:
            longest = (
                zip(words, following, strict=True) if after else zip(before, words, strict=True)
            )
            shorter = following if after else words
        else:
            longest, shorter = zip(before, words, strict=True), words
        return [((), s, both) for s, both in zip(shorter, longest, strict=True)]

    found = [np.zeros((len(text.words) // WORDS * WORDS, 2)) for text in (valid, test)]
    for part in (0, 1):
        total, marked = Counter(), Counter()
        for three, mark in zip(contexts(train.words, part), train.marks[:, part], strict=True):
            for context in three:
                total[context] += 1
                marked[context] += int(mark)
        for p, text in zip(found, (valid, test), strict=True):
            for i, three in enumerate(contexts(text.words, part)[: len(p)]):
                guess = 0.0
                for context in three:
                    guess = (marked[context] + guess) / (total[context] + 1)
                p[i, part] = guess
    return found


MARKERS = {
    "counting, word and neighbour": counted,
    "counting from the left": partial(counted, after=False),
    "GRU from the left": tagger,
    "LSTM from the left": partial(tagger, cell="lstm"),
    "GRU, one word late": partial(tagger, delay=1),
    "bidirectional GRU": partial(tagger, bidirectional=True),
}


def f1(guess, truth):
    """Return the harmonic mean of precision and recall."""
    return 2 * (guess & truth).sum() / max(guess.sum() + truth.sum(), 1)


def marks(model, seed):
    """Restore capitals and ends of sentences; return a row for each."""
    (_, *held), _ = split_tales(seed)
    rows, found = [], MARKERS[model](seed)
    for i, part in enumerate(("capital", "stop")):
        (p, y), (q, z) = (
            (p[:, i].astype(float), text.marks[: len(p), i])
            for p, text in zip(found, held, strict=True)
        )
        best = max(np.linspace(0.05, 0.95, 91), key=lambda t: f1(p > t, y))
        nats = -np.log(np.where(z, q, 1 - q).clip(1e-12)).mean()
        scores = dict(score=f1(q > 0.5, z), tuned=f1(q > best, z), nats=nats)
        rows.append(dict(task="marks", model=model, part=part, **scores))
    return rows


def jobs():
    """Yield the function, the arguments and the split of all rows."""
    yield from ((write, (seed,)) for seed in SPLITS)
    for seed in SPLITS:
        for model in MARKERS:
            yield marks, (model, seed)
        for size in reversed(SIZES):
            for model in MODELS:
                if size in FEW.get(model, SIZES):
                    yield clade, (model, size, seed)
        for model in READINGS:
            yield clade, (model, "all", seed)


COLUMNS = "task", "model", "part", "split", "score", "tuned", "nats", "seconds"


def first_row(task, what):
    """Return the model and the part of one row of a job, by which one sees that it was done."""
    if task == "clade":
        return what
    return (*what, "stop") if task == "marks" else ("GRU told the clade", CLADES[0])


def main():
    """Make all rows; the table is written after each job, so that nothing is lost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--missing", action="store_true", help="keep the rows that are there")
    old = tables.read(TABLE, COLUMNS[:4]) if parser.parse_args().missing else {}
    rows = list(old.values())
    numbers = dict(score=4, tuned=4, nats=4, seconds=1)
    for function, arguments in jobs():
        *what, seed = arguments
        task = function.__name__
        if tables.as_key((task, *first_row(task, what), seed)) in old:
            continue
        start = time.process_time()
        found = function(*arguments)
        for row in found:
            row |= dict(split=seed, seconds=time.process_time() - start)
            text = {c: f"{row[c]:.{d}f}" for c, d in numbers.items() if c in row}
            rows.append({c: text.get(c, row.get(c, "")) for c in COLUMNS})
            print(" ".join(map(str, rows[-1].values())), flush=True)
        rl.write_ledger(TABLE, rows)


if __name__ == "__main__":
    main()
