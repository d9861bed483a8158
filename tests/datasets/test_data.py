"""The table of dinosaurs is the one described in `data/README.md`, and fit to be learnt."""

import hashlib
import re
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


def test_the_table_has_1499_distinct_sorted_genera():
    genera = [row.genus for row in dinosaurs()]
    assert len(genera) == len(set(genera)) == 1499
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
    assert clades[""] < 0.1 * 1499
    assert {row.diet for row in dinosaurs()} == {"carnivore", "herbivore", "omnivore", ""}


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
