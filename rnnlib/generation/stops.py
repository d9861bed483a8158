"""Where writing ends: stops of one or more symbols, which are not part of the text."""

import numpy as np

from ..errors import require, require_type
from ..text.splitters import UNKNOWN, Merges


class Stops:
    r"""Texts that end what is written.

    Parameters
    ----------
    vocab : Vocabulary
    stop : str, or list of str, or None
        Each of one or more symbols: "\n", or "\n\n".

    Raises
    ------
    ValueError, TypeError
        An empty stop, or one with a symbol that is not in the vocabulary.
    """

    def __init__(self, vocab, stop):
        self.vocab, self.texts = vocab, _texts(stop)
        rows = [tuple(vocab.encode(text).tolist()) for text in self.texts]
        for text, row in zip(self.texts, rows, strict=True):
            symbols = [vocab.symbols[i] for i in row]
            require(row, f"A stop must hold at least one symbol, got {text!r}.")
            require(
                UNKNOWN not in symbols or UNKNOWN in text,
                f"The stop {text!r} is not among the words of the vocabulary: it would never come.",
            )
        self.rows = sorted(rows, key=len, reverse=True)
        # in merged symbols a stop may begin or end in the middle of one: compare letters
        letters = set("".join(self.texts))
        self.hidden = isinstance(vocab.splitter, Merges) and any(
            len(symbol) > 1 and not letters.isdisjoint(symbol) for symbol in vocab.symbols
        )
        self.reach = max(map(len, self.texts), default=0)  # symbols that may take part

    def at_end(self, ids):
        """Return how many of the last ids contain a stop; 0 if they do not end in one."""
        for row in self.rows:
            if tuple(ids[-len(row) :]) == row:
                return len(row)
        text = ""
        for n, i in enumerate(reversed(ids[-self.reach :] if self.hidden else ()), 1):
            text = self.vocab.symbols[i] + text
            if any(stop in text for stop in self.texts):
                return n
        return 0

    def reached(self, columns):
        """Return for each of B texts, given as (T, B) ids, whether it ends in a stop.

        Texts that ended before are filled with -1, and count as not ending here.
        """
        columns = np.asarray(columns[-self.reach :] if self.reach else columns[-1:])
        reached = np.zeros(columns.shape[1], bool)
        for row in self.rows:
            if len(row) == 1:
                reached |= columns[-1] == row[0]
            elif len(row) <= len(columns):
                reached |= (columns[-len(row) :] == np.array(row)[:, None]).all(axis=0)
        if self.hidden:
            for b in np.flatnonzero(~reached & (columns[-1] >= 0)):
                reached[b] = self.at_end(columns[:, b].tolist()) > 0
        return reached

    def text(self, prompt, ids):
        """Return the text of a prompt's ids and of those written, without the stop at their end."""
        kept = len(ids) - self.at_end(ids)
        text = self.vocab.decode([*prompt, *ids[:kept]])
        rest = self.vocab.decode(ids[kept:]) if self.hidden else ""
        return text + rest[: min((rest.index(s) for s in self.texts if s in rest), default=0)]


def _texts(stop):
    texts = [] if stop is None else [stop] if isinstance(stop, str) else stop
    require_type(
        isinstance(texts, list | tuple) and all(isinstance(text, str) for text in texts),
        f"stop must be a text or a list of texts, got {stop!r:.60}.",
    )
    return list(texts)
