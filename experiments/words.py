"""Make results/words.csv: characters, merges and words compared on the six held-out tales.

    python experiments/words.py             # three seeds, about nine minutes on one core

Every model gives the same text a probability, so their scores can be compared.  A model of words
spells what it does not know: a word w has the probability p(w) + p(<unk>) s(w), where the speller
s is a counter of letters, fitted on the words that the training tales contain once.

Rows with ``seen`` = "all" are in bits per character of the whole text.  The others are in bits per
word, for the words that the training tales contain so often; `lead` is how many bits the LSTM of
characters with the same seed needs more, `error` the standard error of that difference.  For
networks of words, `twins` is the share of words that have their twin ("the" and "The") among their
ten nearest neighbours; `moved`, for those that are not tied, is the same for what training changed,
the rows less their start.  "characters, longer" shows what more time gives; it has no `lead`.
"""

import argparse
import time
from collections import Counter
from pathlib import Path

import numpy as np

import rnnlib as rl
from rnnlib.functional import softmax

TABLE = Path(__file__).parent.parent / "results" / "words.csv"
COLUMNS = (
    "model",
    "seed",
    "seen",
    "symbols",
    "bits",
    "lead",
    "error",
    "twins",
    "moved",
    "parameters",
    "seconds",
)
SEEN = {
    "never": (0, 0),
    "once": (1, 1),
    "twice": (2, 2),
    "3–4": (3, 4),
    "5–9": (5, 9),
    "10–29": (10, 29),
    "30–99": (30, 99),
    "100 and more": (100, 10**9),
}
BREAK = "\n\n\n"
"""Two empty lines end a tale."""

NETWORKS = {
    "characters": dict(hidden_size=192, embedding_dim=96, dropout=0.1),
    "characters, longer": dict(hidden_size=192, embedding_dim=96, dropout=0.2),
    "merges": dict(hidden_size=192, embedding_dim=96, dropout=0.2),
    "words": dict(hidden_size=192, embedding_dim=192, dropout=0.5),
    "words, tied": dict(hidden_size=192, embedding_dim=192, dropout=0.5, tie_weights=True),
}
TRAINING = {  # rows, window, Adam's rate, epochs
    "characters": (32, 32, 6e-3, 6),
    "characters, longer": (32, 32, 6e-3, 16),
    "merges": (16, 32, 5e-3, 6),
    "words": (16, 32, 5e-3, 10),
    "words, tied": (16, 32, 5e-3, 10),
}


def load():
    """Return the training, validation and test tales, each as one text."""
    tales = rl.tales().split(BREAK)
    parts = tales[:52], tales[52:58], tales[58:]
    return [BREAK.join(part) + BREAK for part in parts]


def vocabularies(train, num_merges=500):
    """Return the symbols of each kind; all learn from the training tales, but know all letters."""
    characters = rl.Vocabulary.from_text(rl.tales())
    merges = rl.Vocabulary.from_merges(train, num_merges)
    return {
        "characters": characters,
        "merges": rl.Vocabulary(sorted({*merges.symbols, *characters.symbols}), merges.splitter),
        "words": rl.Vocabulary.from_words(train, min_count=2),
    }


def untrained(name, vocab, seed):
    """Return a network as it begins."""
    rng = np.random.default_rng(seed)
    return rl.LanguageModel(len(vocab), cell="lstm", rng=rng, **NETWORKS[name])


def train_network(name, vocab, train, seed, epochs=None):
    """Return a trained network."""
    rows, window, rate, default = TRAINING[name]
    model = untrained(name, vocab, seed)
    rl.fit(
        model,
        rl.stream_batches(vocab.encode(train), rows, window),
        rl.Adam(rate),
        epochs=epochs or default,
        clip_norm=1.0,
        schedule=rl.cosine_decay,
        workers=1,
    )
    return model


def network_distributions(model, vocab, text):
    """Return a row (V,) of probabilities for each symbol of a text that follows a break."""
    ids = vocab.encode(BREAK + text)[:-1]
    logits, _, _ = model.forward(ids[:, None])
    first = len(vocab.encode(BREAK)) - 1
    return softmax(logits[first:, 0].astype(np.float64))


def counter_distributions(counter, text):
    """Return the same for a counter."""
    width = counter.order - 1
    marked = ["\n"] * width + counter.vocab.splitter.split(text)
    contexts = (marked[i : i + width] for i in range(len(marked) - width))
    return np.stack([counter.probabilities(context) for context in contexts])


def chosen(p, vocab, text):
    """Return the probability of each symbol of the text."""
    return np.take_along_axis(p, vocab.encode(text)[:, None], axis=1)[:, 0]


def speller(train, characters, order=5):
    """Return a counter of letters, fitted on the words that a text contains once."""
    words = Counter(rl.Vocabulary.from_words(train).splitter.split(train))
    return rl.KneserNey(order, 0.9, characters).fit(
        w for w, n in words.items() if n == 1 and w != "\n"
    )


def spelt(p, vocab, text, spell):
    """Return p(w) + p(<unk>) s(w) for each word and mark of the text."""
    symbols = vocab.splitter.split(text)
    kinds = [w for w in dict.fromkeys(symbols) if w != "\n"]
    s = {w: q.prod() for w, q in zip(kinds, spell.symbol_probabilities(kinds), strict=True)}
    unknown = p[:, vocab.encode(["<unk>"])[0]]
    known = np.array([w in vocab for w in symbols])
    return known * chosen(p, vocab, text) + unknown * np.array([s.get(w, 0.0) for w in symbols])


def symbol_by_symbol(p, characters, text, symbols):
    """Return the probability that a model of characters gives to each word and mark.

    A word is over when a character comes that is neither a letter nor an apostrophe or hyphen.
    The probability that it is over belongs to the word; which character comes then, to the next.
    """
    over = np.array([not (c.isalnum() or c in "'’-_") for c in characters.symbols])
    ends = p[:, over].sum(axis=1)
    log_p, log_ends = np.log(chosen(p, characters, text)), np.log(ends)
    found, at, after_word = [], 0, False
    for symbol in symbols:
        start, at = at, text.index(symbol, at) + len(symbol)  # the blank before it, too
        cost = log_p[start:at].sum() - (log_ends[start] if after_word else 0)
        after_word = symbol[0].isalnum() and at < len(text)
        found.append(cost + (log_ends[at] if after_word else 0))
    return np.exp(found)


def twins(vectors, words, train, least=5, nearest=10):
    """Return the share of words whose twin, with or without a capital, is among the nearest.

    Parameters
    ----------
    vectors : ndarray (V, E)
    words : Vocabulary
    train : str
        Neighbours are words that it contains `least` times.
    """
    times = Counter(words.splitter.split(train))
    common = [w for w in words.symbols if times[w] >= least]
    place = {w: i for i, w in enumerate(common)}
    x = vectors[words.encode(common)]
    x = x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-12)
    cosine = x @ x.T
    np.fill_diagonal(cosine, -np.inf)
    pairs = [(w, w.lower()) for w in common if w.istitle()]
    pairs = [(place[a], place[b]) for a, b in pairs if b in place]
    pairs += [(b, a) for a, b in pairs]
    ranks = np.array([(cosine[a] > cosine[a, b]).sum() for a, b in pairs])
    return np.mean(ranks < nearest)


def rows_of(name, seed, p, symbols, text, seen, base, extra=("",) * 4):
    """Yield the rows of a model that gives the symbols of a text the probabilities p.

    `base` has the bits of the LSTM of characters, or is None; `extra` has the last four columns.
    """
    bits = -np.log2(p)

    def row(label, n, mean, lead="", error=""):
        values = name, seed, label, n, f"{mean:.4f}", lead, error, *extra
        return dict(zip(COLUMNS, values, strict=True))

    yield row("all", len(p), bits.sum() / len(text))
    if symbols is None:
        return
    is_word = np.array([w[0].isalnum() for w in symbols])
    for label, (low, high) in SEEN.items():
        group = is_word & (seen >= low) & (seen <= high)
        compared = ()
        if base is not None:
            ahead = (base - bits)[group]
            error = ahead.std(ddof=1) / np.sqrt(len(ahead))
            compared = f"{ahead.mean():.4f}", f"{error:.4f}"
        yield row(label, group.sum(), bits[group].mean(), *compared)


def counted(vocabs, train):
    """Return the best counter of each kind, as the validation tales choose it."""
    orders = {"characters": 7, "merges": 4, "words": 3}
    return {
        name: rl.KneserNey(orders[name], 0.9, vocab).fit([train]) for name, vocab in vocabs.items()
    }


def make_rows(seed, networks=NETWORKS):
    """Train the networks of one seed; yield all rows, those of the mixtures last."""
    train, _, text = load()
    vocabs = vocabularies(train)
    characters, words = vocabs["characters"], vocabs["words"]
    symbols = words.splitter.split(text)
    times = Counter(words.splitter.split(train))
    seen, spell = np.array([times[w] for w in symbols]), speller(train, characters)
    p, extra = {}, {}
    for name in networks:
        vocab, start = vocabs[name.split(",")[0]], time.process_time()
        model = train_network(name, vocab, train, seed)
        seconds, vectors = time.process_time() - start, model.params["embedding.W"]
        near = moved = ""
        if vocab is words:
            near = f"{twins(vectors, words, train):.3f}"
            if name == "words":
                start = untrained(name, vocab, seed).params["embedding.W"]
                moved = f"{twins(vectors - start, words, train):.3f}"
        extra[name] = near, moved, sum(w.size for w in model.params.values()), f"{seconds:.0f}"
        p[name] = network_distributions(model, vocab, text)
    for name, counter in counted(vocabs, train).items():
        p[f"{name}, counted"] = counter_distributions(counter, text)
        p[f"{name}, both"] = (p[name] + p[f"{name}, counted"]) / 2
    p["characters, longer, both"] = (p["characters, longer"] + p["characters, counted"]) / 2
    final = {}
    for name, q in p.items():
        kind = name.split(",")[0]
        if kind == "characters":
            final[name] = symbol_by_symbol(q, characters, text, symbols)
        elif kind == "words":
            final[name] = spelt(q, words, text, spell)
    uniform = rl.NGram(0, characters).fit(["a"])
    final["words, spelt at random"] = spelt(p["words"], words, text, uniform)
    final["characters and words"] = (final["characters"] + final["words"]) / 2
    final["all four"] = (final["characters, both"] + final["words, both"]) / 2
    final["all four, longer"] = (final["characters, longer, both"] + final["words, both"]) / 2
    base = -np.log2(final["characters"])
    for name in (*p, *(n for n in final if n not in p)):
        numbers = extra.get(name, ("",) * 4)
        if name in final:
            other = None if "longer" in name else base
            yield from rows_of(name, seed, final[name], symbols, text, seen, other, numbers)
        else:
            q = chosen(p[name], vocabs["merges"], text)
            yield from rows_of(name, seed, q, None, text, seen, base, numbers)


def main():
    """Make all rows; the table is written after each seed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    arguments = parser.parse_args()
    rows = []
    for seed in range(arguments.seeds):
        for row in make_rows(seed):
            print(*row.values(), flush=True)
            rows.append(row)
        rl.write_ledger(TABLE, rows)


if __name__ == "__main__":
    main()
