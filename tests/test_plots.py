"""The figures show the numbers they are given; how they look is for eyes."""

import matplotlib
import numpy as np
import pytest
from helpers import NAMES

import rnnlib as rl

matplotlib.use("agg")

import matplotlib.pyplot as plt

from rnnlib import plots


@pytest.fixture
def ax():
    """Axes in the style of the book."""
    with plt.style.context("rnnlib.course"):
        figure, ax = plt.subplots()
        yield ax
        plt.close(figure)


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_the_learning_curve_holds_both_losses_and_marks_the_best_epoch(ax):
    history = rl.History(train_loss=[3.0, 2.0, 1.5], validation_loss=[2.9, 2.2, 2.4])
    assert plots.learning_curve(history, {"4-gram": 1.8}, ax) is ax
    training, validation, best, level = (line.get_xydata() for line in ax.lines)
    np.testing.assert_array_equal(training, [[1, 3.0], [2, 2.0], [3, 1.5]])
    np.testing.assert_array_equal(validation, [[1, 2.9], [2, 2.2], [3, 2.4]])
    np.testing.assert_array_equal(best, [[2, 2.2]])
    assert set(level[:, 1]) == {1.8}
    assert texts(ax) == ["training", "validation", "4-gram"]


def test_without_validation_the_learning_curve_marks_the_lowest_training_loss(ax):
    plots.learning_curve(rl.History(train_loss=[3.0, 2.0]), ax=ax)
    np.testing.assert_array_equal(ax.lines[-1].get_xydata(), [[2, 2.0]])


def test_the_ledger_draws_a_dot_per_split_and_writes_the_mean(ax):
    scores = {"uniform": (3.3, 3.3), "4-gram": (1.7, 1.9), "best RNN": (1.5, 1.7)}
    rows = [{"model": m, "test": test} for m, tests in scores.items() for test in tests]
    plots.ledger(rows, ax=ax)
    dots = [tuple(line.get_xdata()) for line in ax.lines]
    assert {(1.7, 1.9), (1.5, 1.7)} <= set(dots)
    assert texts(ax) == ["3.30 →", "1.80", "1.60"]
    np.testing.assert_allclose(ax.lines[0].get_xdata(), 1.8)  # the model to beat
    assert [label.get_text() for label in ax.get_yticklabels()] == list(scores)
    assert ax.yaxis_inverted()


def test_a_number_of_the_ledger_steps_aside_for_the_line_of_a_mark(ax):
    scores = {"4-gram": 1.8, "best counter": 1.5, "near": 1.76, "far": 1.6}
    plots.ledger([{"model": m, "test": test} for m, test in scores.items()], ax=ax)
    assert {line.get_xdata()[0] for line in ax.lines[:2]} == {1.8, 1.5}
    assert [text.get_ha() for text in ax.texts] == ["left", "left", "right", "left"]


def test_the_picture_of_speed_has_a_mark_for_each_cell_and_size(ax):
    ratios = {("rnn", 64): 2.0, ("rnn", 128): 1.2, ("lstm", 64): 0.9, ("lstm", 128): 0.75}
    rows = [{"what": "step", "cell": c, "H": h, "ratio": r} for (c, h), r in ratios.items()]
    assert plots.speed([*rows, {"what": "generate", "cell": "rnn", "H": 9}], ax) is ax
    rnn, lstm, level = ax.lines
    np.testing.assert_array_equal(rnn.get_ydata(), [2.0, 1.2])
    np.testing.assert_array_equal(lstm.get_ydata(), [0.9, 0.75])
    assert set(level.get_ydata()) == {1}
    assert [label.get_text() for label in ax.get_xticklabels()] == ["64", "128"]
    assert [label.get_text() for label in ax.get_legend().get_texts()] == ["RNN", "LSTM"]
    assert texts(ax) == ["2.00", "1.20", "0.90", "0.75"]


def test_the_picture_of_memory_has_a_line_for_each_cell_and_way(ax):
    sizes = {"T": [1.0, 2.0], "truncated": [0.5, 0.5]}
    rows = [
        {"what": what, "cell": "gru", "T": t, "rnnlib MB": mb}
        for what, (few, many) in sizes.items()
        for t, mb in ((50, few), (100, many))
    ]
    assert plots.memory([*rows, {"what": "H", "cell": "gru"}], ax) is ax
    whole, windows = (line.get_xydata() for line in ax.lines)
    np.testing.assert_array_equal(whole, [[50, 1.0], [100, 2.0]])
    np.testing.assert_array_equal(windows, [[50, 0.5], [100, 0.5]])
    assert ax.get_xscale() == ax.get_yscale() == "log"


def test_the_map_shows_the_probabilities_and_rings_what_came(ax, vocab, rng):
    model = rl.LanguageModel(len(vocab), 8, rng=rng)
    name = NAMES[3]
    plots.next_symbol_map(model, vocab, name, ax)
    columns = ax.images[0].get_array().T
    logits, _, _ = model.forward(vocab.encode("\n" + name)[:, None])
    weights = np.exp(logits[:, 0].astype(np.float64))
    np.testing.assert_allclose(columns, weights / weights.sum(axis=1, keepdims=True), rtol=1e-5)
    rings = ax.lines[0].get_ydata().astype(int)
    assert vocab.decode(rings) == name + "\n"


def test_the_drawing_of_the_network_has_a_column_for_each_step(ax):
    plots.unrolled("\nrex", "rex\n", ax=ax)
    boxes = [p for p in ax.patches if type(p).__name__ == "FancyBboxPatch"]
    arrows = [p for p in ax.patches if type(p).__name__ == "FancyArrowPatch"]
    assert (len(boxes), len(arrows)) == (3 * 4, 4 + 4 + 3)
    assert [t for t in texts(ax) if len(t) == 1] == list("⏎rexrex⏎")
