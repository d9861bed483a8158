"""The tables of results/ beside the ledger: what they show, and a row made again."""

from itertools import pairwise

import numpy as np
import pytest
from helpers import experiment

import rnnlib as rl


def load(name):
    """Import an experiment, and read its table."""
    module = experiment(name)
    return module, rl.read_ledger(module.TABLE)


def scores(rows, **wanted):
    """The scores of the rows that have what is wanted."""
    return np.array([r["score"] for r in rows if all(r[k] == v for k, v in wanted.items())])


def test_an_lstm_recalls_where_a_plain_network_guesses():
    module, rows = load("memory_tasks")
    longest = max(module.LAGS)
    assert scores(rows, lag=longest, model="RNN").max() < 0.3  # four symbols: chance is 0.25
    assert scores(rows, lag=longest, model="LSTM, forget bias ln T").min() > 0.99


def test_an_lstm_predicts_reber_strings_as_well_as_can_be():
    _, rows = load("memory_tasks")
    assert abs(scores(rows, task="reber", model="LSTM")).max() < 0.02
    assert scores(rows, task="reber", model="RNN").min() > 0.05  # forgets the second letter


def test_a_memory_task_made_again_gives_the_same():
    module, rows = load("memory_tasks")
    again = module.recall(5, 0, **module.CELLS["RNN"])
    assert again == pytest.approx(scores(rows, lag=5, model="RNN", seed=0)[0], abs=0.02)


def test_attention_translates_what_the_bottleneck_cannot():
    module, rows = load("translation")
    exact = {(row["model"], row["kind"], row["words"]): row["exact"] for row in rows}
    *_, longest = module.LENGTHS
    assert exact["attention", "all", "all"] >= 0.95
    assert exact["attention", "all", longest] > exact["bottleneck", "all", longest] + 0.5
    for kind in ("adjective-noun", "subject-verb", "both"):
        assert exact["attention", kind, "all"] > exact["bottleneck", kind, "all"] + 0.3
    counts = {(row["kind"], row["words"]): row["sentences"] for row in rows}
    kinds, lengths = ({key[i] for key in counts} for i in (0, 1))
    for kind in kinds:
        by_length = sum(counts[kind, words] for words in lengths - {"all"})
        assert counts[kind, "all"] == by_length
    by_kind = sum(counts[kind, "all"] for kind in kinds - {"all"})
    assert counts["all", "all"] == by_kind > 1000


def test_three_minutes_of_an_lstm_beat_simple_counting_on_shakespeare():
    _, rows = load("shakespeare")
    nats = {row["model"]: row["test"] for row in rows}
    assert nats["LSTM"] < nats["5-gram"] - 0.1
    assert nats["LSTM"] <= 1.60
    assert nats["best counter"] < nats["5-gram"] - 0.1


def test_an_lstm_beats_all_counting_on_english_names():
    _, rows = load("english_names")
    nats = {(row["names"], row["model"]): row["test"] for row in rows}
    assert nats["as they stand", "LSTM"] <= 1.95
    for (names, model), test in nats.items():
        assert model == "LSTM" or nats[names, "LSTM"] < test - 0.02


def keyhole_lengths(units, model="bottleneck"):
    """The longest strings of which 90 % are right, one for each seed."""
    module, rows = load("keyhole")
    wanted = dict(units=units, model=model)
    rows = [row for row in rows if all(row[k] == v for k, v in wanted.items())]
    held = [(row["seed"], row["length"]) for row in rows if row["exact"] >= 0.9]
    return [max(length for s, length in held if s == seed) for seed in module.SEEDS]


def test_four_times_the_units_let_less_than_three_times_the_letters_through():
    narrow, wide = keyhole_lengths(16), keyhole_lengths(64)
    assert min(wide) > max(narrow)
    assert sum(wide) < 3 * sum(narrow)


def test_attention_opens_the_keyhole_as_far_as_training_goes():
    module, rows = load("keyhole")
    assert min(keyhole_lengths(16, model="attention")) > max(keyhole_lengths(64)) + 1
    looks = [row for row in rows if row["model"] == "attention"]
    assert max(row["exact"] for row in looks if row["length"] > module.LONGEST) < 0.5


def test_a_misled_reverser_loses_count_and_hardly_searches():
    _, rows = load("keyhole")
    eight = [row for row in rows if row["model"] == "attention" and row["length"] == 8]
    assert len(eight) == 3
    assert all(row["misled"] < row["on"] - 0.1 and row["sought"] < 0.2 for row in eight)


def test_a_keyhole_made_again_is_as_wide():
    module, _ = load("keyhole")
    again = list(module.make_rows("bottleneck", 16, 0, module.STEPS))
    longest = max(row["length"] for row in again if float(row["exact"]) >= 0.9)
    assert longest == pytest.approx(keyhole_lengths(16)[0], abs=1)
    assert max(float(row["exact"]) for row in again if row["length"] >= 9) < 0.1


def test_attention_says_as_much_that_is_new_as_the_right_translations():
    module, rows = load("dictionary")
    for seed in module.SEEDS:
        training, test = (
            [pair for _, french in part for pair in pairwise([*french, "\n"])]
            for part in module.load(seed)
        )
        known = set(training)
        heard = np.mean([pair in known for pair in test])
        wanted = seed, "attention", 1
        (row,) = (r for r in rows if (r["seed"], r["model"], r["width"]) == wanted)
        assert row["fluent"] == pytest.approx(heard, abs=0.015)


def test_counting_gets_the_words_and_attention_the_sentences():
    module, rows = load("dictionary")
    for seed in module.SEEDS:
        got = {r["model"]: r for r in rows if r["seed"] == seed and r["width"] in ("", 1)}
        counted, keyhole, looks = (got[m] for m in ("IBM model 1", "bottleneck", "attention"))
        assert 0.6 < counted["words"] < 0.75 and counted["exact"] < 0.03
        assert keyhole["words"] < counted["words"] - 0.05
        assert keyhole["surprise"] < counted["surprise"] - 0.3
        assert keyhole["fluent"] > 0.97 and counted["fluent"] < 0.7
        assert looks["exact"] > 0.65 and looks["surprise"] < 0.3


def test_a_dictionary_made_again_gives_the_same():
    module, rows = load("dictionary")
    again = list(zip(module.make_rows(0, *module.load(0)), range(3), strict=False))
    for new, _ in again:
        (old,) = (r for r in rows if r["seed"] == 0 and r["model"] == new["model"])
        for column in ("bleu", "words", "exact", "surprise"):
            assert new[column] == "" == old[column] or float(new[column]) == pytest.approx(
                old[column], abs=0.01
            )
