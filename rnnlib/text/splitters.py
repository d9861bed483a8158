"""From a text to symbols and back: characters, words, or merged pairs."""

import re
from collections import Counter
from dataclasses import dataclass, fields
from typing import ClassVar

from .graphemes import compiled
from .merging import apply_pairs, learn_pairs

UNKNOWN = "<unk>"
"""Replaces every word that is not in a vocabulary of words."""

ELISIONS = r"(?i:[cdjlmnsty]|\w*qu)['’](?!\w)"
"""The French forms of le, que and others before a vowel, if a blank or mark follows."""


SYMBOL = rf"{UNKNOWN}|\n|{ELISIONS}|\w{{W}}*(?:['’-]\w{{W}}*)*|-+|{{M}}"
"""A word, run of dashes, other mark or line break; the braces are those of `graphemes`."""

PIECE = r" ?(?:\w{W}*|(?:{M})+)|\s"
"""Within this, characters may be merged."""


def before_last_blank(text):
    """Return the place of the last blank or line break, or -1.

    A text is cut before it and not after it: a merge may begin with a blank, and a combining mark
    belongs to the blank that it follows.  No symbol reaches over such a cut, whatever the text.
    """
    return max(text.rfind(" "), text.rfind("\n"))


@dataclass(frozen=True)
class Characters:
    """Every character (Unicode code point) is a symbol, a combining mark too."""

    unknown: ClassVar = None
    between: ClassVar = ""

    def split(self, text):
        """Return the list of characters."""
        return list(text)

    def cut(self, text):
        """Return the last place at which a text may be cut: anywhere, so at its end."""
        return len(text)

    def join(self, symbols):
        """Return the symbols one after the other."""
        return "".join(symbols)


@dataclass(frozen=True)
class Listed:
    """Symbols are longer than a character and set apart by blanks, such as the chords of a song.

    A line break is a symbol too.
    """

    unknown: ClassVar = None
    between: ClassVar = " "

    def split(self, text):
        """Return the list of what blanks and line breaks separate."""
        return re.findall(r"\n|\S+", text)

    def cut(self, text):
        """Return the last place at which a text may be cut, see `before_last_blank`."""
        return before_last_blank(text)

    def join(self, symbols):
        """Return the symbols with a blank between them, but none at a line break."""
        return " ".join(symbols).replace(" \n", "\n").replace("\n ", "\n")


@dataclass(frozen=True)
class Words:
    """Every word, run of dashes, other mark and line break is a symbol; blanks are not kept.

    A word may hold apostrophes and hyphens, "don't" and "well-known", but does not start or end
    with one, except for French elisions that a blank follows ("l' os").  Combining marks belong to
    the letter before them.  `join` puts the blanks back by rule, so `join(split(text))` may differ
    from the text in its blanks, but `split(join(symbols))` is always `symbols`:

    - none next to a line break, before a mark that closes, or after one that opens;
    - marks that pair open and close in turn, starting again on every line.  So a lone apostrophe
      is taken for an opening quote: right for 'tis, wrong for "the boys' hats";
    - two symbols that would become others when they touch stay apart.

    Parameters
    ----------
    closing, opening, pairing : sequence of str, optional
        The marks; English habits by default, see `learn` for those of a text.
    """

    closing: tuple = tuple(",.;:?!…%)]}”’»")
    opening: tuple = tuple("([{“‘«¿¡")
    pairing: tuple = ('"', "'")
    unknown: ClassVar = UNKNOWN
    between: ClassVar = " "

    def __post_init__(self):
        for field in fields(self):
            object.__setattr__(self, field.name, tuple(getattr(self, field.name)))

    @classmethod
    def learn(cls, text):
        """Learn a text's own habits: on which sides of each mark it has blanks.

        A mark closes if it touches the word before it more often than a blank is between them;
        opening goes by the word after it.  So French keeps its blanks within « and », and a text
        whose marks are all set apart is joined with blanks everywhere.  A mark without evidence
        keeps its English habit.  A quote is paired unless blanks surround it most of the time.
        """
        before, after, free = Counter(), Counter(), Counter()
        found = [("\n", 0, 0), *((m.group(), *m.span()) for m in cls().pattern.finditer(text))]
        for (left, _, a), (mark, b, c), (right, d, _) in zip(
            found, found[1:], [*found[2:], ("\n", 0, 0)], strict=False
        ):
            if not _is_word(mark) and mark != "\n":
                before[mark] += _evidence(left, b - a)
                after[mark] += _evidence(right, d - c)
                spaced = (left == "\n" or a < b) and (right == "\n" or c < d)
                free[mark] += 1 if spaced else -1
        pairing = tuple(mark for mark in cls.pairing if free[mark] <= 0)

        def habit(usual, evidence):
            new = {m for m, n in evidence.items() if n > 0 and m not in cls.pairing}
            return tuple(sorted(new | {mark for mark in usual if evidence[mark] >= 0}))

        return cls(habit(cls.closing, before), habit(cls.opening, after), pairing)

    def split(self, text):
        """Return the list of words and marks."""
        return self.pattern.findall(text)

    def cut(self, text):
        """Return the last place at which a text may be cut, see `before_last_blank`."""
        return before_last_blank(text)

    def join(self, symbols):
        """Return the symbols with the blanks between them."""
        closing, opening = {*self.closing, "\n"}, {*self.opening, "\n"}
        parts, recent, touches = [], [], True
        open_quotes = set()
        for symbol in symbols:
            if symbol == "\n":
                open_quotes.clear()
            quote = symbol in self.pairing
            closes = symbol in (open_quotes if quote else closing)
            opens = symbol in opening or (quote and not closes)
            if quote:
                open_quotes ^= {symbol}
            touches = (touches or closes) and self._survive([*recent, symbol])
            parts.append(symbol if touches else " " + symbol)
            recent = [*recent[-1:], symbol] if touches else [symbol]
            touches = opens
        return "".join(parts)

    @property
    def pattern(self):
        """The regular expression of a symbol."""
        return compiled(SYMBOL)

    def _survive(self, symbols):
        """Whether symbols that touch are split again as they are; three reach over any of them."""
        return len(symbols) < 2 or self.split("".join(symbols)) == symbols


def _is_word(symbol):
    return symbol == UNKNOWN or symbol[0].isalnum() or symbol[0] == "_"


def _evidence(neighbour, blanks):
    """Return 1 if a mark touches a word, -1 if blanks are between the mark and what is next to it.

    Marks that touch each other, and line breaks, are no evidence.
    """
    if neighbour == "\n":
        return 0
    return -1 if blanks else int(_is_word(neighbour))


@dataclass(frozen=True)
class Merges:
    """Characters, of which some neighbours have been merged: byte-pair encoding.

    The text is first cut into pieces: a word or a run of marks, with the blank before it; any other
    blank or line break by itself.  Merges never cross a piece, so a line break stays one symbol.

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
    between: ClassVar = ""

    def __post_init__(self):
        object.__setattr__(self, "pairs", tuple(map(tuple, self.pairs)))
        ranks = {}  # a pair has more than one if it came up again
        for rank, pair in enumerate(self.pairs):
            ranks.setdefault(pair, []).append(rank)
        object.__setattr__(self, "_ranks", ranks)

    @classmethod
    def learn(cls, text, num_merges):
        """Merge letters with their combining marks, then the most frequent pair again and again.

        Of equally frequent pairs the first in the alphabet is taken.  A pair that occurs once is
        not worth a symbol, so there may be fewer merges than asked for.  Those of combining marks
        come first, and are not counted.
        """
        clusters = {c for c in compiled(r"\S{E}+").findall(text) if len(c) > 1}
        marked = {(c[:i], c[i]) for c in clusters for i in range(1, len(c))}
        marked = sorted(marked, key=lambda pair: (len(pair[0]), pair))
        first = cls(marked)
        pieces = Counter(compiled(PIECE).findall(text))
        learnt = learn_pairs({tuple(first.split(p)): n for p, n in pieces.items()}, num_merges)
        return cls([*marked, *learnt])

    def split(self, text):
        """Return the list of merged characters."""
        pieces = compiled(PIECE).findall(text)
        known = {piece: apply_pairs(piece, self._ranks) for piece in set(pieces)}
        return [symbol for piece in pieces for symbol in known[piece]]

    def cut(self, text):
        """Return the last place at which a text may be cut, see `before_last_blank`."""
        return before_last_blank(text)

    def join(self, symbols):
        """Return the symbols one after the other."""
        return "".join(symbols)


SPLITTERS = {splitter.__name__: splitter for splitter in (Characters, Listed, Words, Merges)}
"""All ways to split, by name, as checkpoints keep them."""
