"""Rows of results/ are made by commands: some are made again here."""

import re
from pathlib import Path

import numpy as np
import pytest
from helpers import experiment
from mistakes import mistakes
from planted import bug

import rnnlib as rl

ROOT = Path(__file__).parents[2]
names = experiment("names")

BOTH_WAYS = "RNN and counter, both ways", "everything, both ways"

ROWS = {(row["model"], row["split"]): row for row in rl.read_ledger(names.LEDGER)}


def test_the_ledger_has_one_row_for_each_model_and_split():
    assert list(ROWS) == [(model, split) for model in names.MODELS for split in names.SPLITS]


@pytest.mark.parametrize(
    ("model", "band"),
    [
        ("uniform", 1e-4),
        ("2-gram", 1e-4),
        ("4-gram", 1e-4),
        ("best counter", 1e-4),
        ("+ embedding", 0.03),
    ],
)
def test_a_row_made_again_falls_within_its_band(model, band):
    row = names.make_row(model, split=1)
    for score in ("valid", "test", "mixed"):
        assert float(row[score]) == pytest.approx(ROWS[model, 1][score], abs=band)
    assert row["parameters"] == ROWS[model, 1]["parameters"]


def test_the_best_plain_network_beats_counting_on_every_split():
    best, counting = (
        np.array([ROWS[model, split]["test"] for split in names.SPLITS])
        for model in ("best RNN", "4-gram")
    )
    assert best.mean() <= 1.76
    assert (best < counting - 0.06).all()
    assert max(ROWS["best RNN", split]["seconds"] for split in names.SPLITS) < 20


def test_the_row_of_the_mixture_is_the_mixed_score_of_the_best_rnn():
    for split in names.SPLITS:
        together, alone = (
            ROWS[model, split] for model in ("best RNN with the best counter", "best RNN")
        )
        assert together["test"] == pytest.approx(alone["mixed"], abs=2e-4)
        assert together["mixed"] == pytest.approx(together["test"], abs=2e-4)
        assert together["valid"] < alone["valid"]


def test_each_way_to_mix_is_better_than_the_one_before():
    means = rl.mean_scores(list(ROWS.values()))
    ways = "best RNN with the best counter", "RNN and counter, multiplied", *BOTH_WAYS
    scores = [means[way] for way in ways]
    assert (np.diff(scores) < -0.003).all()
    assert scores[-1] == min(means.values()) <= 1.56


def test_what_holds_the_best_counter_hardly_gains_from_it_again():
    for model in ("RNN and counter, multiplied", *BOTH_WAYS):
        for split in names.SPLITS:
            row = ROWS[model, split]
            assert row["weight"] > 0.8
            assert row["mixed"] == pytest.approx(row["test"], abs=0.003)


def test_the_best_counter_gains_nothing_from_itself():
    for split in names.SPLITS:
        row = ROWS["best counter", split]
        assert (row["weight"], row["mixed"]) == (0, row["test"])


def test_every_model_is_mixed_with_a_share_chosen_on_validation_names():
    for (model, split), row in ROWS.items():
        assert 0 <= row["weight"] <= 1
        if model not in ("uniform", "best counter") and not model.endswith("-gram"):
            assert row["weight"] > 0.1
            assert row["mixed"] < ROWS["best counter", split]["test"]


def test_the_best_counter_is_the_one_that_validation_chooses(monkeypatch):
    order, discount = names.BEST_COUNTER["order"], names.BEST_COUNTER["discount"]
    nearest = names.ORDERS.index(order)
    monkeypatch.setattr(names, "ORDERS", names.ORDERS[nearest - 1 : nearest + 2])
    monkeypatch.setattr(
        names, "DISCOUNTS", [d for d in names.DISCOUNTS if abs(d - discount) < 0.06]
    )
    scores = names.counter_scores()
    assert len(scores) == 9
    assert min(scores, key=scores.get) == (order, discount)


def test_the_published_recipe_learns():
    data = names.load_split(0)
    data = data._replace(train=data.train[:40])
    few, more = (
        names.published_recipe(data, np.random.default_rng(0), steps=steps) for steps in (100, 2000)
    )
    assert validation_score(more, data) < validation_score(few, data) - 0.3


def validation_score(model, data):
    return names.mixing.nats(names.probabilities(model, data, data.valid))


def test_the_picture_and_the_readme_show_the_scores_of_the_ledger():
    means = rl.mean_scores(list(ROWS.values()))
    mixed = rl.mean_scores(list(ROWS.values()), "mixed")
    picture = names.PICTURE.read_text(encoding="utf-8")
    assert all(f">{mean:.2f}" in picture for mean in means.values())
    assert all(f">{mixed[model]:.2f}" in picture for model in ("best RNN", "LSTM", "three LSTMs"))

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    scores = re.compile(r"^\| [^|]* \| \**(\d\.\d\d)\** \| (?:\**(\d\.\d\d)\** )?\|", re.MULTILINE)
    alone = "uniform", "4-gram", "best counter", "best RNN with the best counter", *BOTH_WAYS
    models = "uniform", "4-gram", "best counter", "published RNN", "+ Adam", "best RNN"
    models += "best RNN with the best counter", "LSTM", "minGRU", "Transformer", "three LSTMs"
    models += BOTH_WAYS
    assert scores.findall(readme) == [
        (f"{means[model]:.2f}", "" if model in alone else f"{mixed[model]:.2f}") for model in models
    ]


@pytest.mark.mistake
def test_a_table_is_written_whole_or_not_at_all(tmp_path):
    path = tmp_path / "table.csv"
    rl.write_ledger(path, [{"model": "RNN", "test": 1.5}, {"model": "GRU", "test": 1.25}])
    whole = path.read_bytes()
    assert whole == b"model,test\nRNN,1.5\nGRU,1.25\n"
    assert rl.read_ledger(path)[1] == {"model": "GRU", "test": 1.25}
    with pytest.raises(ValueError, match=r"Row 1 differs from the columns .* in \['seconds'\]"):
        rl.write_ledger(path, [{"model": "RNN"}, {"model": "LSTM", "seconds": 3}])
    with pytest.raises(ValueError, match=r"Row 1 differs .* in \['test'\]"):
        rl.write_ledger(path, [{"model": "RNN", "test": 1}, {"model": "LSTM"}])
    with pytest.raises(ValueError, match="at least one row"):
        rl.write_ledger(path, [])
    with pytest.raises(ValueError, match="and a column"):
        rl.write_ledger(path, [{}])
    for rows in ({"model": "RNN"}, "table.csv", [1], None):
        with pytest.raises(TypeError, match="rows must be a list of dicts"):
            rl.write_ledger(path, rows)
    with pytest.raises(ValueError, match="is a folder"):
        rl.write_ledger(tmp_path, [{"model": "RNN"}])
    assert path.read_bytes() == whole
    assert list(tmp_path.iterdir()) == [path]


NO_TABLES = {
    "Row 1 of .* has 1 values for 2 columns": b"model,test\nRNN\n",
    "Row 2 of .* has 3 values for 2 columns": b"model,test\nRNN,1\nGRU,2,3\n",
    "is not a results table": b"",
    "not a results table: .*utf-8": b"model\n\xff\n",
    "not a results table: unexpected end": b'model\n"RNN\n',
}


@bug(
    "rows of any length are read",
    "ledger.read_ledger",
    "len(row) == len(columns)",
    "len(row) <= len(columns)",
)
@pytest.mark.mistake
@pytest.mark.parametrize("message", NO_TABLES)
def test_a_file_that_is_no_table_is_refused(message, tmp_path):
    path = tmp_path / "table.csv"
    path.write_bytes(NO_TABLES[message])
    with pytest.raises(ValueError, match=message):
        rl.read_ledger(path)


@bug(
    "a table is looked for in the working folder only",
    "ledger._found",
    "(Path.cwd(), *Path.cwd().parents, Path(__file__).parents[1])",
    "(Path.cwd(),)",
)
@pytest.mark.parametrize(
    "asked", ["speed", "speed.csv", "results/speed.csv", "../results/speed.csv"]
)
def test_a_table_is_found_by_its_name_from_any_folder(asked, tmp_path, monkeypatch):
    whole = rl.read_ledger(ROOT / "results" / "speed.csv")
    for folder in (ROOT, ROOT / "chapters", ROOT / "tests" / "results", tmp_path):
        monkeypatch.chdir(folder)
        assert rl.read_ledger(asked) == whole


@bug(
    "the checkout's own tables come first",
    "ledger._found",
    "next((place for place in places if place.is_file()), places[0])",
    "next((place for place in places[::-1] if place.is_file()), places[0])",
)
def test_the_nearest_table_of_a_name_is_read(tmp_path, monkeypatch):
    inner = tmp_path / "course" / "week"
    inner.mkdir(parents=True)
    for number, folder in enumerate([tmp_path, tmp_path / "course"]):
        rl.write_ledger(folder / "results" / "speed.csv", [{"n": number}])
    monkeypatch.chdir(inner)
    assert rl.read_ledger("speed") == [{"n": 1}]
    monkeypatch.chdir(tmp_path)
    assert rl.read_ledger(Path("speed")) == [{"n": 0}]
    rl.write_ledger("speed", [{"n": 2}])
    assert rl.read_ledger("speed") == [{"n": 2}]  # a file of this very path comes first


@pytest.mark.mistake
@pytest.mark.parametrize("asked", ["own/speed.csv", "no", "~/speed.csv", "/results/speed.csv"])
def test_a_path_of_ones_own_is_not_looked_for_elsewhere(asked, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(ROOT)
    with pytest.raises(FileNotFoundError, match=r"no ledger .*`make results` writes it"):
        rl.read_ledger(asked)


@pytest.mark.mistake
def test_a_table_that_is_not_there_is_not_found(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no ledger .*`make results` writes it"):
        rl.read_ledger(tmp_path / "no.csv")


@mistakes(
    {
        ValueError: [
            (
                "Row 0 has no column ['mixed']",
                lambda w: rl.mean_scores([{"model": "RNN", "test": 1}], "mixed"),
            ),
            ("Row 0 has no column ['model']", lambda w: rl.mean_scores([{"test": 1.0}])),
            (
                "no number in the column 'test', it has '?'",
                lambda w: rl.mean_scores([{"model": "RNN", "test": "?"}]),
            ),
        ],
        TypeError: [
            ("list of dicts, such as read_ledger returns", lambda w: rl.mean_scores("names")),
        ],
    }
)
def test_scores_are_the_means_of_numbers(mistake, world):
    mistake(world)
