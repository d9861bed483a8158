"""The figures show the numbers they are given; how they look is for eyes."""

import sys
from functools import partial

import matplotlib
import numpy as np
import pytest
from helpers import NAMES, run_python, texts
from mistakes import mistakes
from planted import bug

import rnnlib as rl

matplotlib.use("agg")

import matplotlib.pyplot as plt

from rnnlib import plots


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


def test_a_number_without_room_on_the_left_goes_beyond_the_line(ax):
    plots.ledger([{"model": m, "test": test} for m, test in {"4-gram": 1.8, "a": 1.76}.items()])
    number = ax.texts[-1]
    assert number.get_ha() == "left"
    assert number.get_position()[0] > 1.8


def test_the_ledger_rings_a_network_that_mixing_makes_better(ax):
    scores = {"4-gram": (1.8, 1.6), "RNN": (1.7, 1.55), "the mixture": (1.55, 1.55)}
    rows = [{"model": m, "test": test, "mixed": both} for m, (test, both) in scores.items()]
    plots.ledger(rows, ax=ax)
    rings = [line.get_xydata()[0] for line in ax.lines if line.get_markerfacecolor() == "none"]
    np.testing.assert_allclose(rings, [[1.55, 1]])
    assert texts(ax) == ["1.80", "1.55", "1.70", "1.55"]
    assert ax.get_xlim()[0] < 1.5


def test_the_number_beside_a_ring_steps_over_the_line_of_a_mark(ax):
    rows = [
        {"model": "4-gram", "test": 1.8, "mixed": 1.6},
        {"model": "near", "test": 1.76, "mixed": 1.6},
    ]
    plots.ledger(rows, ax=ax)
    number = ax.texts[-1]
    assert (number.get_text(), number.get_ha()) == ("1.76", "left")
    assert number.get_position()[0] > 1.8


def test_an_alignment_has_a_row_for_each_symbol_written(ax):
    weights = np.array([[0.9, 0.1, 0.0], [0.2, 0.3, 0.5]])
    assert plots.alignment(weights, "ab\n", ["le", "chat"], ax) is ax
    np.testing.assert_array_equal(ax.images[0].get_array(), weights)
    assert ax.images[0].get_clim() == (0, 1)
    assert [label.get_text() for label in ax.get_xticklabels()] == ["a", "b", "⏎"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["le", "chat"]
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_title()) == ("read", "written", "")
    assert ax.figure.axes[-1].get_ylabel() == "attention weight"


def test_one_more_row_of_an_alignment_is_that_of_the_end_mark(ax):
    plots.alignment(np.full((3, 2), 0.5), "ab", ["le", "chat"], ax)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["le", "chat", "⏎"]


@pytest.mark.mistake
@pytest.mark.parametrize("shape", [(4, 3), (1, 2, 3), (6,), (2, 4), (1, 3)])
def test_an_alignment_of_other_symbols_is_refused(shape, ax):
    with pytest.raises(ValueError, match=r"one row per target symbol .*\(2, 3\); got \("):
        plots.alignment(np.zeros(shape), "abc", "xy", ax)
    assert not ax.images


def luminance(color):
    """The relative luminance of WCAG 2, 0 to 1."""
    rgb = np.array(matplotlib.colors.to_rgb(color))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return linear @ (0.2126, 0.7152, 0.0722)


def contrast(a, b):
    dark, light = sorted((luminance(a), luminance(b)))
    return (light + 0.05) / (dark + 0.05)


def test_the_ink_of_figures_can_be_read_on_their_paper():
    assert contrast("#767676", "white") == pytest.approx(4.54, abs=0.005)  # a known value
    with plt.style.context("rnnlib.course"):
        style = plt.rcParams
        assert style["savefig.facecolor"] == style["figure.facecolor"] != "none"
        keys = "axes.labelcolor axes.titlecolor text.color xtick.color ytick.color axes.edgecolor"
        ink = [*(style[key] for key in keys.split()), plots.GREY, style["legend.labelcolor"]]
        ink += [entry["color"] for entry in style["axes.prop_cycle"]]
        for color in ink:
            assert contrast(color, style["figure.facecolor"]) >= 4.5, color
            assert contrast(color, "white") >= 4.5, color


def test_plots_are_imported_on_first_use():
    code = """
import sys, rnnlib as rl
assert "rnnlib.plots" not in sys.modules and "matplotlib" not in sys.modules
assert "plots" in dir(rl)
assert rl.plots.learning_curve and rl.plots is sys.modules["rnnlib.plots"]
try:
    rl.plot
except AttributeError as error:
    print(error)
"""
    with run_python("-c", code) as process:
        said = process.stdout.read()
    assert said == "module 'rnnlib' has no attribute 'plot'\n"


def test_without_matplotlib_plots_say_how_to_get_it():
    code = """
import sys
sys.modules["matplotlib"] = sys.modules["matplotlib.pyplot"] = None
import rnnlib as rl
try:
    rl.plots
except ImportError as error:
    print(error)
"""
    with run_python("-c", code) as process:
        assert "pip install matplotlib" in process.stdout.read()


@pytest.mark.mistake
def test_what_rnnlib_lacks_is_refused_in_words(monkeypatch):
    with pytest.raises(AttributeError, match="module 'rnnlib' has no attribute 'plot'"):
        _ = rl.plot
    monkeypatch.delitem(sys.modules, "rnnlib.plots")
    for name in ("matplotlib", "matplotlib.pyplot"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(
        ImportError, match=r"rnnlib\.plots needs matplotlib.*: pip install matplotlib"
    ):
        rl.__getattr__("plots")


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


@bug("the columns are letters", "plots.next_symbol_map", "[shown[i] for i in ids]", "[*END, *name]")
def test_the_map_has_a_column_for_each_word(ax, rng):
    vocab = rl.Vocabulary.from_words("the river is long. the end is near.")
    model = rl.LanguageModel(len(vocab), 8, rng=rng, num_classes=2)
    name = "the river is  near."
    plots.next_symbol_map(model, vocab, name, ax, label=1)
    columns = ax.images[0].get_array().T
    ids = vocab.encode("\n" + name)[:, None]
    logits, _, _ = model.forward(ids, labels=[1])
    np.testing.assert_allclose(columns, rl.next_symbol_distribution(logits[:, 0]))
    rings = ax.lines[0].get_ydata().astype(int)
    assert vocab.decode(rings) == "the river is near.\n"
    read = [label.get_text() for label in ax.get_xticklabels()]
    assert read == ["⏎", "the", "river", "is", "near", "."]
    assert ax.get_xlabel() == "symbol read"


SHEET = ["F7", "Bb7", "F7", "F7", "Bb7", "Bdim7", "F7", "D7", "Gm7", "C7", "F7", "C7"]


def test_a_lead_sheet_has_four_bars_a_line_with_the_degree_of_each_chord(ax):
    assert plots.lead_sheet(SHEET, ax=ax) is ax
    chords, degrees = texts(ax)[::2], texts(ax)[1::2]
    assert chords == ["F7", "B♭7", "F7", "F7", "B♭7", "Bdim7", "F7", "D7", "Gm7", "C7", "F7", "C7"]
    assert degrees == ["I", "IV", "I", "I", "IV", "♯IV", "I", "VI", "II", "V", "I", "V"]
    places = [text.get_position() for text in ax.texts[::2]]
    assert {x for x, _ in places} == {0.5, 1.5, 2.5, 3.5}
    assert [y for _, y in places] == sorted((y for _, y in places), reverse=True)
    coloured = [patch.get_facecolor()[:3] for patch in ax.patches]
    assert len(coloured) == 10 and len(set(coloured)) == 3  # all but Bdim7 and D7


def test_a_lead_sheet_frames_the_bar_that_breaks_the_rules(ax):
    wrong = [*SHEET[:5], "E7", *SHEET[6:]]
    plots.lead_sheet(wrong, ax=ax)
    assert texts(ax).count("✕") == 1
    (frame,) = [patch for patch in ax.patches if patch.get_linewidth() > 2]
    x, y = frame.get_xy()
    assert 1 < x < 2 and -2 < y < -1  # bar 6 is the second of the second line


def test_the_key_of_a_lead_sheet_may_be_given(ax):
    plots.lead_sheet(["Gb7"], key="F#", ax=ax)
    assert texts(ax)[:2] == ["F♯7", "I"]


@mistakes(
    {
        ValueError: [
            ("symbol '!' at position 3 of 'rex!'", lambda w: w.map("rex!")),
            ("has no classes", lambda w: w.map("rex", label=0)),
        ],
        TypeError: [
            ("A text or a list of symbols can be encoded, got [3]", lambda w: w.map([3])),
            (
                "got a SequenceClassifier",
                lambda w: plots.next_symbol_map(w.classifier, w.vocab, "rex"),
            ),
        ],
    }
)
def test_a_map_of_something_else_is_refused_in_words(mistake, world, ax):
    world.classifier = rl.SequenceClassifier(len(world.vocab), 8, 3, rng=world.rng)
    world.map = partial(plots.next_symbol_map, world.model, world.vocab, ax=ax)
    mistake(world)


def test_the_drawing_of_the_network_has_a_column_for_each_step(ax):
    plots.unrolled("\nrex", "rex\n", ax=ax)
    boxes = [p for p in ax.patches if type(p).__name__ == "FancyBboxPatch"]
    arrows = [p for p in ax.patches if type(p).__name__ == "FancyArrowPatch"]
    assert (len(boxes), len(arrows)) == (3 * 4, 4 + 4 + 3)
    assert [t for t in texts(ax) if len(t) == 1] == list("⏎rexrex⏎")


def test_the_drawing_of_the_network_names_the_shared_weights_at_every_step(ax):
    plots.unrolled("\nrex", "rex\n", ax=ax)
    named = [texts(ax).count(f"$W_{{{weights}}}$") for weights in ("xh", "hh", "hy")]
    assert named == [4, 3, 4]
