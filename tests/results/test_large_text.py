"""The table of large texts: what it promises, and a small text under a small limit."""

import sys

import pytest
from helpers import experiment

import rnnlib as rl

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Linux")


@pytest.fixture(scope="module")
def large_text():
    """The experiment, as a module."""
    return experiment("large_text")


def test_two_gigabytes_were_trained_on_within_300_megabytes(large_text):
    rows = {row["what"]: row for row in rl.read_ledger(large_text.TABLE)}
    assert list(rows) == list(large_text.PARTS)
    for what, row in rows.items():
        assert (row["gigabytes"], row["limit MB"]) == (2, 300)
        assert row["outcome"] == ("MemoryError" if what == "whole" else "done")
        assert row["anonymous MB"] < 100
    assert rows["encode"]["symbols"] == rows["write"]["symbols"] == 2e9
    assert rows["train"]["loss"] < 2.1  # from 4.3, of an even guess


@linux
def test_a_limit_stops_the_whole_text_and_not_its_file_of_ids(large_text, tmp_path):
    rows = list(large_text.make_rows(8_000_000, 160, tmp_path, steps=20))
    outcomes = {row["what"]: row["outcome"] for row in rows}
    assert outcomes == dict(write="done", encode="done", train="done", whole="MemoryError")
    assert not list(tmp_path.iterdir())


@linux
def test_a_full_disk_is_noticed_first(large_text, tmp_path):
    with pytest.raises(SystemExit, match="are needed"):
        next(large_text.make_rows(10**18, 300, tmp_path))
