"""Symbols and their numbers."""

from collections import Counter

import numpy as np

from .splitters import UNKNOWN, Characters, Merges, Words

END = "\n"
"""The mark that starts and ends a name, and fills the short rows of a batch."""


class Vocabulary:
    r"""A two-way table between symbols and ids 0, 1, …, V-1.  Chapter 3.

    Symbols are kept sorted, so that the same text gives the same ids on every machine and in
    every run; with names, "\n" is id 0.

    Parameters
    ----------
    symbols : iterable of str
        The distinct symbols, in the order of their ids.
    splitter : Characters, Words or Merges
        Cuts a text into symbols and joins them again.

    Raises
    ------
    ValueError
        No symbols, or one that occurs twice.
    """

    def __init__(self, symbols, splitter=Characters()):  # noqa: B008 (it has no state)
        self.symbols, self.splitter = tuple(symbols), splitter
        if not self.symbols:
            raise ValueError("A vocabulary needs at least one symbol; the text given is empty.")
        self._id = {symbol: i for i, symbol in enumerate(self.symbols)}
        if len(self._id) < len(self.symbols):
            twice = next(s for i, s in enumerate(self.symbols) if self._id[s] != i)
            raise ValueError(f"The symbol {twice!r} occurs twice; symbols must be distinct.")

    @classmethod
    def from_text(cls, text):
        r"""Collect the characters of a text.

        Parameters
        ----------
        text : str or iterable of str
            One text, or many short ones such as names.  Many short ones need a mark where each
            ends, so "\n" joins the vocabulary.
        """
        return cls(sorted(set(_joined(text))))

    @classmethod
    def from_words(cls, text, min_count=1):
        r"""Collect the words and punctuation marks of a text.

        The vocabulary also holds "\n", and "<unk>", which stands for every other word.

        Parameters
        ----------
        text : str or iterable of str
            As in `from_text`.
        min_count : int
            Words that occur less often become "<unk>".

        Raises
        ------
        ValueError
            No word occurs so often.
        """
        counts = Counter(Words().split(_joined(text)))
        kept = {symbol for symbol, n in counts.items() if n >= min_count}
        if not kept:
            raise ValueError(
                f"None of the {len(counts)} different words of the text occurs {min_count} times. "
                "Lower min_count, or give more text."
            )
        return cls(sorted(kept | {END, UNKNOWN}), Words())

    @classmethod
    def from_merges(cls, text, num_merges):
        """Collect the characters of a text, and what its most frequent pairs merge into.

        Parameters
        ----------
        text : str or iterable of str
            As in `from_text`.
        num_merges : int
            The most merges to learn, see `Merges.learn`.
        """
        text = _joined(text)
        merges = Merges.learn(text, num_merges)
        return cls(sorted(set(text) | {a + b for a, b in merges.pairs}), merges)

    def __len__(self):
        return len(self.symbols)

    def __contains__(self, symbol):
        return symbol in self._id

    def __eq__(self, other):
        return isinstance(other, Vocabulary) and self._value == other._value

    def __hash__(self):
        return hash(self._value)

    def __repr__(self):
        return f"Vocabulary({len(self)} symbols: {self._listed})"

    @property
    def _value(self):
        return self.symbols, self.splitter

    @property
    def _listed(self):
        blank = " " if max(map(len, self.symbols)) > 1 else ""
        return _shorten(blank.join(self.symbols), 80)

    def encode(self, text):
        """Return the ids of a text.

        Parameters
        ----------
        text : str, or sequence of symbols, of length T

        Returns
        -------
        ndarray (T,) of int64

        Raises
        ------
        ValueError
            A symbol is not in the vocabulary; says which, and where it stands.  In a vocabulary of
            words it is "<unk>" instead.
        """
        symbols = self.splitter.split(text) if isinstance(text, str) else list(text)
        unknown = self._id.get(self.splitter.unknown)
        ids = [self._id.get(symbol, unknown) for symbol in symbols]
        if None in ids:
            place = ids.index(None)
            symbol = symbols[place]
            if isinstance(text, str):
                place = sum(map(len, symbols[:place]))
            raise ValueError(
                f"The symbol {symbol!r} at position {place} of {_shorten(text)} is not "
                f"among the {len(self)} symbols known: {self._listed}. "
                "Replace it, or build the vocabulary from a text that holds it."
            )
        return np.array(ids, dtype=np.int64)

    def decode(self, ids):
        """Return the text of a sequence of ids.

        With characters or merges it is what `encode` was given.  With words it is a text that
        `encode` turns into the same ids; its blanks are set by rule, see `Words`.
        """
        return self.splitter.join([self.symbols[i] for i in self._check(ids).ravel()])

    def one_hot(self, ids, dtype=np.float32):
        """Return one row per id with a single 1 at the id's place.

        Parameters
        ----------
        ids : ndarray of int, any shape

        Returns
        -------
        ndarray (*ids.shape, V)
        """
        return np.eye(len(self), dtype=dtype)[self._check(ids)]

    def _check(self, ids):
        ids = np.asarray(ids)
        if ids.size and (ids.min() < 0 or ids.max() >= len(self)):
            wrong = ids[(ids < 0) | (ids >= len(self))].flat[0]
            raise ValueError(f"The id {wrong} is outside 0 … {len(self) - 1}.")
        return ids


def _joined(text):
    return text if isinstance(text, str) else "".join(t + END for t in text)


def _shorten(text, width=40):
    text = repr(text)
    return text if len(text) <= width else text[: width - 1] + "…"
