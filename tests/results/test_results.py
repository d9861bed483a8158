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


def told(rows, name, **wanted):
    """A column of the rows about the blues that have what is wanted, one number for each seed."""
    return np.array([r[name] for r in rows if all(r[k] == v for k, v in wanted.items())])


def test_no_model_of_chord_names_plays_a_blues_in_a_key_that_it_has_not_heard():
    _, rows = load("blues")
    for model in ("lstm", "rnn", "gru", "counter"):
        by_name = dict(model=model, encoding="names", data=300)
        assert told(rows, "legal_new", **by_name).tolist() == [0, 0, 0]
        assert told(rows, "nats_new", **by_name).min() > np.log(73)  # worse than guessing
        if model != "counter":
            assert told(rows, "legal_old", **by_name).min() >= 0.9


def test_told_intervals_a_network_plays_in_every_key_and_75_pieces_beat_3600():
    _, rows = load("blues")
    network = dict(model="lstm", encoding="intervals")
    augmented = dict(model="lstm", encoding="names")
    for name in ("legal_old", "legal_new"):
        assert told(rows, name, data=300, **network).min() >= 0.97
        few = told(rows, name, data=75, **network).min()
        assert few > told(rows, name, data="300 x 12 keys", **augmented).max() + 0.2
        patient = told(rows, name, data="300 x 12 keys, 6 x steps", **augmented)
        assert patient.min() > 0.9  # the symmetry can be learnt, at a price


def test_intervals_help_a_counter_as_they_help_a_network():
    _, rows = load("blues")
    counter, network = (
        told(rows, "nats_new", model=model, encoding="intervals", data=300)
        for model in ("counter", "lstm")
    )
    floor = told(rows, "floor_new", model="lstm", encoding="intervals", data=300)
    assert np.all(floor < network) and np.all(network < counter)
    assert counter.max() < 0.65


def test_a_counter_of_the_blues_made_again_gives_the_same():
    module, rows = load("blues")
    again = module.row("counter", "intervals", "75", 0)
    wanted = dict(model="counter", encoding="intervals", data=75, seed=0)
    (nats,), (legal,) = (told(rows, name, **wanted) for name in ("nats_new", "legal_new"))
    assert float(again["nats_new"]) == pytest.approx(nats, abs=0.002)
    assert float(again["legal_new"]) == pytest.approx(legal, abs=0.02)
