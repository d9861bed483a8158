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


def steps_until_solved(rows, **wanted):
    """The steps of each seed, infinite where it was not solved."""
    rows = [r for r in rows if all(r[k] == v for k, v in {"write": 0, **wanted}.items())]
    return np.array([r["steps"] if r["score"] >= 0.9 else np.inf for r in rows])


def test_a_recall_of_half_lives_made_again_gives_nearly_the_same():
    module, rows = load("half_lives")
    steps, share = module.recall("recall", 3, 0, 4, 0)
    (row,) = [r for r in rows if (r["forget"], r["lag"], r["seed"]) == (3, 4, 0)]
    assert abs(steps - row["steps"]) <= 40 and share >= module.SOLVED


def test_the_half_life_of_the_gate_orders_the_failing_lags():
    module, rows = load("half_lives")
    failing = []
    for bias in module.BIASES:
        runs = {
            lag: steps_until_solved(rows, task="recall", forget=bias, lag=lag)
            for lag in module.LAGS
        }
        assert all(len(steps) in (0, 3) for steps in runs.values())
        failing.append(min(lag for lag, s in runs.items() if np.isinf(s).sum() >= 2))
    assert failing == sorted(failing)
    bet = 7 * -np.log(2) / np.log(1 / (1 + np.exp(-np.array(module.BIASES[:-1]))))
    assert np.exp(abs(np.log(bet / failing[:-1]))).max() < 1.8


def test_fading_decides_whether_recall_is_learnt_and_the_crowd_how_long_it_takes():
    _, rows = load("half_lives")
    for lag, bias in ((20, 1), (40, 2)):
        assert np.isinf(steps_until_solved(rows, task="blank", forget=bias, lag=lag)).all()
    blank, crowd = (steps_until_solved(rows, task=t, forget=3, lag=40) for t in ("blank", "recall"))
    assert blank.max() <= 60 and crowd.min() >= 180
    assert np.isfinite(steps_until_solved(rows, task="ladder", forget=1, lag=20)).all()


def test_no_seed_learns_beyond_the_edge_with_more_steps_or_a_higher_rate():
    module, rows = load("half_lives")
    for task in ("patient", "fast"):
        left = [r for r in rows if r["task"] == task]
        assert len(left) in (6, 9) and all(r["score"] < module.SOLVED for r in left)


def test_on_reber_strings_the_learning_rate_decides_and_not_the_cell():
    module, rows = load("reber_rates")
    assert len(rows) == len(module.CELLS) * len(module.RATES) * len(module.SEEDS)
    for model in module.CELLS:
        slow, fast = (scores(rows, model=model, rate=rate) for rate in (1e-3, 1e-2))
        assert slow.min() > 0.055 and fast.max() < 0.003  # a 4-gram loses 0.055


def test_a_row_of_reber_rates_made_again_gives_nearly_the_same():
    module, rows = load("reber_rates")
    _, again = module.reber("RNN", 1e-2, 0)
    assert again == pytest.approx(scores(rows, model="RNN", rate=1e-2, seed=0)[0], abs=0.002)


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
