"""The tables of speed and memory: what they promise of themselves; some rows are made again."""

import sys
from pathlib import Path

import pytest
from helpers import CLASSIC, experiment

import rnnlib as rl

ROOT = Path(__file__).parents[2]
SPEED = rl.read_ledger(ROOT / "results" / "speed.csv")
MEMORY = rl.read_ledger(ROOT / "results" / "peak_memory.csv")


@pytest.fixture(scope="module")
def memory():
    """The experiment, as a module."""
    return experiment("peak_memory")


def test_every_size_is_timed_for_every_cell():
    for what in ("step", "step, one thread"):
        steps = [(row["H"], row["cell"]) for row in SPEED if row["what"] == what]
        assert sorted(steps) == [(H, cell) for H in (64, 128, 256, 512) for cell in CLASSIC]
    for row in SPEED:
        if row["what"].startswith("step"):
            assert row["ratio"] == pytest.approx(row["torch ms"] / row["rnnlib ms"], abs=0.006)


def test_without_torch_the_comparison_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(SystemExit, match=r"pip install -e '\.\[torch\]'"):
        experiment("speed")


@pytest.mark.parametrize("cell", CLASSIC)
def test_memory_grows_in_proportion_to_time_and_batch_and_not_with_a_text_in_windows(cell, memory):
    own = [row for row in MEMORY if row["cell"] == cell]
    for what, exponent in (("T", 1), ("B", 1), ("truncated", 0)):
        assert memory.slope(own, what, "rnnlib MB") == pytest.approx(exponent, abs=0.1)


@pytest.mark.parametrize("cell", CLASSIC)
def test_a_row_of_memory_made_again_is_the_same(cell, memory):
    (row,) = (r for r in MEMORY if (r["what"], r["cell"], r["T"]) == ("T", cell, 100))
    sizes = memory.GRID["T"][1]
    megabytes, _ = memory.peak_and_time(memory.step_of("T", cell, sizes), calls=1)
    assert megabytes == pytest.approx(row["rnnlib MB"], rel=0.05)
