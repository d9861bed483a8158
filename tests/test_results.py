"""The tables of results/ beside the ledger: what they show, and a row made again."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

import rnnlib as rl

ROOT = Path(__file__).parents[1]


def load(name):
    """Import experiments/{name}.py, and read its table."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "experiments" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module, rl.read_ledger(module.TABLE)


def scores(rows, **wanted):
    """The scores of the rows that have what is wanted."""
    return np.array([r["score"] for r in rows if all(r[k] == v for k, v in wanted.items())])


def test_an_lstm_recalls_where_a_plain_network_guesses():
    experiment, rows = load("memory_tasks")
    longest = max(experiment.LAGS)
    assert scores(rows, lag=longest, model="RNN").max() < 0.3  # four symbols: chance is 0.25
    assert scores(rows, lag=longest, model="LSTM, forget bias ln T").min() > 0.99


def test_an_lstm_predicts_reber_strings_as_well_as_can_be():
    _, rows = load("memory_tasks")
    assert abs(scores(rows, task="reber", model="LSTM")).max() < 0.02
    assert scores(rows, task="reber", model="RNN").min() > 0.05  # forgets the second letter


def test_a_memory_task_made_again_gives_the_same():
    experiment, rows = load("memory_tasks")
    again = experiment.recall(5, 0, **experiment.CELLS["RNN"])
    assert again == pytest.approx(scores(rows, lag=5, model="RNN", seed=0)[0], abs=0.02)


def test_attention_translates_what_the_bottleneck_cannot():
    experiment, rows = load("translation")
    exact = {(row["model"], row["words"]): row["exact"] for row in rows}
    *_, longest = experiment.LENGTHS
    assert exact["attention", "all"] >= 0.95
    assert exact["attention", longest] > exact["bottleneck", longest] + 0.5
    counts = {words: row["sentences"] for row in rows for words in [row["words"]]}
    assert counts["all"] == sum(n for words, n in counts.items() if words != "all") > 1000
