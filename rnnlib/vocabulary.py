"""Symbols and their numbers."""

import numpy as np

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

    Raises
    ------
    ValueError
        No symbols, or one that occurs twice.
    """

    def __init__(self, symbols):
        self.symbols = tuple(symbols)
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
        if not isinstance(text, str):
            text = [t + END for t in text]
        return cls(sorted(set("".join(text))))

    def __len__(self):
        return len(self.symbols)

    def __contains__(self, symbol):
        return symbol in self._id

    def __eq__(self, other):
        return isinstance(other, Vocabulary) and self.symbols == other.symbols

    def __hash__(self):
        return hash(self.symbols)

    def __repr__(self):
        return f"Vocabulary({len(self)} symbols: {''.join(self.symbols)!r})"

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
            A symbol is not in the vocabulary; says which, and where it stands.
        """
        try:
            return np.array([self._id[symbol] for symbol in text], dtype=np.int64)
        except KeyError as error:
            place = next(i for i, symbol in enumerate(text) if symbol not in self._id)
            raise ValueError(
                f"The symbol {error.args[0]!r} at position {place} of {_shorten(text)} is not "
                f"among the {len(self)} symbols known: {_shorten(''.join(self.symbols), 80)}. "
                "Replace it, or build the vocabulary from a text that holds it."
            ) from None

    def decode(self, ids):
        """Return the text of a sequence of ids, the inverse of `encode`."""
        return "".join(self.symbols[i] for i in self._check(ids).ravel())

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


def _shorten(text, width=40):
    text = repr(text)
    return text if len(text) <= width else text[: width - 1] + "…"
