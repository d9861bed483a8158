"""The counting baseline, against counting by hand."""

import math
from collections import Counter
from functools import partial

import numpy as np
import pytest
from helpers import NAMES
from hypothesis import given
from hypothesis import strategies as st
from mistakes import mistakes
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
    """The formula, with every count made anew from all the grams; words are rows of symbols."""
    grams, mark, context = [], ("\n",), tuple(context)
    for word in map(tuple, words):
        marked = mark * (order - 1) + word + mark
        grams += [marked[i : i + order] for i in range(len(word) + 1)]

    def ends_with(gram, h):
        return gram[len(gram) - len(h) :] == h

    def times(h):
        """How often, or after how many different symbols, each symbol followed h."""
        if len(h) == order - 1:
            return Counter(gram[-1] for gram in grams if gram[:-1] == h)
        longer = {gram[-len(h) - 2 :] for gram in grams if ends_with(gram[:-1], h)}
        return Counter(gram[-1] for gram in longer)

    def p(h):
        shorter = p(h[1:]) if h else 1 / len({*mark}.union(*words))
        c = times(h)
        if not c:
            return shorter
        return (max(c[symbol] - d, 0) + d * len(c) * shorter) / c.total()

    return p((mark * order + context)[len(context) + 1 :])


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


TEXT = "The river is long.\nThe river is old, and the end of the river is near.\n"
CHORDS = [["C7", "F7", "C7"], ["F7", "C7", "G7"], ["C7"]]
CHORD_VOCAB = Vocabulary(["\n", "C7", "F7", "G7"])
VOCABULARIES = {
    "characters": (Vocabulary.from_text(TEXT), [TEXT], "The ri"),
    "words": (Vocabulary.from_words(TEXT), [TEXT], "The river is"),
    "rare words": (
        Vocabulary.from_words(TEXT, min_count=2),
        [TEXT, "the brook\nis"],
        "a lost river",
    ),
    "merges": (Vocabulary.from_merges([TEXT[:-1]] * 2, 30), [TEXT[:-1]], "The ri"),
    "chords": (CHORD_VOCAB, CHORDS, ["C7", "F7"]),
    "text of chords": (CHORD_VOCAB, ["C7 F7 C7", "F7 C7 G7"], "C7 F7"),
}


@pytest.mark.parametrize("counter", [NGram, KneserNey])
@pytest.mark.parametrize("order", [0, 1, 2, 4])
@pytest.mark.parametrize("kind", VOCABULARIES)
def test_counters_count_any_kind_of_symbols(counter, order, kind, rng):
    vocab, sequences, context = VOCABULARIES[kind]
    model = counter(order, vocab=vocab).fit(sequences)
    for seen in ("", context, sequences[0]):
        p = model.probabilities(seen)
        assert p.shape == (len(vocab),)
        assert (p > 0).all()
        assert p.sum() == pytest.approx(1, abs=1e-12)
    for sequence, p in zip(sequences, model.symbol_probabilities(sequences), strict=True):
        symbols = [vocab.symbols[i] for i in vocab.encode(sequence)]
        assert len(p) == len(symbols) + 1
        for t, symbol in enumerate([*symbols, "\n"]):
            assert p[t] == model.probabilities(symbols[:t])[vocab.encode([symbol])[0]]
    drawn = [model.sample(rng, 12) for _ in range(20)]
    assert not any("<unk>" in text for text in drawn)
    assert all(len(vocab.encode(text)) <= 12 for text in drawn)


@bug(
    "words are counted as letters",
    "models.ngram_symbols.symbols_of",
    "isinstance(vocab.splitter, Characters)",
    "True",
)
def test_words_are_counted_as_letters_are():
    spelt = {"a": "the", "b": "river", "c": "ends"}
    vocab = Vocabulary.from_words(" ".join(spelt.values()))
    vocab = Vocabulary(["\n", "the", "river", "ends"], vocab.splitter)
    letters = ["abc", "abab", "", "cb"]
    words = [" ".join(spelt[letter] for letter in name) for name in letters]
    for kind in (partial(NGram, 3), partial(KneserNey, 3, 0.6)):
        counter, worded = kind(), kind(vocab=vocab)
        expected = counter.fit(letters).nats_per_symbol(letters)
        after = counter.probabilities("ab")
        assert worded.fit(words).nats_per_symbol(words) == pytest.approx(expected, rel=1e-13)
        np.testing.assert_allclose(worded.probabilities("the river"), after, rtol=1e-13)


def test_kneser_ney_of_chords_is_the_formula():
    model = KneserNey(3, 0.7, CHORD_VOCAB).fit(CHORDS)
    for context in ([], ["C7"], ["F7", "C7"], ["G7", "G7"]):
        expected = [kneser_ney(CHORDS, 3, 0.7, context, w) for w in CHORD_VOCAB.symbols]
        np.testing.assert_allclose(model.probabilities(context), expected, rtol=1e-12)


def test_unknown_words_are_scored_as_unknown():
    vocab = Vocabulary.from_words(TEXT)
    model = NGram(2, vocab).fit([TEXT])
    (lost,), (unknown,) = (model.symbol_probabilities([[w]]) for w in ("brook", "<unk>"))
    np.testing.assert_array_equal(lost, unknown)


def test_a_sample_of_words_has_their_blanks(rng):
    model = NGram(4, Vocabulary.from_words("the river is long.")).fit(["the river is long."] * 99)
    assert {model.sample(rng) for _ in range(20)} >= {"the river is long."}


def test_an_iterator_is_counted_and_a_set_has_an_order():
    names = [name.lower() for name in NAMES]
    expected = NGram(4).fit(names).nats_per_symbol(names)
    assert NGram(4).fit(map(str.lower, NAMES)).nats_per_symbol(iter(names)) == expected
    assert NGram(4).fit(np.array(names)).nats_per_symbol(tuple(names)) == expected
    sets = NGram(4).fit(set(names)).symbol_probabilities(frozenset(names))
    lists = NGram(4).fit(names).symbol_probabilities(sorted(names))
    np.testing.assert_array_equal(np.concatenate(sets), np.concatenate(lists))


def test_a_running_text_may_end_in_a_line_end():
    text = "Call me.\nIshmael.\n"
    assert NGram(2).fit([text]).nats_per_symbol([text]) > 0


@pytest.fixture
def world(world):
    world.ngram = NGram().fit(NAMES)
    world.words = NGram(2, Vocabulary.from_words(TEXT)).fit([TEXT])
    world.plain = NGram(2, CHORD_VOCAB).fit(CHORDS)
    return world


def of_words():
    return NGram(2, Vocabulary.from_words("a b")).fit(["a"])


@mistakes(
    {
        ValueError: [
            ("order must be at most 100, got 1,000", lambda w: NGram(1000)),
            ("order must be 0 (uniform) or more, got -1", lambda w: NGram(-1)),
            ("no sequences to count", lambda w: w.ngram.fit([])),
            ("no sequences to count", lambda w: w.ngram.fit(iter([]))),
            ("no sequences to score", lambda w: w.ngram.nats_per_symbol([])),
            ("no sequences to score", lambda w: w.words.symbol_probabilities(name for name in ())),
            ("symbol '!'", lambda w: w.ngram.nats_per_symbol(["rex!"])),
            ("pass it vocab=", lambda w: w.ngram.nats_per_symbol(["rex!"])),
            ("symbol 'y' at position 2", lambda w: NGram(vocab=Vocabulary("\nrex")).fit(["rey"])),
            ("pass it vocab=", lambda w: w.plain.nats_per_symbol([["C7", "Dm7"]])),
            ("no end mark '\\n'", lambda w: NGram(vocab=Vocabulary("rex")).fit(["rex"])),
            (
                "must not end in line breaks, got 'rex\\n' at position 1",
                lambda w: w.ngram.fit(["rex", "rex\n"]),
            ),
            (
                "must not end in line breaks, got 'rex\\r\\n'",
                lambda w: w.ngram.nats_per_symbol(["rex\r\n"]),
            ),
            ("must not end in line breaks, got '\\n'", lambda w: w.ngram.fit(["\n"])),
            (
                "must not end in line breaks, got ['C7', '\\n']",
                lambda w: w.plain.fit([["C7", "\n"]]),
            ),
            ("discount must be in (0, 1], got 0", lambda w: KneserNey(discount=0)),
            ("discount must be in (0, 1], got nan", lambda w: KneserNey(discount=np.nan)),
            ("call fit(sequences) first", lambda w: NGram().probabilities("a")),
            ("call fit(sequences) first", lambda w: NGram().nats_per_symbol(["a"])),
            ("call fit(sequences) first", lambda w: NGram().symbol_probabilities(["a"])),
            ("This KneserNey has counted nothing yet", lambda w: KneserNey().sample(w.rng)),
            ("call fit(sequences) first", lambda w: NGram().sample(w.rng)),
            ("Pass rng=np.random.default_rng(seed)", lambda w: w.ngram.sample(None)),
            ("max_length must be 0 or more, got -1", lambda w: w.ngram.sample(w.rng, -1)),
        ],
        TypeError: [
            ("A context must be a text", lambda w: NGram(2).fit(["rex"]).probabilities(5)),
            ("A context must be a text", lambda w: NGram(2).fit(["rex"]).probabilities([0, 1])),
            (
                "A context must be a text",
                lambda w: of_words().probabilities([5]),
            ),
            ("put it in a list", lambda w: w.ngram.fit("one text")),
            ("got one string 'rex'", lambda w: w.ngram.nats_per_symbol("rex")),
            ("got b'rex' (bytes): put it in a list", lambda w: w.ngram.fit(b"rex")),
            ("got b'rex' (bytes) at position 1", lambda w: w.ngram.fit(["a", b"rex"])),
            ("got nan (float) at position 0", lambda w: w.ngram.fit([float("nan")])),
            ("got None (NoneType) at position 0", lambda w: w.ngram.symbol_probabilities([None])),
            ("got None (NoneType): put it", lambda w: w.ngram.fit(None)),
            (
                "got Counter({'rex': 2}) (Counter)",
                lambda w: w.ngram.fit(Counter(rex=2)),
            ),
            ("got ['a', 'b'] (list) at position 0", lambda w: w.ngram.fit([["a", "b"]])),
            ("got [3] (list) at position 0", lambda w: w.plain.fit([[3]])),
            ("order must be a whole number, got 2.0", lambda w: NGram(2.0)),
            ("order must be a whole number, got True", lambda w: NGram(True)),
            ("order must be a whole number, got Vocabulary", lambda w: NGram(w.vocab)),
            ("vocab must be a Vocabulary, got 'abc'", lambda w: NGram(3, "abc")),
            ("vocab must be a Vocabulary, got 27", lambda w: KneserNey(3, vocab=27)),
            ("discount must be a number, got Vocabulary", lambda w: KneserNey(3, w.vocab)),
            ("must be a numpy.random.Generator, got 0", lambda w: w.ngram.sample(0)),
            ("max_length must be a whole number, got 2.5", lambda w: w.ngram.sample(w.rng, 2.5)),
        ],
    }
)
def test_a_wrong_use_of_a_counter_is_refused_in_words(mistake, world):
    mistake(world)
