"""The tables of results/ beside the ledger: what they show, and a row made again."""

import json

import numpy as np
import pytest
from helpers import ROOT, TOLERANCE, experiment

import rnnlib as rl
from rnnlib.functional import dsigmoid, dtanh, sigmoid


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


def test_beyond_training_an_lstm_counts_farther_than_every_cell_whose_memory_is_in_a_box():
    module, rows = load("counting")
    box = ("gru", "rnn", "minimal", "coupled")
    boxed = [row for row in rows if row["cell"] in box]
    lstm = [row for row in rows if row["cell"] == "lstm"]
    assert len(rows) == len(module.UNITS) * len(module.SEEDS)
    assert max(row["reach"] for row in boxed) < min(row["reach"] for row in lstm)
    assert all(row["moved"] <= 2 for row in boxed)  # from -1 to 1 at most
    assert all(row["moved"] > 50 for row in lstm)


def test_a_counting_network_made_again_counts_like_the_one_before():
    module, rows = load("counting")
    stop = module.stops(module.train("rnn", 0))
    (before,) = (row for row in rows if row["cell"] == "rnn" and row["seed"] == 0)
    assert abs(module.reach(stop) - before["reach"]) <= 4


def test_the_gradients_of_the_variants_are_right():
    module, _ = load("counting")
    rng = np.random.default_rng(0)
    for cell in module.variants.VARIANTS.values():
        layer = rl.Recurrent(cell(), 3, 4, rng, dtype=np.float64)
        errors = rl.check_gradients(layer, rng.standard_normal((6, 2, 3)))
        assert max(errors.values()) <= TOLERANCE, errors


@pytest.mark.parametrize(
    ("notebook", "name", "twin"),
    [
        ("chapters/14_gru.ipynb", "CoupledLSTM", "CoupledCell"),
        ("solutions/14_gru.ipynb", "MinimalUnit", "MinimalCell"),
    ],
)
def test_a_cell_written_out_in_a_notebook_is_that_of_the_experiment(notebook, name, twin):
    module, _ = load("counting")
    cells = json.loads((ROOT / notebook).read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells]
    (source,) = (source for source in sources if source.startswith(f"class {name}("))
    scope = dict(np=np, rl=rl, sigmoid=sigmoid, dsigmoid=dsigmoid, dtanh=dtanh)
    exec(source.partition("\n\n\n")[0], scope)  # the class alone
    xs = np.random.default_rng(0).standard_normal((5, 2, 3))
    results = []
    for cell in (scope[name], getattr(module.variants, twin)):
        layer = rl.Recurrent(cell(), 3, 4, np.random.default_rng(1), dtype=np.float64)
        hs, state, cache = layer.forward(xs)
        dxs, dstate, grads = layer.backward(np.cos(hs), cache)
        results.append((hs, *state, dxs, *dstate, *grads.values()))
    for one, other in zip(*results, strict=True):
        assert np.allclose(one, other)


def test_at_equal_size_the_gru_is_as_good_as_the_lstm_on_names():
    module, rows = load("cells")
    assert len(rows) == 3 * len(module.JOBS)
    by_cell = {job: [] for job in module.JOBS}
    for row in rows:
        by_cell[row["cell"], int(row["units"])].append(row["test"])
    assert np.mean(by_cell["gru", 151]) < np.mean(by_cell["lstm", 128]) + 0.02
    for row in rows:
        assert row["mixed"] < row["test"]
