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


def mean(rows, column, **wanted):
    """The mean of a column over the rows that have what is wanted."""
    return np.mean([r[column] for r in rows if all(r[k] == v for k, v in wanted.items())])


def test_counters_outlast_the_networks_that_score_better():
    _, rows = load("forgeries")
    read, nats = (
        {s: mean(rows, column, source=s) for s in ("Witten–Bell", "Kneser–Ney", "RNN", "LSTM")}
        for column in ("characters", "nats")
    )
    assert read["Witten–Bell"] > read["Kneser–Ney"] > 2 * read["LSTM"] > 2.5 * read["RNN"]
    assert nats["Witten–Bell"] > max(nats["Kneser–Ney"], nats["RNN"], nats["LSTM"])
    for row in rows:
        if row["source"] in ("RNN", "LSTM"):
            assert row["right"] > 0.9
            assert 0.8 * row["predicted"] < row["characters"] < 1.5 * row["predicted"]


def test_a_forgery_investigated_again_gives_the_same():
    module, rows = load("forgeries")
    again = module.make_row("Witten–Bell", 0)
    (stored,) = (r for r in rows if r["source"] == "Witten–Bell" and r["seed"] == 0)
    assert again["unknown"] == f"{stored['unknown']:.4f}"
    assert float(again["characters"]) == stored["characters"]


def test_the_taught_sentence_generator_learns_letter_frequencies():
    _, rows = load("sentences")
    for name in ("number, last", "recipe, 20 epochs", "recipe, whole text"):
        assert mean(rows, "test", model=name) > 2.8
    ours = [
        mean(rows, "test", model=f"{inputs}, {loss}, our habits")
        for loss in ("every", "last")
        for inputs in ("embedding", "number")
    ]
    assert ours[0] < ours[2] - 0.1 and ours[2] < min(ours[1], ours[3]) - 0.1


def test_every_small_sentence_generator_has_three_seeds():
    module, rows = load("sentences")
    seeds = {name: {r["seed"] for r in rows if r["model"] == name} for name in module.MODELS}
    few = {name: found for name, found in seeds.items() if found != set(module.seeds_of(name))}
    assert not few


def test_of_the_advice_only_more_steps_help():
    _, rows = load("sentences")
    plain = mean(rows, "test", model="+ carried state")
    assert mean(rows, "test", model="repaired: two layers") > plain + 0.1
    assert mean(rows, "test", model="repaired: twice as long") < plain - 0.05
    assert abs(mean(rows, "test", model="repaired: a quarter of the text") - plain) < 0.1


def test_the_stored_verse_is_of_a_network_that_had_its_three_minutes():
    (row,) = rl.read_ledger("shakespeare_sample")
    assert row["minutes"] == 3 and row["test"] < 1.6
    assert 400 <= len(row["text"]) <= 600


def test_a_step_of_the_taught_generator_made_again_costs_the_same_targets():
    module, _ = load("sentences")
    model, steps, targets, _ = module.train(0, **module.PUBLISHED, hidden_size=8, budget=0.5)
    assert targets == steps * module.ROWS
    assert module.score(model, "number") > 2.7
