"""Make results/dictionary.csv: counting and networks translate short sentences.

    python experiments/dictionary.py             # three seeds, some minutes on one core

All learn from the same pairs and translate sentences with combinations of words that training
never shows.  `words` is the share of French words written that are in the right translation,
`fluent` the share of neighbouring words that are neighbours somewhere in the training French,
and `surprise` the nats per word of the right translation.  `prefer_right` is the share of
sentences written wrong to which the model itself prefers the right translation: only these
can a better search put right.
"""

import argparse
import time
from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import sacrebleu
from translation import train, vocabularies

import rnnlib as rl
from rnnlib.functional import log_softmax
from rnnlib.generation.translation import translate_ids

TABLE = Path(__file__).parent.parent / "results" / "dictionary.csv"
SEEDS = (0, 1, 2)
LONGEST = 7
"""French words, the full stop included."""
WIDTHS = (1, 4)
"""Of the beam; 1 is greedy decoding."""


@cache
def load(seed, drawn=20_000):
    """Draw pairs, keep the short ones, split them by combination and cut them into words."""
    pairs = rl.translation_pairs(drawn, np.random.default_rng(seed))
    short = [pair for pair in pairs if len(pair[1].split()) <= LONGEST]
    training, _, test = rl.split_by_combination(short)
    test = [pair for part in test.values() for pair in part]
    return [[(e.split(), f.split()) for e, f in part] for part in (training, test)]


SMALL = dict(epochs=9, units=64, batch_size=32, lr=1e-2, progress=False)
"""The networks, and how they are trained."""


def dice(pairs):
    """Return a table (English, French): in how many sentences both are, by how many each is."""
    source, target = vocabularies(pairs)
    e, f = (
        np.array([np.isin(vocab.symbols, pair[side]) for pair in pairs], float)
        for side, vocab in enumerate((source, target))
    )
    return 2 * e.T @ f / (e.sum(axis=0)[:, None] + f.sum(axis=0))


def ibm_1(pairs, rounds=8):
    """Return t(French | English) by expectation and maximization; the last row is the null word."""
    source, target = vocabularies(pairs)
    null = len(source)
    ids = [(np.append(source.encode(e), null), target.encode(f)) for e, f in pairs]
    t = np.full((null + 1, len(target)), 1 / len(target))
    for _ in range(rounds):
        counts = np.zeros_like(t)
        for e, f in ids:
            block = t[np.ix_(e, f)]
            np.add.at(counts, np.ix_(e, f), block / block.sum(axis=0))
        t = counts / counts.sum(axis=1, keepdims=True)
    return t


def word_by_word(table, source, target, sentences):
    """Translate each word by its best entry."""
    best = table.argmax(axis=1)
    return [target.decode(best[source.encode(english)]) for english in sentences]


def log_p(source, target, model, pairs):
    """Return the log-probability of each translation, and of its words without the end mark."""
    sums = []
    for batch in rl.pair_batches(source, target, pairs, 1):
        logits, _, _ = model.forward(batch.inputs)
        chosen = np.take_along_axis(log_softmax(logits), batch.targets[..., None], axis=2)
        sums.append((chosen.sum(), chosen[:-1].sum()))
    return np.transpose(sums)


def score(written, pairs, seen):
    """Return BLEU, chrF and the other columns that need nothing but what was written."""
    right = [" ".join(french) for _, french in pairs]
    bleu = sacrebleu.corpus_bleu(written, [right], tokenize="none", force=True)
    steps = Counter(pair in seen for text in written for pair in pairwise([*text.split(), "\n"]))
    return dict(
        bleu=f"{bleu.score:.1f}",
        chrf=f"{sacrebleu.corpus_chrf(written, [right]).score:.1f}",
        exact=f"{np.mean([w == r for w, r in zip(written, right, strict=True)]):.4f}",
        words=f"{bleu.precisions[0] / 100:.3f}",
        fluent=f"{steps[True] / steps.total():.3f}",
        length=f"{bleu.sys_len / bleu.ref_len:.3f}",
    )


def make_rows(seed, training, test):
    """Return the rows of one seed."""
    source, target = vocabularies(training)
    sentences, right = zip(*test, strict=True)
    seen = {pair for _, french in training for pair in pairwise([*french, "\n"])}
    words = sum(map(len, right))
    start = dict(seed=seed, training=len(training), test=len(test))
    nothing = dict.fromkeys(("bleu", "chrf", "exact", "words", "fluent", "length"), "")

    french = rl.KneserNey(3, vocab=target).fit([f for _, f in training])
    p = np.concatenate([row[:-1] for row in french.symbol_probabilities(right)])
    surprise = dict(surprise=f"{-np.log(p).mean():.3f}", prefer_right="", seconds="")
    yield start | dict(model="French trigram", width="") | nothing | surprise

    for name, make in (("Dice", dice), ("IBM model 1", ibm_1)):
        begun = time.process_time()
        table = make(training)
        seconds = f"{time.process_time() - begun:.1f}"
        surprise = ""
        if name == "IBM model 1":
            ids = [np.append(source.encode(e), len(source)) for e in sentences]
            p = [
                table[e][:, target.encode(f)].mean(axis=0) for e, f in zip(ids, right, strict=True)
            ]
            surprise = f"{-np.log(np.concatenate(p)).mean():.3f}"
        scores = score(word_by_word(table, source, target, sentences), test, seen)
        last = dict(surprise=surprise, prefer_right="", seconds=seconds)
        yield start | dict(model=name, width="") | scores | last

    for name in ("bottleneck", "attention"):
        begun = time.process_time()
        _, _, model = train(training, name == "attention", seed, **SMALL)
        seconds = f"{time.process_time() - begun:.1f}"
        whole, inner = log_p(source, target, model, test)
        for width in WIDTHS:
            ids = [source.encode(english) for english in sentences]
            ids = translate_ids(model, ids, end=0, max_length=15, beam_width=width)
            written = [target.decode(row) for row in ids]
            own = [(e, target.encode(w.split())) for e, w in zip(sentences, written, strict=True)]
            own = [(e, [target.symbols[i] for i in row]) for e, row in own]
            mine, _ = log_p(source, target, model, own)
            wrong = np.array([f != w for (_, w), f in zip(own, right, strict=True)])
            last = dict(
                surprise=f"{-inner.sum() / words:.3f}",
                prefer_right=f"{np.mean(whole[wrong] > mine[wrong] + 1e-3):.3f}",
                seconds=seconds,
            )
            yield start | dict(model=name, width=width) | score(written, test, seen) | last


def main():
    """Make all rows; the table is written after each seed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.parse_args()
    rows = []
    for seed in SEEDS:
        for row in make_rows(seed, *load(seed)):
            print(*row.values(), flush=True)
            rows.append(row)
            rl.write_ledger(TABLE, rows)


if __name__ == "__main__":
    main()
