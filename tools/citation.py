"""How to cite the book, as text and as BibTeX: made of CITATION.cff, so that they cannot differ.

python -m tools.citation        prints both
"""

import textwrap
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]


def read(root=ROOT):
    """Return CITATION.cff as a dict."""
    return yaml.safe_load((Path(root) / "CITATION.cff").read_text(encoding="utf-8"))


def names(citation):
    """Return the authors by name, as they are printed."""
    return [
        author.get("name") or f"{author['given-names']} {author['family-names']}"
        for author in citation["authors"]
    ]


def as_text(citation):
    """Return the citation as a line of text."""
    authors, day = ", ".join(names(citation)), citation["date-released"]
    where = citation.get("url") or citation.get("repository-code")
    line = f"{authors} ({day:%Y}). {citation['title']}. Version {citation['version']}, {day}."
    return f"{line} {where}" if where else line


def as_bibtex(citation):
    """Return the citation as an entry that BibTeX and BibLaTeX read."""
    day = citation["date-released"]
    fields = {  # braces around a whole name: else BibTeX takes it apart
        "author": " and ".join(f"{{{name}}}" for name in names(citation)),
        "title": f"{{{citation['title']}}}",
        "year": f"{day:%Y}",
        "month": f"{day:%b}".lower(),
        "note": f"Version {citation['version']}",
    }
    where = citation.get("url") or citation.get("repository-code")
    if where:
        fields["url"] = where
    lines = [
        f"  {key} = {value},"
        if key == "month"  # a name of BibTeX's own, without braces
        else textwrap.fill(f"  {key} = {{{value}}},", 76, subsequent_indent=4 * " ")
        for key, value in fields.items()
    ]
    return "\n".join(["@misc{naming_dinosaurs,", *lines, "}"])


if __name__ == "__main__":
    print(as_text(read()), as_bibtex(read()), sep="\n\n")
