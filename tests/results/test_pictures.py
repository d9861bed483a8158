"""The pictures of results/ show their tables; how they look is for eyes."""

import re
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from helpers import experiment, texts

import rnnlib as rl

matplotlib.use("agg")


ROOT = Path(__file__).parents[2]
pictures = experiment("pictures")


@pytest.mark.parametrize("name", pictures.PICTURES)
def test_a_picture_shows_the_table_next_to_it(name, tmp_path):
    table = ROOT / "results" / f"{name}.csv"
    (tmp_path / table.name).write_bytes(table.read_bytes())
    pictures.draw(name, tmp_path)
    drawn, shown = (
        re.findall(r">([^<>]+)</text>", (folder / f"{name}.svg").read_text(encoding="utf-8"))
        for folder in (tmp_path, table.parent)
    )
    assert sorted(drawn) == sorted(shown)


def test_the_title_of_the_ledger_is_true():
    rows = rl.read_ledger(ROOT / "results" / "names.csv")
    *_, title = pictures.PICTURES["names"]
    assert title == "Mixed with a counter, every network beats it"
    mixed, counter = rl.mean_scores(rows, "mixed"), rl.mean_scores(rows)["best counter"]
    networks = {m for m in mixed if not m.endswith("-gram")} - {"uniform", "best counter"}
    assert len(networks) > 10
    assert all(mixed[model] < counter - 0.01 for model in networks)


def test_the_legend_of_the_ledger_names_all_marks(ax):
    rows = [{"model": m, "test": 1.8, "mixed": 1.6} for m in ("4-gram", "RNN")]
    pictures.ledger(rows, ax)
    assert [label.get_text() for label in ax.get_legend().get_texts()] == [
        *("network", "counter", "network and best counter"),
    ]


def test_the_picture_of_speed_has_a_mark_for_each_cell_and_size(ax):
    ratios = {("rnn", 64): 2.0, ("rnn", 128): 1.2, ("lstm", 64): 0.9, ("lstm", 128): 0.75}
    rows = [{"what": "step", "cell": c, "H": h, "ratio": r} for (c, h), r in ratios.items()]
    assert pictures.speed([*rows, {"what": "generate", "cell": "rnn", "H": 9}], ax) is ax
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
    assert pictures.memory([*rows, {"what": "H", "cell": "gru"}], ax) is ax
    whole, windows = (line.get_xydata() for line in ax.lines)
    np.testing.assert_array_equal(whole, [[50, 1.0], [100, 2.0]])
    np.testing.assert_array_equal(windows, [[50, 0.5], [100, 0.5]])
    assert ax.get_xscale() == ax.get_yscale() == "log"
