"""Make results/forgeries.csv: how many characters until a forged tale gives itself away.

    python experiments/forgeries.py              # all rows, about 8 CPU minutes
    python experiments/forgeries.py --only LSTM  # the rows of some forgers again
    python experiments/forgeries.py --missing    # the rows that are not there yet

Forgers learn from 52 tales in lower case and write 40,000 characters each.  The detective reads one
word after another and asks only whether it occurs in those 52 tales.  How often it does, in real
tales and in forged ones, is counted on one half of each; the sequential test runs on the other
half, anew after every verdict, until the text is over.  Then the halves are swapped.
"""

import argparse
import re
import time
from functools import cache, partial
from pathlib import Path

import numpy as np
import tables
from sentences import load

import rnnlib as rl

TABLE = Path(__file__).parent.parent / "results" / "forgeries.csv"
COLUMNS = (
    *("source", "seed", "nats", "unknown", "paired", "verdicts", "characters", "median"),
    *("predicted", "right", "real_verdicts", "real_right", "seconds", "sample"),
)
SEEDS = (0, 1, 2)
CERTAIN = np.log(0.95 / 0.05)
WORD = re.compile(r"[a-z]+(?:'[a-z]+)*")


@cache
def texts():
    """Return the training tales, and the 12 held-out tales in two halves, in lower case."""
    tales = rl.tales().lower().split("\n\n\n")
    return "\n\n\n".join(tales[:52]), tales[52:58], tales[58:]


@cache
def known_words():
    """Return the words of the training tales."""
    return set(WORD.findall(texts()[0]))


def clues(text):
    """Return, for each word, whether it is unknown, and where the character after it is."""
    words = list(WORD.finditer(text))
    unknown = np.array([w.group() not in known_words() for w in words])
    return unknown, np.array([w.end() + 1 for w in words])


def rate(unknown):
    """Return the share of unknown words; never 0 or 1."""
    return (unknown.sum() + 0.5) / (len(unknown) + 1)


def verdicts(unknown, ends, forged, real):
    """Run the test again and again; return the characters of each run and its verdicts.

    Parameters
    ----------
    unknown, ends : ndarray (N,)
        From `clues`.
    forged, real : float
        The rates of unknown words.

    Returns
    -------
    lengths : ndarray
    guilty : ndarray of bool
    """
    step = np.where(unknown, np.log(forged / real), np.log((1 - forged) / (1 - real)))
    lengths, guilty, total, begun = [], [], 0.0, 0
    for s, end in zip(step, ends, strict=True):
        total += s
        if abs(total) >= CERTAIN:
            lengths.append(end - begun)
            guilty.append(total > 0)
            total, begun = 0.0, end
    return np.array(lengths), np.array(guilty, dtype=bool)


def predicted(forged, real, letters):
    """Return the characters that Wald's equation predicts until the verdict on a forgery."""
    information = forged * np.log(forged / real)
    information += (1 - forged) * np.log((1 - forged) / (1 - real))
    return 0.9 * CERTAIN / information * letters


def paired(text):
    """Return the share of paragraphs with quotation marks in which their number is even."""
    counts = [p.count('"') for p in text.split("\n\n") if '"' in p]
    return np.mean([n % 2 == 0 for n in counts]) if counts else np.nan


def investigate(forged, real):
    """Read two halves of forged text, given two halves of real tales; return the findings.

    Parameters
    ----------
    forged, real : pair of str
    """
    forged_clues, real_clues = ([clues(t) for t in pair] for pair in (forged, real))
    found, control, hoped = [], [], []
    for one, other in ((0, 1), (1, 0)):
        rates = rate(forged_clues[one][0]), rate(real_clues[one][0])
        found.append(verdicts(*forged_clues[other], *rates))
        control.append(verdicts(*real_clues[other], *rates))
        _, ends = forged_clues[other]
        hoped.append(predicted(*rates, ends[-1] / len(ends)))
    lengths, guilty = map(np.concatenate, zip(*found, strict=True))
    _, accused = map(np.concatenate, zip(*control, strict=True))
    empty = not len(lengths)
    return dict(
        unknown=f"{np.mean(np.concatenate([c[0] for c in forged_clues])):.4f}",
        paired=f"{paired(forged[0] + forged[1]):.3f}",
        verdicts=len(lengths),
        characters="" if empty else f"{lengths.mean():.0f}",
        median="" if empty else f"{np.median(lengths):.0f}",
        predicted=f"{np.mean(hoped):.0f}",
        right="" if empty else f"{guilty.mean():.3f}",
        real_verdicts=len(accused),
        real_right=f"{1 - accused.mean():.3f}" if len(accused) else "",
    )


@cache
def counter(kind, order):
    """Return a counter of the training tales."""
    settings = (order, 0.9) if kind is rl.KneserNey else (order,)
    return kind(*settings, vocab=load().vocab).fit([texts()[0]])


@cache
def network(cell, seed):
    """Train a network as chapter 12 does."""
    data, rng = load(), np.random.default_rng(seed)
    V = len(data.vocab)
    model = rl.LanguageModel(V, 256, cell, embedding_dim=128, dropout=0.1, rng=rng)
    rl.fit(
        model,
        rl.stream_batches(data.train, 32, 32),
        rl.Adam(6e-3),
        epochs=8,
        clip_norm=1.0,
        schedule=rl.cosine_decay,
        workers=1,
        progress=False,
    )
    return model


def write_counting(kind, order, seed, length=20_000):
    """Let a counter write two texts; return them with its score on the last tales."""
    model, rng = counter(kind, order), np.random.default_rng(seed)
    symbols, halves = model.vocab.symbols, []
    for _ in range(2):
        text = "\n\n\n"
        for u in rng.random(length):
            sums = model.probabilities(text[-order:]).cumsum()
            text += symbols[int((sums <= u * sums[-1]).sum())]
        halves.append(text[3:])
    return halves, model.nats_per_symbol(["\n\n\n".join(texts()[2]) + "\n\n\n"])


def write_network(cell, temperature, seed):
    """Let a network write 32 texts of 1,250 characters; return them in two halves."""
    model, data = network(cell, seed), load()
    rng = np.random.default_rng(seed)
    settings = dict(start="", length=1_250, temperature=temperature, num_samples=32, rng=rng)
    pages = rl.generate(model, data.vocab, "\n\n\n", **settings)
    nats = rl.evaluate(model, rl.stream_batches(data.test, 1, 500))
    return ["\n\n".join(pages[i::2]) for i in (0, 1)], nats


SOURCES = {
    "Witten–Bell": partial(write_counting, rl.NGram, 5),
    "Kneser–Ney": partial(write_counting, rl.KneserNey, 7),
    "RNN": partial(write_network, "rnn", 1.0),
    "LSTM": partial(write_network, "lstm", 1.0),
    "LSTM at 0.85": partial(write_network, "lstm", 0.85),
    "LSTM at 0.7": partial(write_network, "lstm", 0.7),
    "LSTM at 0.5": partial(write_network, "lstm", 0.5),
    "real tales": None,
}


def make_row(source, seed):
    """Let one source write, and set the detective on it."""
    start, (_, first, second) = time.process_time(), texts()
    real, nats = ["\n\n\n".join(half) for half in (first, second)], np.nan
    if source == "real tales":  # the control: 3 + 3 tales under suspicion, 3 + 3 to compare with
        order = np.random.default_rng(seed).permutation(12)
        forged, real = (
            ["\n\n\n".join((first + second)[i] for i in order[k : k + 3]) for k in ks]
            for ks in ((0, 3), (6, 9))
        )
    else:
        forged, nats = SOURCES[source](seed)
    findings = investigate(forged, real)
    seconds = time.process_time() - start
    row = dict(source=source, seed=seed, nats=f"{nats:.4f}", **findings, seconds=f"{seconds:.1f}")
    row["sample"] = forged[0].strip()[:400].replace("\n", "⏎")
    return {name: row[name] for name in COLUMNS}


def main():
    """Make the rows asked for; each is written as soon as it is there."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=SOURCES, default=list(SOURCES))
    parser.add_argument("--missing", action="store_true", help="make only rows that are not there")
    arguments = parser.parse_args()
    rows = tables.read(TABLE, ("source", "seed"), COLUMNS)
    jobs = [(source, seed) for seed in SEEDS for source in arguments.only]
    if arguments.missing:
        jobs = [job for job in jobs if tables.as_key(job) not in rows]
    order = [(source, seed) for source in SOURCES for seed in SEEDS]
    tables.fill(TABLE, rows, jobs, make_row, order)


if __name__ == "__main__":
    main()
