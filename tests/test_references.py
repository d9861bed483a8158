"""The entries of references.bib say enough to find a paper, and their links are links."""

import re
from pathlib import Path

TEXT = (Path(__file__).parents[1] / "references.bib").read_text(encoding="utf-8")
ENTRIES = dict(re.findall(r"^@\w+\{(\w+),\n(.*?)^\}", TEXT, re.MULTILINE | re.DOTALL))


def field(entry, name):
    found = re.search(rf"^ *{name} *= *\{{(.*)\}},?$", entry, re.MULTILINE)
    return found and found[1]


def test_every_entry_is_read_and_keys_are_sorted():
    assert len(ENTRIES) == len(re.findall(r"^@", TEXT, re.MULTILINE)) > 70
    assert list(ENTRIES) == sorted(ENTRIES)


def test_a_doi_makes_a_link_of_plain_characters():
    dois = [field(entry, "doi") for entry in ENTRIES.values() if field(entry, "doi")]
    assert len(dois) > 20
    for doi in dois:
        assert re.fullmatch(r"10\.\d{4,}/[\w.()/:;%-]+", doi), doi


def test_every_paper_has_pages_or_a_place_where_it_can_be_read():
    for key, entry in ENTRIES.items():
        assert field(entry, "year") or key == "paleobiology"
        if field(entry, "journal") or field(entry, "booktitle"):
            where = [field(entry, name) for name in ("pages", "doi", "note")]
            published = "Advances in Neural" in entry  # all of it is on one site
            assert any(where) or published, key


def test_the_grammar_of_the_blues_is_cited_with_its_pages():
    assert field(ENTRIES["steedman1984generative"], "pages") == "52--77"
