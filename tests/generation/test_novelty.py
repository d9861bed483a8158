"""The novelty report and the ledger, against definitions written out and counting by hand."""

import functools
import sys
import tracemalloc

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from mistakes import mistakes
from planted import bug

from rnnlib import mean_scores, novelty_report, read_ledger, tales
from rnnlib.generation.copies import longest_runs
from rnnlib.generation.distance import distances, nearest

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


def first_longest_run(name, training):
    """The definition: of the longest runs that are in some training name, the first."""
    runs = [name[i:j] for i in range(len(name)) for j in range(i + 1, len(name) + 1)]
    return max((run for run in runs if any(run in t for t in training)), key=len, default="")


@bug(
    "runs reach over the end of a text",
    "generation.copies._shared",
    "known.border not in run",
    "True",
)
@bug(
    "the last of equally long runs is taken",
    "generation.copies._shared",
    "owner not in found",
    "True",
)
@example(["a\U0010ffffb"], ["a", "b", "xyz"])
@given(
    st.lists(st.text("ab\n\x00é🦕", max_size=9), max_size=6),
    NAMES | st.lists(st.text(), min_size=1),
)
def test_the_longest_runs_are_those_of_the_definition(names, training):
    expected = [first_longest_run(name, training) for name in names]
    assert longest_runs(names, training) == expected
    assert longest_runs(names + training, training)[len(names) :] == training


def test_a_run_counts_only_if_its_letters_agree(monkeypatch):
    monkeypatch.setattr("rnnlib.generation.copies._Runs.base", 1)  # anagrams share their hash
    training = ["abcab", "xyz"]
    names = ["cba", "bcaabc", "zyx", "abcabab"]
    expected = [first_longest_run(name, training) for name in names]
    assert longest_runs(names, training) == expected == ["c", "bca", "z", "abcab"]


@bug(
    "a replacement costs nothing",
    "generation.distance.distances",
    "letters != ord(letter)",
    "letters == -1",
)
@given(st.text("abc", max_size=6), NAMES)
def test_distances_without_rapidfuzz_are_levenshteins(name, texts):
    assert distances(name, texts).tolist() == [edit_distance(name, text) for text in texts]


def test_the_nearest_name_is_the_same_without_rapidfuzz(monkeypatch):
    names, training = ["rex", "allosaur", "", "tarbo"], ["talos", "rexy", "trex", "allosaurus"]
    fast = nearest(names, training)
    monkeypatch.setitem(sys.modules, "rapidfuzz.distance", None)
    monkeypatch.setattr("rnnlib.generation.distance.CELLS", 12)  # two texts at once, at most
    assert nearest(names, training) == fast
    assert fast == [(1, 1), (3, 2), (1, 4), (0, 3)]


def test_the_report_of_running_text_needs_memory_in_proportion_to_it():
    text = tales()[:60_000]
    tracemalloc.start()
    (entry,) = novelty_report([text[40_000:]], [text[:40_000]]).names
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 200 * len(text)
    assert entry.longest_copy in text[:40_000]
    assert len(entry.longest_copy) > 10


@mistakes(
    {
        ValueError: [
            ("needs generated names and training names", lambda w: novelty_report([], ["rex"])),
            (
                "needs generated names and training names",
                lambda w: novelty_report(["rex"], iter([])),
            ),
            (
                "names must not end in line breaks, got 'rex\\n' at position 1",
                lambda w: novelty_report(["a", "rex\n"], ["rex"]),
            ),
            ("training must not end in line breaks", lambda w: novelty_report(["a"], ["rex\r"])),
        ],
        TypeError: [
            (
                "names must be a list of strings, got one string 'rex'",
                lambda w: novelty_report("rex", ["rex"]),
            ),
            (
                "held_out must be a list of strings, got None",
                lambda w: novelty_report(["a"], ["b"], None),
            ),
            (
                "training must be a list of strings, got 3 (int) at position 0",
                lambda w: novelty_report(["a"], [3]),
            ),
        ],
    }
)
def test_a_wrong_collection_of_names_is_refused_in_words(mistake, world):
    mistake(world)


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
