"""A Sphinx extension: what a search finds, in a script that also works from a file on disk.

`_static/found.js` has the title, the address, the description and the headings of every page, the
terms of the glossary, and the public functions and classes.  `web/search.js` loads it, together
with Sphinx's index of all words, when somebody searches.
"""

import json
import re
from pathlib import Path

from docutils import nodes

from tools import page_found, page_terms


def headings(doctree):
    """Return the headings of a page below its title, with their anchors."""
    return [
        [section[0].astext(), section["ids"][0]]
        for section in doctree.findall(nodes.section)
        if section.parent is not doctree and section["ids"] and section.children
        if isinstance(section[0], nodes.title)
    ]


def pages(app):
    """Return [document, title, address, description, headings] of every page."""
    rows = []
    for page in sorted(app.env.found_docs):
        title = app.env.titles[page].astext()
        _, description, chapter = page_found.describe(app, page)
        if chapter:
            title, description = f"{chapter.number}. {title}", chapter.plain_answer
        address = app.builder.get_target_uri(page)
        rows.append([page, title, address, description, headings(app.env.get_doctree(page))])
    return rows


def terms(app):
    """Return [term, address, definition] of every entry of the glossary."""
    chapters = page_terms.chapters_of_terms(app)
    return [
        [term.name, f"{app.builder.get_target_uri(page_terms.GLOSSARY)}#{term.anchor}",
         page_terms.card(term, chapters.get(term.name))]
        for term in page_terms.glossary(app.env)
    ]  # fmt: skip


def things(app):
    """Return [name, address, first line of the docstring] of what rnnlib offers."""
    rows = []
    for name, entry in sorted(app.env.domaindata["py"]["objects"].items()):
        if not entry.aliased and entry.objtype in ("class", "function", "method", "exception"):
            address = f"{app.builder.get_target_uri(entry.docname)}#{entry.node_id}"
            rows.append([name.replace("rnnlib.", "rl.", 1), address, first_line(name)])
    return rows


def first_line(name):
    """Return the first line of the docstring of something with a dotted name."""
    import rnnlib

    thing = rnnlib
    for part in name.split(".")[1:]:
        thing = getattr(thing, part, None)
    doc = (getattr(thing, "__doc__", "") or "").strip().split("\n\n")[0]
    return " ".join(re.sub(r":\w+:|`", "", doc).split())


def write(app, error):
    if error or app.builder.name != "html":
        return
    found = {"pages": pages(app), "terms": terms(app), "things": things(app)}
    script = f"const FOUND = {json.dumps(found, ensure_ascii=False, separators=(',', ':'))};\n"
    Path(app.outdir, "_static", "found.js").write_text(script, encoding="utf-8")


def setup(app):
    app.connect("build-finished", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
