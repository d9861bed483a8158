"""The novelty report and the ledger, against definitions written out and counting by hand."""

import functools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnlib import mean_scores, novelty_report, read_ledger

NAMES = st.lists(st.text("abc", max_size=6), min_size=1, max_size=5)


@functools.cache
def edit_distance(a, b):
    """Levenshtein's, by its definition."""
    if not a or not b:
        return len(a) + len(b)
    return min(
        edit_distance(a[1:], b) + 1,
        edit_distance(a, b[1:]) + 1,
        edit_distance(a[1:], b[1:]) + (a[0] != b[0]),
    )


@given(NAMES, NAMES, NAMES)
def test_each_name_is_compared_with_all_training_names(names, training, held_out):
    report = novelty_report(names, training, held_out)
    assert [entry.name for entry in report.names] == names
    for entry in report.names:
        assert entry.copied == (entry.name in training)
        assert entry.rediscovered == (entry.name in held_out and entry.name not in training)
        distances = [edit_distance(entry.name, name) for name in training]
        assert entry.distance == min(distances)
        assert distances[training.index(entry.nearest)] == entry.distance
        runs = [
            entry.name[i:j]
            for i in range(len(entry.name) + 1)
            for j in range(i, len(entry.name) + 1)
            if any(entry.name[i:j] in name for name in training)
        ]
        assert entry.longest_copy in runs
        assert len(entry.longest_copy) == max(map(len, runs))


def test_the_report_by_hand():
    report = novelty_report(
        ["allosaurus", "talosaurus", "rex", "rex"], ["allosaurus", "talos"], ["rex", "zby"]
    )
    assert report.copied == 0.25
    assert report.new == 0.75
    assert report.distinct == 0.75
    assert report.rediscovered == ["rex"]
    copied, new, rex, _ = report.names
    assert (copied.distance, copied.longest_copy) == (0, "allosaurus")
    assert (new.nearest, new.distance, new.longest_copy) == ("allosaurus", 2, "losaurus")
    assert (rex.nearest, rex.distance) == ("talos", 5)
    assert report.mean_distance == (0 + 2 + 5 + 5) / 4
    assert report.mean_longest_copy == pytest.approx((1 + 0.8 + 1 / 3 + 1 / 3) / 4)


def test_the_ledger_is_read_as_numbers_and_averaged_over_splits(tmp_path):
    path = tmp_path / "names.csv"
    path.write_text("model,split,test\n4-gram,0,1.8\nlstm,0,1.6\n4-gram,1,1.9\n")
    rows = read_ledger(path)
    assert rows[1] == {"model": "lstm", "split": 0.0, "test": 1.6}
    assert mean_scores(rows) == {"4-gram": pytest.approx(1.85), "lstm": 1.6}
    assert mean_scores(rows, "split") == {"4-gram": 0.5, "lstm": 0}
