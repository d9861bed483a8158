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


def test_counting_letter_groups_needs_fewer_names_than_a_gru_and_knows_less_when_it_guesses():
    module, rows = load("shapes")

    def mean(column="score", **wanted):
        found = [r[column] for r in rows if all(r[k] == v for k, v in wanted.items())]
        assert len(found) == len(module.SPLITS)
        return np.mean(found)

    for size in module.SIZES:
        counted, trained = (mean(task="clade", model=m, part=size) for m in ("naive Bayes", "GRU"))
        assert counted > trained
    every = dict(task="clade", part="all")
    nats = {m: mean("nats", model=m, **every) for m in ("naive Bayes", "GRU", "majority")}
    assert nats["GRU"] < nats["majority"] - 0.2 < nats["naive Bayes"] - 2
    told, backwards = (
        mean(model=m, **every) for m in ("GRU told the clade", "told, name backwards")
    )
    assert told < backwards - 0.03
    assert mean(model="GRU, mean of states", **every) < mean(model="GRU", **every) - 0.03


def test_sentence_ends_need_the_next_word():
    _, rows = load("shapes")
    from_left, lstm = (
        scores(rows, task="marks", model=f"{cell} from the left", part="stop")
        for cell in ("GRU", "LSTM")
    )
    one_late = scores(rows, task="marks", model="GRU, one word late", part="stop")
    both = scores(rows, task="marks", model="bidirectional GRU", part="stop")
    assert max(*from_left, *lstm) < 0.2 and one_late.min() > 0.5 and both.min() > 0.55


def test_a_classifier_that_forgets_its_mask_does_worse_than_the_constant_answer():
    _, rows = load("shapes")
    forgotten, constant = (
        scores(rows, task="clade", model=model, part="all")
        for model in ("GRU, mask forgotten", "majority")
    )
    assert len(forgotten) == len(constant) == 3 and np.less(forgotten, constant).all()


def test_naive_bayes_on_a_split_made_again_gives_the_same():
    module, rows = load("shapes")
    (again,) = module.clade("naive Bayes", 100, 0)
    (kept,) = scores(rows, task="clade", model="naive Bayes", part=100, split=0)
    assert again["score"] == pytest.approx(kept, abs=0.009)  # two names of 255
