"""The table between symbols and their ids."""

from collections import Counter

import numpy as np

from ..errors import at_least_one, require, require_type
from .list_checks import listed, text_list
from .splitters import UNKNOWN, Characters, Listed, Merges, Words

END = "\n"
"""The mark that starts and ends a name, and fills the short rows of a batch."""


class Vocabulary:
    r"""A two-way table between symbols and ids 0, 1, …, V-1.  Chapters 3 and 17.

    The `from_…` methods sort the symbols, so that the same text gives the same ids on every
    machine and in every run; with names, "\n" is id 0.  Texts are not normalised: "é" as one
    character and as "e" with a combining accent are different symbols.

    Parameters
    ----------
    symbols : iterable of str
        The distinct symbols, in the order of their ids.
    splitter : Characters, Listed, Words or Merges, optional
        Cuts a text into symbols and joins them again.  By default texts are cut into characters,
        or at blanks if a symbol is longer than a character, as the chords of a song are.

    Raises
    ------
    ValueError
        No symbols, an empty one, or one that occurs twice.
    TypeError
        A symbol that is not a string, a set, whose order differs from run to run, or a splitter
        that is none.
    """

    def __init__(self, symbols, splitter=None):
        self.symbols = tuple(symbols if isinstance(symbols, str) else listed("symbols", symbols))
        require(self.symbols, "A vocabulary needs at least one symbol; the text given is empty.")
        for symbol in self.symbols:
            require_type(isinstance(symbol, str), f"Symbols must be strings, got {symbol!r:.60}.")
        require("" not in self.symbols, "A symbol must not be empty, got ''.")
        self._id = {symbol: i for i, symbol in enumerate(self.symbols)}
        if len(self._id) < len(self.symbols):
            twice = next(s for i, s in enumerate(self.symbols) if self._id[s] != i)
            raise ValueError(f"The symbol {twice!r} occurs twice; symbols must be distinct.")
        kinds = [hasattr(splitter, name) for name in ("split", "join", "unknown", "between")]
        require_type(
            splitter is None or (all(kinds) and not isinstance(splitter, type)),
            f"splitter must be one such as Characters(), got {splitter!r:.60}.",
        )
        longest = max(map(len, self.symbols))
        self.splitter = splitter or (Characters() if longest == 1 else Listed())
        codes = {ord(symbol): i for symbol, i in self._id.items() if len(symbol) == 1}
        self._by_code = np.full(max(codes, default=0) + 2, -1, np.intp)  # the last is for all above
        self._by_code[list(codes)] = list(codes.values())

    @classmethod
    def from_text(cls, text):
        r"""Collect the characters of a text.

        Parameters
        ----------
        text : str or iterable of str
            One text, or many short ones such as names.  Many short ones need a mark where each
            ends, so "\n" joins the vocabulary.

        Raises
        ------
        ValueError
            There is no text, or a name still ends in a line break.
        TypeError
            Something other than strings.
        """
        return cls(sorted(set(_joined(text))))

    @classmethod
    def from_words(cls, text, min_count=1):
        r"""Collect the words and punctuation marks of a text, and where its marks have blanks.

        The vocabulary also contains "\n", and "<unk>", which replaces every other word.

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
        at_least_one(min_count=min_count)
        text = _joined(text)
        words = Words.learn(text)
        counts = Counter(words.split(text))
        kept = {symbol for symbol, n in counts.items() if n >= min_count}
        if not kept:
            raise ValueError(
                f"None of the {len(counts)} different words of the text occurs {min_count} times. "
                "Lower min_count, or give more text."
            )
        return cls(sorted(kept | {END, UNKNOWN}), words)

    @classmethod
    def from_merges(cls, text, num_merges):
        """Collect the characters of a text, and the results of merging its most frequent pairs.

        Parameters
        ----------
        text : str or iterable of str
            As in `from_text`.
        num_merges : int
            The most merges to learn, see `Merges.learn`.
        """
        if num_merges != 0:
            at_least_one(num_merges=num_merges)
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
        return _shorten(blank.join(self.symbols[:80]), 80)

    def encode(self, text):
        """Return the ids of a text.

        Parameters
        ----------
        text : str, or sequence of symbols, of length T

        Returns
        -------
        ndarray (T,) of intp

        Raises
        ------
        ValueError
            A symbol is not in the vocabulary; the message gives it and its position.  A vocabulary
            of words reads it as "<unk>" instead.
        TypeError
            Something other than a text or symbols, such as ids.
        """
        if isinstance(text, str) and type(self.splitter) is Characters:
            ids = self._of_characters(text)
        else:
            unknown = self._id.get(self.splitter.unknown, -1)
            ids = [self._id.get(symbol, unknown) for symbol in self._split(text)]
            ids = np.array(ids, dtype=np.intp)  # what indexes: 32 bits in a browser
        if (ids < 0).any():
            place = int((ids < 0).argmax())
            symbols = self._split(text)
            symbol = symbols[place]
            if isinstance(text, str) and not self.splitter.between:
                place = sum(map(len, symbols[:place]))
            raise ValueError(
                f"The symbol {symbol!r} at position {place} of {_shorten(text)} is not "
                f"among the {len(self)} symbols known: {self._listed}. "
                "Replace it, or build the vocabulary from a text that contains it."
            )
        return ids

    def decode(self, ids):
        """Return the text of a sequence of ids.

        With characters or merges it is the text that was encoded.  With words it is a text that
        `encode` turns into the same ids; its blanks follow rules, see `Words`.

        Raises
        ------
        ValueError, TypeError
            An id out of range; numbers that are not whole.
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

        Raises
        ------
        ValueError, TypeError
            As `decode`.
        """
        ids = self._check(ids)
        rows = np.zeros((*ids.shape, len(self)), dtype)
        np.put_along_axis(rows, ids[..., None], 1, axis=-1)
        return rows

    def _of_characters(self, text):
        """Look all characters up at once, -1 where there is none: a tenth of the time of a loop."""
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<i4")
        return self._by_code.take(codes, mode="clip")

    def _split(self, text):
        if isinstance(text, str):
            return self.splitter.split(text)
        ordered = np.iterable(text) and not isinstance(text, bytes | set | frozenset)
        symbols = list(text) if ordered else None
        require_type(
            symbols is not None and all(isinstance(symbol, str) for symbol in symbols),
            f"A text or a list of symbols can be encoded, got {_shorten(text)}. "
            "Ids are turned into text by decode(ids).",
        )
        return symbols

    def _check(self, ids):
        given, ids = ids, np.asarray(ids)
        ids = ids if ids.size else ids.astype(int)  # an empty list has no type
        require_type(ids.dtype.kind in "iu", f"ids must be integers, got {_shorten(given)}.")
        if ids.size and (ids.min() < 0 or ids.max() >= len(self)):
            wrong = ids[(ids < 0) | (ids >= len(self))].flat[0]
            raise ValueError(f"The id {wrong} is outside 0 … {len(self) - 1}.")
        return ids


def _joined(text):
    if isinstance(text, str):
        return text
    texts = text_list(list(text) if isinstance(text, dict) else text, "the texts")
    return "".join(t + END for t in texts)


def _shorten(text, width=40):
    text = repr(text[: 2 * width]) if isinstance(text, str) else repr(text)
    return text if len(text) <= width else text[: width - 1] + "…"
