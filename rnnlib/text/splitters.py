"""How a text becomes symbols, and symbols a text again: characters, words, or merged pairs."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

UNKNOWN = "<unk>"
"""Stands for every word that a vocabulary of words does not hold."""


@dataclass(frozen=True)
class Characters:
    """Every character is a symbol."""

    unknown: ClassVar = None

    def split(self, text):
        """Return the list of characters."""
        return list(text)

    def join(self, symbols):
        """Return the symbols one after the other."""
        return "".join(symbols)


@dataclass(frozen=True)
class Words:
    """Every word, run of dashes, other mark and line end is a symbol; blanks are not kept.

    A word may hold apostrophes and hyphens, "don't" and "well-known", but does not start or end
    with one.  `join` puts the blanks back by rule, so `join(split(text))` may differ from the
    text in its blanks, but `split(join(symbols))` is always `symbols`:

    - none beside a line end, before a mark that closes (, . ; : ? ! and so on), or after one that
      opens;
    - the straight quotes " and ' open and close in turn, beginning anew on every line.  So a
      lone apostrophe is taken for an opening quote: right for 'tis, wrong for "the boys' hats".
    """

    unknown: ClassVar = UNKNOWN
    pattern: ClassVar = re.compile(rf"{UNKNOWN}|\n|\w+(?:['’-]\w+)*|-+|[^\w\s]")
    closing: ClassVar = frozenset(",.;:?!…%)]}”’»\n")
    opening: ClassVar = frozenset("([{“‘«¿¡\n")

    def split(self, text):
        """Return the list of words and marks."""
        return self.pattern.findall(text)

    def join(self, symbols):
        """Return the symbols with blanks where English has them."""
        text, blank = "", ""
        open_quotes = set()
        for symbol in symbols:
            if symbol == "\n":
                open_quotes.clear()
            quote = symbol in ('"', "'")
            closes = symbol in (open_quotes if quote else self.closing)
            opens = symbol in self.opening or (quote and not closes)
            if quote:
                open_quotes ^= {symbol}
            text += symbol if closes else blank + symbol
            blank = "" if opens else " "
        return text


@dataclass(frozen=True)
class Merges:
    """Characters, of which some neighbours have been merged: byte-pair encoding.

    The text is first cut into pieces: a word or a run of marks, with the blank before it; any other
    blank or line end by itself.  Merges never cross a piece, so a line end stays one symbol.

    Parameters
    ----------
    pairs : sequence of (str, str)
        In the order in which they are merged.

    References
    ----------
    R. Sennrich, B. Haddow and A. Birch, "Neural machine translation of rare words with subword
    units", ACL 2016.  P. Gage, "A new algorithm for data compression", C Users Journal 12 (1994).
    """

    pairs: tuple
    unknown: ClassVar = None
    piece: ClassVar = re.compile(r" ?(?:\w+|[^\w\s]+)|\s")

    def __post_init__(self):
        object.__setattr__(self, "pairs", tuple(map(tuple, self.pairs)))

    @classmethod
    def learn(cls, text, num_merges):
        """Merge the most frequent pair of neighbours, again and again.

        Of equally frequent pairs the first in the alphabet is taken.  A pair that occurs once is
        not worth a symbol, so there may be fewer merges than asked for.
        """
        counts = Counter(cls.piece.findall(text))
        symbols = {piece: list(piece) for piece in counts}
        frequency, pieces_with = Counter(), defaultdict(set)

        def count(piece, sign):
            for pair in pairwise(symbols[piece]):
                frequency[pair] += sign * counts[piece]
                pieces_with[pair].add(piece)

        for piece in counts:
            count(piece, +1)
        pairs = []
        while len(pairs) < num_merges:
            most = max(frequency.values(), default=0)
            if most < 2:
                break
            best = min(pair for pair, n in frequency.items() if n == most)
            pairs.append(best)
            for piece in pieces_with.pop(best):  # all others stay as they are
                count(piece, -1)
                symbols[piece] = _merge(symbols[piece], best)
                count(piece, +1)
        return cls(pairs)

    def split(self, text):
        """Return the list of merged characters."""
        pieces = self.piece.findall(text)
        known = {piece: self._split_piece(piece) for piece in set(pieces)}
        return [symbol for piece in pieces for symbol in known[piece]]

    def join(self, symbols):
        """Return the symbols one after the other."""
        return "".join(symbols)

    def _split_piece(self, piece):
        symbols = list(piece)
        for pair in self.pairs:
            if pair[0] + pair[1] in piece:  # a quick no for most
                symbols = _merge(symbols, pair)
        return symbols


def _merge(symbols, pair):
    """Return the symbols with every occurrence of the pair made one, from left to right."""
    merged = []
    for symbol in symbols:
        if merged and (merged[-1], symbol) == pair:
            merged[-1] += symbol
        else:
            merged.append(symbol)
    return merged
