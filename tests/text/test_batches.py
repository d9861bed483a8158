"""Texts become symbols, sets and minibatches, and nothing is lost or read twice."""

import numpy as np
import pytest
from helpers import NAMES
from hypothesis import assume, given
from hypothesis import strategies as st
from planted import bug

from rnnlib import Batch, Batches, Vocabulary, padded_batches, split, stream_batches

TEXTS = st.text(max_size=3).filter(lambda text: text.rstrip("\r\n") == text)
ITEMS = st.lists(st.integers() | TEXTS, min_size=10, max_size=40, unique=True)
WORDS = st.lists(st.text("abcde", max_size=6), min_size=1, max_size=12)


@given(st.text(min_size=1))
def test_decode_undoes_encode_for_any_text(text):
    vocab = Vocabulary.from_text(text)
    ids = vocab.encode(text)
    assert vocab.decode(ids) == text
    assert set(ids) == set(range(len(vocab)))


@given(WORDS)
def test_the_vocabulary_of_names_is_sorted_and_holds_the_end_mark_at_0(words):
    vocab = Vocabulary.from_text(words)
    assert vocab.symbols == ("\n", *sorted(set("".join(words))))
    assert vocab == Vocabulary.from_text(words[::-1])
    assert all(symbol in vocab for symbol in vocab.symbols)
    assert "f" not in vocab


def test_a_vocabulary_is_a_value():
    one, same, other = map(Vocabulary.from_text, ["rex", "xer", "trex"])
    assert len({one, same, other}) == 2
    assert one != "rex"
    assert repr(one) == "Vocabulary(3 symbols: 'erx')"


def test_symbols_may_be_words():
    vocab = Vocabulary(["I", "want", "it", "that", "way"])
    np.testing.assert_array_equal(vocab.encode(["that", "way"]), [3, 4])
    assert vocab.decode([0, 1]) == "I want"


def test_one_hot_rows_have_a_single_1_at_the_id():
    vocab = Vocabulary("abc")
    expected = [[[0, 1, 0], [1, 0, 0]], [[0, 0, 1], [0, 1, 0]]]
    np.testing.assert_array_equal(vocab.one_hot(np.array([[1, 0], [2, 1]])), expected)


@given(ITEMS, st.lists(st.integers(0, 9)), st.integers(0, 3))
def test_split_shares_no_item_and_loses_none(items, repeated, seed):
    parts = split(items + [items[i] for i in repeated], (0.6, 0.2, 0.2), seed)
    together = [item for part in parts for item in part]
    assert len(together) == len(items)
    assert set(together) == set(items)
    for part, fraction in zip(parts, (0.6, 0.2, 0.2), strict=True):
        assert abs(len(part) - fraction * len(items)) <= 1


@bug("the test set leaks", "text.split._distinct", "dict.fromkeys(items)", "items")
def test_split_depends_on_its_seed_and_on_nothing_else():
    assert split(NAMES, seed=1) == split(NAMES + NAMES[:7], seed=1)
    assert split(NAMES, seed=1) != split(NAMES, seed=2)
    assert split(NAMES)[0] != sorted(split(NAMES)[0])


@bug(
    "a stream asks for what it shows",
    "text.stream_batches.stream_batches",
    "ids[1:row * batch_size + 1]",
    "ids[:row * batch_size]",
)
@bug(
    "a stream's rows do not continue",
    "text.stream_batches.stream_batches",
    "ids[:row * batch_size].reshape(batch_size, row).T",
    "ids[:row * batch_size].reshape(row, batch_size)",
)
@given(st.integers(2, 80), st.integers(1, 6), st.integers(1, 9))
def test_stream_batches_read_every_symbol_once_and_ask_for_the_next(length, batch_size, seq_len):
    row = (length - 1) // batch_size
    assume(row >= seq_len)
    text = np.arange(length)  # each symbol is its own place
    batches = stream_batches(text, batch_size, seq_len)
    assert batches.carries_state
    assert len(list(batches)) == len(batches)
    assert all(batch.mask is None and batch.labels is None for batch in batches)
    ids, targets = (np.concatenate([batch[i] for batch in batches]) for i in range(2))
    np.testing.assert_array_equal(targets, ids + 1)
    np.testing.assert_array_equal(np.diff(ids, axis=0), np.ones((row - 1, batch_size)))
    np.testing.assert_array_equal(np.sort(ids.ravel()), np.arange(row * batch_size))


def test_stream_batches_have_the_shape_asked_for():
    shapes = [batch.inputs.shape for batch in stream_batches(np.arange(23), 2, 4)]
    assert shapes == [(4, 2), (4, 2), (3, 2)]


@bug(
    "a name is asked for as it is shown",
    "text.sequence_batches.padded_batches.batch",
    "padded[1:]",
    "padded[:-1]",
)
@given(WORDS, st.integers(1, 5))
def test_padded_batches_hold_each_name_once_between_end_marks(words, batch_size):
    vocab = Vocabulary.from_text(words)
    read, asked = [], []
    batches = padded_batches(vocab, words, batch_size)
    assert not batches.carries_state
    for ids, targets, mask, _ in batches:
        assert ids.shape == targets.shape == mask.shape
        assert ids.shape[1] <= batch_size
        assert mask.sum(axis=0).max() == len(mask)  # no longer than its longest name
        for b in range(ids.shape[1]):
            length = int(mask[:, b].sum())
            np.testing.assert_array_equal(mask[:, b], np.arange(len(mask)) < length)
            read.append(vocab.decode(ids[:length, b]))
            asked.append(vocab.decode(targets[:length, b]))
            assert not ids[length:, b].any()  # filled with "\n", id 0
    assert read == ["\n" + word for word in words]
    assert asked == [word + "\n" for word in words]
    assert len(batches) == -(-len(words) // batch_size)


@bug(
    "every epoch has the same order",
    "text.batches.shuffled.walk",
    "rng.permutation",
    "np.random.default_rng(0).permutation",
)
def test_padded_batches_are_shuffled_anew_each_epoch(vocab, rng):
    def first_letters(batches):
        return "".join(vocab.decode(targets[0]) for _, targets, _, _ in batches)

    shuffled = padded_batches(vocab, NAMES, 4, rng)
    one, two = first_letters(shuffled), first_letters(shuffled)
    in_order = first_letters(padded_batches(vocab, NAMES, 4))
    assert sorted(one) == sorted(two) == sorted(in_order)
    assert len({one, two, in_order}) == 3


@pytest.mark.parametrize("seed", [0, 1])
def test_batches_of_one_seed_are_the_same_in_every_run(seed, vocab):
    one, two = (padded_batches(vocab, NAMES, 4, np.random.default_rng(seed)) for _ in range(2))
    for some, other in zip(one, two, strict=True):
        np.testing.assert_equal(some, other)


def test_the_count_of_a_batch_is_that_of_the_targets_under_the_mask():
    ids, mask = np.zeros((3, 2), int), np.array([[1, 1], [1, 0], [1, 0]], np.float32)
    assert Batch(ids, ids).count == 6
    assert Batch(ids, ids, mask).count == Batch(ids, ids, mask > 0).count == 4
    assert Batch(ids, ids, mask / 8).count == 0.5  # targets that count in part
    assert Batch(ids, ids[0], mask).count == 2  # one class for each sequence


def test_batches_of_tuples_are_walked_as_batches():
    ids = np.zeros((3, 2), int)
    batches = Batches(lambda: iter([(ids, ids), (ids, ids, None, ids[0])]), 2)
    for _ in range(2):
        first, second = batches
        assert (type(first), first.mask, first.labels) == (Batch, None, None)
        assert second.mask is None and second.labels is not None


def test_split_takes_a_generator_as_it_takes_a_list():
    assert split(name for name in NAMES) == split(NAMES)
