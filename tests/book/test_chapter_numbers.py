"""A chapter has the number of its file, whatever else is in the table of contents."""

import json

import pytest
from helpers import ROOT, run_python

BUILD = """
import json, sys
from sphinx.application import Sphinx

folder, tools = sys.argv[1:]
sys.path.insert(0, tools)
settings = {
    "extensions": ["myst_parser", "sphinx_external_toc", "chapter_numbers"],
    "myst_enable_extensions": ["colon_fence"],
    "numfig": True,
}
app = Sphinx(folder, None, folder + "/out", folder + "/trees", "dummy", settings,
             status=None, warning=sys.stderr, warningiserror=True)
app.build()
pages = app.env.toc_secnumbers
print(json.dumps({
    "pages": {page: numbers[""] for page, numbers in pages.items()},
    "sections": [n for numbers in pages.values() for a, n in numbers.items() if a and n],
    "titles": {page: app.env.titles[page].get("secnumber") for page in pages},
    "figures": {page: list(kinds["figure"].values()) for page, kinds
                in app.env.toc_fignumbers.items() if "figure" in kinds},
}))
"""

PAGE = """# Title

## Section

:::{figure} picture.svg
A figure.
:::
"""
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'
PAGES = ["intro", "part/preface", "chapters/03_encoding", "chapters/syllabus", "chapters/07_bptt"]
PAGES += ["chapters/10x", "solutions/03_encoding", "solutions/hints", "notation"]


@pytest.mark.parametrize("numbered", ["true", "1"])
def test_a_page_has_the_number_of_its_file_or_none(numbered, tmp_path):
    for page in PAGES:
        path = tmp_path / f"{page}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(PAGE, encoding="utf-8")
        path.with_name("picture.svg").write_text(PICTURE, encoding="utf-8")
    first, *others = PAGES
    chapters = "".join(f"      - file: {page}\n" for page in others)
    toc = f"format: jb-book\nroot: {first}\nparts:\n  - numbered: {numbered}\n    chapters:\n"
    (tmp_path / "_toc.yml").write_text(toc + chapters, encoding="utf-8")

    with run_python("-c", BUILD, tmp_path, ROOT / "tools") as process:
        found = json.loads(process.stdout.read().splitlines()[-1])
    number = {"chapters/03_encoding": [3], "chapters/07_bptt": [7], "solutions/03_encoding": [3]}
    assert found["pages"] == {page: number.get(page, []) for page in others}
    assert {page: n for page, n in found["titles"].items() if n} == number
    assert found["sections"] == []
    for page in others:
        assert found["figures"][page][0][:-1] == number.get(page, [])


def test_the_table_of_contents_is_one_that_mystmd_reads_too():
    toc = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    numbered = {line.split(": ")[1] for line in toc.splitlines() if " numbered: " in line}
    assert numbered == {"true"}
