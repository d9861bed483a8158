"""Tables that are made row by row: what is kept stays as it is, and nothing is lost."""

import pytest
from helpers import experiment

tables = experiment("tables")
KEY = "model", "seed"


@pytest.fixture
def path(tmp_path):
    """A table of two rows, with numbers that floats would spell in another way."""
    path = tmp_path / "table.csv"
    path.write_text("model,seed,score\nb,0,1.000\nb,1,0.50\n", encoding="utf-8")
    return path


def make_row(model, seed):
    return dict(model=model, seed=seed, score=f"{seed / 4:.3f}")


def test_a_new_row_takes_its_place_and_the_old_ones_keep_every_digit(path):
    order = [("a", 0), ("b", 0), ("b", 1)]
    tables.fill(path, tables.read(path, KEY), order[:1], make_row, order)
    assert path.read_text(encoding="utf-8") == (
        "model,seed,score\na,0,0.000\nb,0,1.000\nb,1,0.50\n"
    )


def test_a_row_made_again_replaces_the_old_one_and_no_other_key_stays(path):
    order = [("b", 1), ("c", 0)]
    tables.fill(path, tables.read(path, KEY), order[:1], make_row, order)
    assert path.read_text(encoding="utf-8") == "model,seed,score\nb,1,0.250\n"


def test_what_was_made_before_an_interruption_is_in_the_table(path):
    def interrupted(model, seed):
        if seed:
            raise KeyboardInterrupt
        return make_row(model, seed)

    order = [("b", 0), ("b", 1), ("c", 0), ("c", 1)]
    with pytest.raises(KeyboardInterrupt):
        tables.fill(path, tables.read(path, KEY), order[2:], interrupted, order)
    assert list(tables.read(path, KEY)) == [("b", "0"), ("b", "1"), ("c", "0")]


def test_jobs_may_depend_on_the_rows_before_them(path):
    order = [("c", seed) for seed in range(4)]
    rows = {}
    jobs = (job for job in order if len(rows) < 2)
    tables.fill(path, rows, jobs, make_row, order)
    assert list(tables.read(path, KEY)) == [("c", "0"), ("c", "1")]


def test_no_table_or_one_of_another_shape_has_no_rows(path):
    assert tables.read(path.with_name("none.csv"), KEY) == {}
    assert tables.read(path, KEY, ("model", "seed")) == {}
    assert len(tables.read(path, KEY, ("model", "seed", "score"))) == 2
