"""The counting baseline, against counting by hand."""

import math
from collections import Counter

import numpy as np
import pytest
from helpers import NAMES
from hypothesis import given
from hypothesis import strategies as st
from planted import bug

from rnnlib import KneserNey, NGram, Vocabulary

WORDS = st.lists(st.text("abc", max_size=5), min_size=1, max_size=8)


@given(WORDS, st.integers(0, 5), st.text("abcz\n", max_size=7))
def test_probabilities_sum_to_1_after_any_context(words, order, context):
    p = NGram(order).fit(words).probabilities(context)
    assert (p > 0).all()
    assert p.sum() == pytest.approx(1, abs=1e-12)


@given(WORDS)
def test_order_0_is_the_uniform_distribution(words):
    model = NGram(0).fit(words)
    np.testing.assert_array_equal(model.probabilities("ab"), 1 / len(model.vocab))
    assert model.nats_per_symbol(words) == pytest.approx(math.log(len(model.vocab)), rel=1e-14)


# "ab" and "ac" between end marks.  Six symbols: a a b c and two ends; four kinds, so
# P(a) = (2 + 4/4) / (6 + 4) = 0.3 = P(end), P(b) = P(c) = (1 + 4/4) / 10 = 0.2.
BY_HAND = {
    # order, context: P(end), P(a), P(b), P(c)
    (1, ""): (0.3, 0.3, 0.2, 0.2),
    (1, "a"): (0.3, 0.3, 0.2, 0.2),
    # after a: b and c once each, two kinds: (c + 2 P) / (2 + 2)
    (2, "a"): (0.15, 0.15, 0.35, 0.35),
    (2, "ca"): (0.15, 0.15, 0.35, 0.35),
    # at the start: a twice, one kind: (c + P) / (2 + 1)
    (2, ""): (0.1, 2.3 / 3, 0.2 / 3, 0.2 / 3),
    # after b: the end once, one kind: (c + P) / (1 + 1)
    (2, "b"): (0.65, 0.15, 0.1, 0.1),
    # a as first letter: as after a, on top of it: (c + 2 P) / (2 + 2)
    (3, "a"): (0.075, 0.075, 0.425, 0.425),
    # "ca" was never seen: as after a
    (3, "ca"): (0.15, 0.15, 0.35, 0.35),
}


@bug("the number of kinds is ignored", "models.ngram.NGram._mixed", "kinds * p", "p")
@bug(
    "the whole context is never used",
    "models.ngram.NGram._smoothed",
    "range(len(context), -1, -1)",
    "range(len(context), 0, -1)",
)
@pytest.mark.parametrize(("order", "context"), BY_HAND)
def test_witten_bell_probabilities_by_hand(order, context):
    p = NGram(order).fit(["ab", "ac"]).probabilities(context)
    np.testing.assert_allclose(p, BY_HAND[order, context], rtol=1e-12)


@bug(
    "end marks are not scored",
    "models.ngram.NGram._events",
    "self._marked(sequence) + END_OF[type(sequence)]",
    "self._marked(sequence)",
)
def test_nats_per_symbol_by_hand():
    nats = NGram(2).fit(["ab", "ac"]).nats_per_symbol(["ab", ""])
    p = [2.3 / 3, 0.35, 0.65, 0.1]  # a, b, end; and the end of the empty name
    assert nats == pytest.approx(-np.mean(np.log(p)), rel=1e-12)


@bug(
    "the probabilities are those of the first symbol",
    "models.ngram.NGram.symbol_probabilities",
    "itemgetter(symbol)",
    "itemgetter(sequence[:1] or symbol)",
)
def test_symbol_probabilities_by_hand():
    of_ab, of_empty = NGram(2).fit(["ab", "ac"]).symbol_probabilities(["ab", ""])
    np.testing.assert_allclose(of_ab, [2.3 / 3, 0.35, 0.65], rtol=1e-12)
    np.testing.assert_allclose(of_empty, [0.1], rtol=1e-12)


@pytest.mark.parametrize("counter", [NGram(0), NGram(4), KneserNey(5, 0.7)])
def test_symbol_probabilities_are_taken_out_of_the_distributions(counter):
    vocab = counter.fit(NAMES).vocab
    for name, p in zip(NAMES, counter.symbol_probabilities(NAMES), strict=True):
        ids = vocab.encode(name + "\n")
        whole = [counter.probabilities(name[:t])[i] for t, i in enumerate(ids)]
        np.testing.assert_array_equal(p, whole)


def test_fitting_again_forgets_what_was_counted_before():
    model = NGram(3).fit(NAMES).fit(["ab", "ac"])
    np.testing.assert_allclose(model.probabilities("a"), BY_HAND[3, "a"], rtol=1e-12)


def test_samples_come_as_often_as_their_probability(rng):
    model = NGram(2).fit(["ab", "ac"])
    drawn = [model.sample(rng) for _ in range(2000)]
    p = 2.3 / 3 * 0.35 * 0.65
    assert drawn.count("ab") == pytest.approx(2000 * p, abs=4 * math.sqrt(2000 * p * (1 - p)))
    assert drawn.count("") == pytest.approx(200, abs=4 * math.sqrt(2000 * 0.1 * 0.9))


def test_a_sample_ends_at_its_greatest_length(rng):
    assert max(len(NGram(1).fit(["aaaaaaaaaaaa"]).sample(rng, 5)) for _ in range(30)) == 5


def kneser_ney(words, order, d, context, symbol):
    """The formula, with every count made anew from all the grams."""
    grams = []
    for word in words:
        marked = "\n" * (order - 1) + word + "\n"
        grams += [marked[i : i + order] for i in range(len(word) + 1)]

    def times(h):
        """How often, or after how many different symbols, each symbol followed h."""
        if len(h) == order - 1:
            return Counter(gram[-1] for gram in grams if gram[:-1] == h)
        longer = {gram[-len(h) - 2 :] for gram in grams if gram[:-1].endswith(h)}
        return Counter(gram[-1] for gram in longer)

    def p(h):
        shorter = p(h[1:]) if h else 1 / len({*"".join(words), "\n"})
        c = times(h)
        if not c:
            return shorter
        return (max(c[symbol] - d, 0) + d * len(c) * shorter) / c.total()

    return p(("\n" * order + context)[len(context) + 1 :])


@bug(
    "shorter contexts count times and not kinds",
    "models.ngram.KneserNey._count",
    "followers[symbol] > 1",
    "False",
)
@given(WORDS, st.integers(1, 4), st.floats(0.05, 1), st.text("abc", max_size=5))
def test_kneser_ney_is_the_formula_and_sums_to_1(words, order, d, context):
    model = KneserNey(order, d).fit(words)
    p = model.probabilities(context)
    expected = [kneser_ney(words, order, d, context, w) for w in model.vocab.symbols]
    np.testing.assert_allclose(p, expected, rtol=1e-12)
    assert p.sum() == pytest.approx(1, abs=1e-12)


def test_symbols_of_a_given_vocabulary_can_come_though_they_were_never_counted():
    vocab = Vocabulary("\nabcz")
    p = NGram(2, vocab).fit(["ab", "ac"]).probabilities("a")
    assert (p > 0).all()
    assert p.sum() == pytest.approx(1)
    # no context: six symbols of four kinds; after a: two symbols of two kinds
    assert p[vocab.encode("z")[0]] == pytest.approx(2 / 4 * 4 / 10 * 1 / 5)
