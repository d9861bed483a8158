"""The tables of results/ beside the ledger: what they show, and a row made again."""

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


def test_plain_networks_close_brackets_over_ten_letters_and_only_lstms_over_twenty():
    _, rows = load("one_number")

    def learnt(cell, longest, **wanted):
        found = [r for r in rows if r["cell"] == cell and r["longest"] == longest]
        found = [r for r in found if all(r[key] == value for key, value in wanted.items())]
        return [r[f"right_{longest}"] > 0.95 for r in found]

    assert all(learnt("RNN", 10, lr=0.006)) and all(learnt("LSTM", 10, lr=0.006))
    assert not all(learnt("RNN", 10, lr=0.003))
    assert len(learnt("RNN", 20)) == 9 and not any(learnt("RNN", 20))
    assert sum(learnt("LSTM", 20, forget_bias=1)) >= 3
    assert not any(learnt("LSTM", 20, forget_bias=0))


def test_the_bracket_is_in_one_number_sometimes_and_in_few_always():
    _, rows = load("one_number")
    found = [row for row in rows if row["needed"] != ""]
    assert max(row["needed"] for row in found) <= 7
    assert max(row["first"] for row in found) == 1 and min(row["first"] for row in found) < 0.1
    ten = [row["second"] for row in found if row["longest"] == 10]
    assert max(ten) < 0.1


def test_the_edited_network_made_again_is_turned_by_one_unit():
    module, rows = load("one_number")
    job = module.jobs()[0]
    (row,) = [row for row in rows if all(row[key] == value for key, value in job.items())]
    again = module.measure(**job)
    assert again["right_10"] == pytest.approx(row["right_10"], abs=0.05)
    assert again["first"] > 0.9 > 0.1 > again["second"]
