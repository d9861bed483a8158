"""The table of dinosaurs is the one described in `data/README.md`, and fit to be learnt."""

import csv
import hashlib
import re
import string
import tomllib
from collections import Counter

import pytest

from rnnlib import Vocabulary, dinosaur_names, dinosaurs, load_text, tales
from rnnlib.datasets.shipped import data_path

README = data_path("dinosaurs.csv").with_name("README.md")
HASHES = dict(
    re.findall(r"^\| `([^`]+)` \|.*\b([0-9a-f]{64})\b", README.read_text("utf-8"), re.MULTILINE)
)
"""The sha256 of each file, from the rows `| `name` | … | digest |` of the README."""


@pytest.mark.parametrize("name", HASHES)
def test_a_data_file_is_the_one_that_the_readme_describes(name):
    assert hashlib.sha256(data_path(name).read_bytes()).hexdigest() == HASHES[name]


def test_the_readme_describes_every_data_file():
    files = {path.name for path in README.parent.iterdir()} - {"README.md"}
    assert set(HASHES) == files


def test_the_table_has_1372_distinct_sorted_genera():
    genera = [row.genus for row in dinosaurs()]
    assert len(genera) == len(set(genera)) == 1372
    assert genera == sorted(genera)
    assert all(re.fullmatch("[A-Z][a-z]+", genus) for genus in genera)
    assert (min(map(len, genera)), max(map(len, genera))) == (2, 23)


def test_the_rows_know_the_famous():
    rows = {row.genus: row for row in dinosaurs()}
    assert rows["Tyrannosaurus"][1:3] == ("Theropoda", "carnivore")
    assert rows["Diplodocus"][1:3] == ("Sauropodomorpha", "herbivore")
    assert rows["Triceratops"].clade == "Ceratopsia"
    assert rows["Stegosaurus"].clade == "Stegosauria"


def test_the_clades_are_as_large_as_palaeontologists_say():
    clades = Counter(row.clade for row in dinosaurs())
    assert clades.most_common(3) == [
        ("Theropoda", pytest.approx(500, abs=100)),
        ("Sauropodomorpha", pytest.approx(400, abs=100)),
        ("Ornithopoda", pytest.approx(200, abs=50)),
    ]
    assert clades[""] < 0.01 * 1372


ERAS = {
    "Triassic": ("Middle Triassic", "Late Triassic"),
    "Jurassic": ("Early Jurassic", "Middle Jurassic", "Late Jurassic", "Jurassic"),
    "Cretaceous": ("Early Cretaceous", "Late Cretaceous", "Cretaceous"),
}
CATEGORIES = {
    "clade": {
        *("Theropoda", "Sauropodomorpha", "Ornithischia", "Thyreophora", "Stegosauria"),
        *("Ankylosauria", "Ornithopoda", "Pachycephalosauria", "Ceratopsia"),
    },
    "diet": {"carnivore", "herbivore", "omnivore"},
    "period": {period for periods in ERAS.values() for period in periods},
    "continent": {
        *("Africa", "Antarctica", "Asia", "Europe", "North America", "Oceania", "South America"),
    },
}


@pytest.mark.parametrize("column", CATEGORIES)
def test_a_column_holds_its_categories_and_few_unknowns(column):
    cells = [getattr(row, column) for row in dinosaurs()]
    assert set(cells) - {""} == CATEGORIES[column]
    told = re.search(
        r"Unknown are (\d+) clades, (\d+) diets and (\d+) period", README.read_text("utf-8")
    )
    unknown = dict(zip(("clade", "diet", "period"), map(int, told.groups()), strict=True))
    assert cells.count("") == unknown.get(column, 0)


def test_no_row_is_unknown_in_everything():
    assert all(any(row[1:]) for row in dinosaurs())


def test_no_removed_name_is_in_the_table():
    with data_path("dinosaurs_removed.csv").open(encoding="utf-8", newline="") as file:
        removed = list(csv.DictReader(file))
    names = [row["genus"] for row in removed]
    assert len(names) == len(set(names)) == 127
    assert names == sorted(names)
    assert set(names).isdisjoint(row.genus for row in dinosaurs())
    reasons = Counter(row["reason"] for row in removed)
    assert reasons == {
        "not a dinosaur": 92,
        "synonym or replaced name": 15,
        "never validly named": 9,
        "bird": 8,
        "fossil plant": 2,
        "forgery": 1,
    }


@pytest.mark.parametrize("name", ["dinosaurs.csv", "dinosaurs_removed.csv"])
def test_a_table_is_plain_ascii_text_without_stray_blanks(name):
    text = data_path(name).read_bytes().decode("ascii")
    assert text.endswith("\n") and not text.endswith("\n\n") and "\r" not in text
    for row in csv.reader(text.splitlines()):
        assert row == [cell.strip() for cell in row]


@pytest.mark.mistake
def test_a_file_that_should_be_there_is_missed_in_words():
    with pytest.raises(FileNotFoundError, match=r"mammals\.csv.* install rnnlib again"):
        data_path("mammals.csv")


def test_the_wheel_ships_the_data():
    settings = tomllib.loads((README.parents[1] / "pyproject.toml").read_text("utf-8"))
    shipped = settings["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert shipped["data"] == "rnnlib/data"  # where `data_path` looks first


def test_the_names_are_the_genera_in_lower_case():
    assert dinosaur_names() == [row.genus.lower() for row in dinosaurs()]


def test_the_names_have_27_symbols_the_first_of_which_ends_a_name():
    vocab = Vocabulary.from_text(dinosaur_names())
    assert "".join(vocab.symbols) == "\nabcdefghijklmnopqrstuvwxyz"


def test_the_tales_are_many_plain_and_not_made_by_a_template():
    text = tales()
    assert text.isascii()
    assert len(text) >= 120_000
    parts = text.split("\n\n\n")
    assert len({part.split("\n")[0] for part in parts}) == len(parts) >= 60
    words = re.findall(r"[a-z]+(?:'[a-z]+)*", text.lower())
    assert len(set(words)) <= 2500
    runs = Counter(zip(*(words[i:] for i in range(8)), strict=False))
    assert sum(n for n in runs.values() if n > 1) < 0.02 * len(words)


def test_the_tales_have_the_counts_of_the_readme():
    text, told = tales(), README.read_text("utf-8")
    words = set(re.findall(r"[a-z]+(?:'[a-z]+)*", text.lower()))
    counts = f"{len(text):,} characters, {len(words):,} distinct words, {len(set(text))} different"
    assert counts in told
    assert f"{len(text):,} characters" in tales.__doc__
    assert len(text.split("\n\n\n")) == 64


def test_every_letter_and_digit_occurs_in_the_tales():
    assert set(string.ascii_letters + string.digits) <= set(tales())


def test_every_paragraph_of_the_tales_closes_its_quotation_marks():
    paragraphs = [p for p in tales().split("\n") if p]
    assert [p for p in paragraphs if p.count('"') % 2] == []
    assert sum('"' in p for p in paragraphs) > 200


def test_a_text_of_ones_own_is_read_whole(tmp_path):
    path = tmp_path / "names.txt"
    path.write_bytes("\ufeffRex\r\nÉlan\r\n".encode())
    assert load_text(path) == "Rex\nÉlan\n"
    path.write_bytes("Élan".encode("latin-1"))
    assert load_text(str(path), encoding="latin-1") == "Élan"
