"""The pages about the book itself: counts, citation and versions are those of the repository."""

import json
import re
import textwrap
import tomllib

import nbformat
import numpy as np
import pytest
import yaml
from helpers import ROOT

import rnnlib
from tools import citation, evidence

TESTS = textwrap.dedent(
    """
    @bug("one", "a", "b", "c")
    @bug("two", "a", "b", "c")
    def test_a(): ...

    @given(st.integers())
    def test_b(n): ...

    class Nothing:
        @planted.bug("three", "a", "b", "c")
        def test_c(self): ...

    def helper(): ...
    """
)
ERRORS = "def require(ok, words):\n    if not ok:\n        raise ValueError(words)\n"
USES = "require(1, 'x')\ntry:\n    raise OSError\nexcept OSError:\n    raise\n"
CHECKS = '@check("a", 1)\ndef f(s): ...\n\n@check("b", 2)\ndef g(s): ...\n'


@pytest.fixture
def repository(tmp_path):
    """A repository that is small enough to be counted by hand."""
    cells = [
        nbformat.v4.new_markdown_cell("assert that"),
        nbformat.v4.new_code_cell("assert 1\nif x:\n    assert 2", metadata={}),
        nbformat.v4.new_code_cell("print(1)  # assert", outputs=[output()]),
        nbformat.v4.new_code_cell(
            "print(2)", outputs=[output()], metadata={"tags": ["nbval-ignore-output"]}
        ),
        nbformat.v4.new_code_cell(""),
    ]
    files = {
        "tests/nn/test_x.py": TESTS,
        "tests/book/test_y.py": "def test_d(): ...\n",
        "tests/demos/test_z.py": "def test_e(): ...\ndef test_f(): ...\n",
        "tests/test_not_python.txt": "def test_g(): ...\n",
        "rnnlib/errors.py": ERRORS,
        "rnnlib/uses.py": USES,
        "assignments/source/01/01.ipynb": "",
        "assignments/checks/01.py": CHECKS,
        "assignments/answers/01/right_a.py": "",
        "assignments/answers/01/wrong_a.py": "",
        "assignments/answers/01/wrong_b.py": "",
        "chapters/01.ipynb": json.dumps(nbformat.v4.new_notebook(cells=cells)),
        "results/a.csv": "x,y\n1,2\n3,4\n",
        "results/b.csv": 'x\n"two\nlines"\n',
        "_toc.yml": "root: intro\nparts: [{chapters: [{file: a}, {file: b}]}]\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "tests" / "golden").mkdir()
    arrays = {"params/W": np.zeros(2), "out/loss": np.zeros(1), "out/grads/W": np.zeros(2)}
    np.savez(tmp_path / "tests" / "golden" / "a.npz", **arrays)
    return tmp_path


def output():
    return nbformat.v4.new_output("stream", text="1\n")


def test_what_is_counted_is_what_is_there(repository):
    assert evidence.count(repository) == {
        "tests": 6,
        "properties": 1,
        "planted bugs": 3,
        "tests that must see them": 2,
        "errors": 3,  # of a condition, of require, and of the try; the last one passes one on
        "tests of pages and tools": 1,
        "tests of demos": 2,
        "golden files": 1,
        "golden arrays": 2,
        "assignments": 1,
        "hidden checks": 2,
        "right answers": 1,
        "wrong answers": 2,
        "notebooks": 1,
        "code cells": 3,
        "compared outputs": 1,
        "asserts": 2,
        "tables": 2,
        "rows": 3,
        "pages": 3,
        "views of pages": 12,
    }


def test_how_we_know_asks_for_counts_that_exist_and_types_none_of_them():
    notebook = nbformat.read(ROOT / "reference" / "how_we_know.ipynb", 4)
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    asked = set(re.findall(r"\{count\}`([^`]+)`", text))
    counts = evidence.count(ROOT)
    assert len(asked) > 12
    assert asked <= counts.keys()
    large = {f"{number:,}" for number in counts.values() if number >= 100}
    assert not large & set(re.findall(r"[\d,]*\d", text)) - {"100"}


CFF = """
title: "A book: about things"
authors:
  - name: The authors
  - {given-names: Ada, family-names: Lovelace}
version: 2.5.0
date-released: 2031-03-05
url: https://example.org
"""


def test_the_citation_is_made_of_the_file_alone():
    about = yaml.safe_load(CFF)
    assert citation.as_text(about) == (
        "The authors, Ada Lovelace (2031). A book: about things. Version 2.5.0, 2031-03-05. "
        "https://example.org"
    )
    assert citation.as_bibtex(about) == (
        "@misc{naming_dinosaurs,\n"
        "  author = {{The authors} and {Ada Lovelace}},\n"
        "  title = {{A book: about things}},\n"
        "  year = {2031},\n"
        "  month = mar,\n"
        "  note = {Version 2.5.0},\n"
        "  url = {https://example.org},\n"
        "}"
    )


def test_bibtex_reads_the_entry():
    database = pytest.importorskip("pybtex.database")
    entries = database.parse_string(citation.as_bibtex(citation.read()), "bibtex").entries
    entry = entries["naming_dinosaurs"]
    assert entry.fields["year"] == "2026" and entry.fields["month"] == "November"
    assert [str(person) for person in entry.persons["author"]] == ["{The Naming Dinosaurs authors}"]


def test_the_readme_cites_what_the_file_says():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert citation.as_text(citation.read()) in readme


def test_all_versions_are_the_same_and_have_their_changes():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    about = citation.read()
    assert project["version"] == rnnlib.__version__ == about["version"]
    changes = (ROOT / "changes.md").read_text(encoding="utf-8")
    first = re.search(r"^## (\d\S*) · (.*)$", changes, re.M)
    day = about["date-released"]
    assert first.groups() == (about["version"], f"{day.day} {day:%B %Y}")
    assert f"## Errata of {about['version']}" in changes
