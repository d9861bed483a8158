"""Tasks that need memory: what they ask, and what the best possible score is."""

import itertools

import numpy as np
import pytest
from mistakes import mistakes
from planted import bug

import rnnlib as rl
from rnnlib.datasets.tasks import REBER, adding, reber_entropy, reber_surprise


def all_strings(longest):
    """Every string of Reber's grammar up to a length, with its probability."""
    beginnings = [("", "start", 1.0)]
    while beginnings:
        text, state, p = beginnings.pop()
        if state is None:
            yield text, p
        elif len(text) < longest:
            choices = REBER[state].items()
            beginnings += [(text + letter, to, p / len(choices)) for letter, to in choices]


@bug(
    "recall asks for the last symbol",
    "datasets.tasks.recall_batches.walk",
    "np.broadcast_to(ids[0], ids.shape)",
    "ids",
)
def test_recall_asks_once_for_the_first_symbol(rng):
    batches = rl.recall_batches(lag=6, batch_size=500, count=3, rng=rng, num_symbols=5)
    assert len(list(batches)) == len(batches) == 3
    ids, targets, mask, _ = next(iter(batches))
    assert ids.shape == targets.shape == mask.shape == (7, 500)
    np.testing.assert_array_equal(targets[-1], ids[0])
    assert mask[-1].all() and not mask[:-1].any()
    # without memory: the last symbol read tells nothing of the first
    assert np.mean(ids[-1] == ids[0]) == pytest.approx(1 / 5, abs=0.08)
    assert np.bincount(ids[0]).tolist() == pytest.approx([100] * 5, abs=40)


def test_every_epoch_of_recall_is_new(rng):
    batches = rl.recall_batches(3, 20, 1, rng)
    (first, *_), (second, *_) = next(iter(batches)), next(iter(batches))
    assert (first != second).any()


@bug(
    "both marks of the adding problem may be in its first half",
    "datasets.tasks.adding",
    "((0, half), (half, length))",
    "((0, half), (0, half))",
)
def test_adding_marks_one_number_in_each_half_and_asks_for_their_sum(rng):
    xs, sums = adding(9, 4000, rng)
    numbers, marks = xs[..., 0], xs[..., 1]
    assert (marks[:4].sum(axis=0) == 1).all() and (marks[4:].sum(axis=0) == 1).all()
    assert marks.mean(axis=1) == pytest.approx([1 / 4] * 4 + [1 / 5] * 5, abs=0.03)
    for row in range(20):
        first, second = numbers[marks[:, row] == 1, row]
        assert sums[row] == pytest.approx(first + second)
    # two uniform numbers have a sum with mean 1 and variance 1/6
    assert np.mean((sums - 1) ** 2) == pytest.approx(1 / 6, abs=0.015)


@bug(
    "the second letter of Reber is forgotten",
    "datasets.tasks.reber",
    "f'B{branch}B{inner}{branch}E'",
    "f\"B{branch}B{inner}{'TP'[rng.integers(2)]}E\"",
)
def test_a_reber_string_repeats_its_second_letter_before_its_end(rng):
    strings = rl.reber(300, rng)
    assert all(s[0] == s[2] == "B" and s[-1] == s[-3] == "E" for s in strings)
    assert all(s[1] == s[-2] for s in strings)
    assert {s[1] for s in strings} == {"T", "P"}
    assert {"T", "P"} == {s[3] for s in strings}


def test_reber_draws_each_string_as_often_as_the_grammar_says(rng):
    strings, count = rl.reber(20_000, rng), 20_000
    for inner, p in itertools.islice(sorted(all_strings(8), key=lambda pair: -pair[1]), 6):
        drawn = sum(s[3:-2] == inner for s in strings)
        assert drawn == pytest.approx(count * p, abs=5 * np.sqrt(count * p))


def test_the_surprise_of_a_reber_string_is_that_of_its_coins():
    assert reber_surprise("BTBTXSETE") == pytest.approx(4 * np.log(2))
    assert reber_surprise("BPBPVVEPE") == pytest.approx(4 * np.log(2))
    assert reber_surprise("BPBPTTVVEPE") == pytest.approx(6 * np.log(2))


@bug(
    "the entropy of Reber leaves out a coin",
    "datasets.tasks.reber_entropy",
    "np.log(2) + visits @ [np.log(len(REBER[state])) for state in states]",
    "visits @ [np.log(len(REBER[state])) for state in states]",
)
def test_the_entropy_of_the_reber_grammar_is_the_mean_of_its_coins(rng):
    strings = rl.reber(20_000, rng)
    symbols = sum(len(s) + 1 for s in strings)  # with the end mark
    assert reber_entropy() == pytest.approx(sum(map(reber_surprise, strings)) / symbols, abs=0.003)


def test_no_letter_of_reber_is_left_out():
    strings = list(all_strings(12))
    assert set("".join(s for s, _ in strings)) == set("TPSXVE")
    assert 0.85 < sum(p for _, p in strings) < 1


MISTAKES = {
    ValueError: [
        ("'BTBTXSSTE' is not of the emb", lambda w: reber_surprise("BTBTXSSTE")),
        ("'BTBTXSEPE' is not of the emb", lambda w: reber_surprise("BTBTXSEPE")),
        ("'BTBTXTE' is not of the embedded", lambda w: reber_surprise("BTBTXTE")),
        ("length must be at least 2", lambda w: adding(1, 5, w.rng)),
        ("count must be", lambda w: adding(4, 0, w.rng)),
    ],
    TypeError: [("rng", lambda w: adding(4, 5, rng=0))],
}


@mistakes(MISTAKES)
def test_a_wrong_string_or_size_is_refused(mistake, world):
    mistake(world)
