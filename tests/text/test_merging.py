"""Byte-pair merges: those of the literature, and of counting anew after each."""

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from planted import bug

from rnnlib import (
    Vocabulary,
    tales,
)
from rnnlib.text.splitters import Merges

AWKWARD = st.text("aB7é_'\"’“”-.,;!?()<>… \t\n\u0301", max_size=30) | st.text(max_size=30)


def merges_by_counting_anew(text, num_merges):
    """The merges of the words of a text, learnt as slowly as one can: the reference."""
    words, merges = [list(word) for word in text.split("\n")], []
    for _ in range(num_merges):
        counts = Counter(pair for word in words for pair in pairwise(word))
        if not counts or max(counts.values()) < 2:
            break
        best = sorted(p for p in counts if counts[p] == max(counts.values()))[0]
        merges.append(best)
        for word in words:
            i = 0
            while i < len(word) - 1:
                if (word[i], word[i + 1]) == best:
                    word[i : i + 2] = ["".join(best)]
                i += 1
    return tuple(merges), [symbol for word in words for symbol in word]


@bug(
    "the pairs that a merge breaks up are still counted",
    "text.merging.learn_pairs",
    "((row.before[at], -1), (at, -1), (row.after[at], -1))",
    "((at, -1),)",
)
@bug(
    "a word counts once however often it occurs",
    "text.merging.learn_pairs",
    "[n for piece, n in pieces.items() for _ in piece]",
    "[1 for piece, n in pieces.items() for _ in piece]",
)
@bug(
    "merges go from right to left",
    "text.merging.learn_pairs",
    "sorted(set(places.pop(pair)))",
    "sorted(set(places.pop(pair)), reverse=True)",
)
@given(st.lists(st.text("abc", min_size=1, max_size=12), min_size=1, max_size=12))
def test_merges_are_those_of_counting_anew(words):
    text = "\n".join(words)
    vocab = Vocabulary.from_merges(text, 10)
    merges, symbols = merges_by_counting_anew(text, 10)
    assert vocab.splitter.pairs == merges
    assert vocab.decode(vocab.encode(text)) == text
    assert [vocab.symbols[i] for i in vocab.encode(text) if vocab.symbols[i] != "\n"] == symbols


MERGED = ["a", "b", "ab", "ba", "aa", "aba"]


def applied_one_by_one(symbols, pairs):
    """Each merge in its turn, from left to right: the reference."""
    symbols = list(symbols)
    for pair in pairs:
        i = 0
        while i < len(symbols) - 1:
            if (symbols[i], symbols[i + 1]) == pair:
                symbols[i : i + 2] = ["".join(pair)]
            i += 1
    return symbols


@bug(
    "a merge is made again out of its turn",
    "text.merging.apply_pairs.queue",
    "bisect_right(times, done)",
    "0",
)
@example("aba", [("ab", "a"), ("a", "b")])
@given(st.text("ab", max_size=25), st.lists(st.tuples(*[st.sampled_from(MERGED)] * 2)))
def test_merges_of_any_order_are_applied_one_after_the_other(text, pairs):
    assert Merges(pairs).split(text) == applied_one_by_one(text, pairs)


@pytest.mark.parametrize("letters", ["ab", "abcdefgh"])
def test_merges_of_a_long_text_without_blanks(letters, rng):
    text = "".join(rng.choice(list(letters), 3000))
    merges, symbols = merges_by_counting_anew(text, 60)
    learnt = Merges.learn(text, 60)
    assert learnt.pairs == merges
    assert learnt.split(text) == symbols


def test_letters_are_merged_with_their_marks_before_anything_else():
    text = "cafe\u0301 हिन्दी e\u0323\u0301"
    vocab = Vocabulary.from_merges(text, 0)
    assert [vocab.symbols[i] for i in vocab.encode(text)] == [
        *"caf", "e\u0301", " ", "हि", "न्", "दी", " ", "e\u0323\u0301"
    ]  # fmt: skip
    assert vocab.decode(vocab.encode("e\u0301\u0323 \u0301")) == "e\u0301\u0323 \u0301"


@bug(
    "ties go to the last of the alphabet",
    "text.merging.learn_pairs",
    "heapq.heappop(heap)",
    "heap.pop(heap.index(max(e for e in heap if e[0] == heap[0][0])))",
)
def test_gages_example():
    vocab = Vocabulary.from_merges("aaabdaaabac", 9)  # aaab is his X, after Z = aa and Y = ab
    assert vocab.splitter.pairs == (("a", "a"), ("a", "b"), ("aa", "ab"))
    ids = vocab.encode("aaabdaaabac")
    assert [vocab.symbols[i] for i in ids] == ["aaab", "d", "aaab", "a", "c"]
    assert vocab.symbols == ("a", "aa", "aaab", "ab", "b", "c", "d")


def test_sennrichs_words():
    words = ["low"] * 5 + ["lower"] * 2 + ["newest"] * 6 + ["widest"] * 3
    vocab = Vocabulary.from_merges(words, 5)
    assert vocab.splitter.pairs == (("e", "s"), ("es", "t"), ("l", "o"), ("lo", "w"), ("e", "w"))
    assert [vocab.symbols[i] for i in vocab.encode("lowest")] == ["low", "est"]


@given(AWKWARD, st.integers(0, 20), st.data())
def test_any_text_over_known_characters_comes_back(text, num_merges, data):
    vocab = Vocabulary.from_merges("a" + text, num_merges)
    assert vocab == Vocabulary.from_merges("a" + text, num_merges)
    other = data.draw(st.text(sorted(set("a" + text)), max_size=40))
    assert vocab.decode(vocab.encode(other)) == other


def test_merges_stay_within_a_word_and_the_blank_before_it():
    vocab = Vocabulary.from_merges("the rex. the rex.\n" * 50, 99)
    assert {"the", " the", " rex", "\n"} < set(vocab.symbols)
    assert not any("e r" in s or "x." in s or (s != "\n" and "\n" in s) for s in vocab.symbols)


def test_500_merges_halve_the_tales():
    vocab = Vocabulary.from_merges(tales(), 500)
    ids = vocab.encode(tales())
    assert len(vocab) == len(set(tales())) + 500
    assert vocab.decode(ids) == tales()
    assert len(ids) < len(tales()) / 2
