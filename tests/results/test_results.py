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


def test_letters_lead_on_words_without_a_name_and_words_on_all_others():
    module, rows = load("words")
    bits = {(r["model"], r["seen"], r["seed"]): r["bits"] for r in rows}
    for seed in (0, 1, 2):
        for letters, words in (
            ("characters, both", "words, both"),
            ("characters, longer, both", "words, both"),
            ("characters, counted", "words, counted"),
        ):
            lead = [bits[letters, n, seed] - bits[words, n, seed] for n in module.SEEN]
            assert max(lead[:2]) < -1 and min(lead[2:]) > 0
        for kind in ("characters", "merges", "words"):
            apart = min(bits[kind, "all", seed], bits[f"{kind}, counted", "all", seed])
            assert bits[f"{kind}, both", "all", seed] < apart
        assert bits["words", "all", seed] < bits["merges", "all", seed] - 0.15
        assert bits["merges", "all", seed] < bits["characters", "all", seed] - 0.05
        assert abs(bits["words, tied", "all", seed] - bits["words", "all", seed]) < 0.015
        longer = bits["characters, longer", "all", seed]
        assert bits["characters, counted", "all", seed] < longer - 0.03
        assert longer < bits["characters", "all", seed] - 0.1
        assert bits["all four, longer", "all", seed] < bits["words, both", "all", seed] - 0.005


def test_a_counter_of_words_made_again_scores_the_same():
    module, rows = load("words")
    train, _, text = module.load()
    vocabs = module.vocabularies(train, num_merges=0)
    counter = rl.KneserNey(3, 0.9, vocabs["words"]).fit([train])
    p = module.counter_distributions(counter, text)
    spell = module.speller(train, vocabs["characters"])
    bits = -np.log2(module.spelt(p, vocabs["words"], text, spell)).sum() / len(text)
    (known,) = {r["bits"] for r in rows if (r["model"], r["seen"]) == ("words, counted", "all")}
    assert bits == pytest.approx(known, abs=1e-3)
