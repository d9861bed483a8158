"""A Sphinx extension: the head of a chapter, the opening of a part, and contents for small screens.

A chapter's notebook says in its metadata what its head needs and its text does not have:
`"book": {"answer": "…", "level": 2}`.  Question and needs are in its first cell, the minutes of
reading are counted.  `questions.md` has the introductions to the parts; its tables are made of
the chapters' questions and answers by the directive `answers`.
"""

import json
import re
from functools import cache
from html import escape
from pathlib import Path
from typing import NamedTuple

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

from tools.chapter_numbers import chapter_number
from tools.page_exercises import dots

WORDS_PER_MINUTE = 180
"""For text with formulas and figures; running code is not counted."""

FEW_SECTIONS = 3
"""A page with fewer needs no contents."""


class Chapter(NamedTuple):
    """What a chapter's notebook says about it."""

    page: str
    number: int
    question: str
    answer: str  # may hold formulas between $
    level: int
    minutes: int

    @property
    def plain_answer(self):
        pieces = self.answer.split("$")
        pieces[1::2] = [formula.replace("-", "\N{MINUS SIGN}") for formula in pieces[1::2]]
        return "".join(pieces)


@cache
def read_chapter(root, page):
    """Read what the head of a chapter needs; complain of what is missing."""
    path = Path(root, f"{page}.ipynb")
    notebook = json.loads(path.read_text(encoding="utf-8"))
    texts = ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "markdown"]
    title = re.match(r"# (.+)", texts[0])
    book = notebook["metadata"].get("book", {})
    answer, level = book.get("answer", ""), book.get("level")
    if not title or not answer or level not in (1, 2, 3):
        raise ExtensionError(
            f'{path.name} needs a heading and the metadata "book": {{"answer": "…", "level": 1}}: '
            f"its answer in a sentence, its difficulty from 1 to 3; it has {json.dumps(book)}"
        )
    number, minutes = chapter_number(page), reading_minutes(texts)
    return Chapter(page, number, title[1].strip(), answer, level, minutes)


def reading_minutes(texts):
    """Return how long it takes to read the texts of a chapter."""
    words = sum(len(text.split()) for text in texts)
    return max(1, round(words / WORDS_PER_MINUTE))


def is_chapter(page):
    return page.startswith("chapters/") and chapter_number(page) is not None


def parts(app):
    """Return the chapters of each part of the book, by its caption in `_toc.yml`."""
    trees = app.config.external_site_map.root.subtrees
    pages = {tree.caption: [str(item) for item in tree.items] for tree in trees}
    return {
        caption: [read_chapter(app.srcdir, page) for page in chapters]
        for caption, chapters in pages.items()
        if all(map(is_chapter, chapters))
    }


def check_chapters(app, env, pages):
    """Stop the build at a chapter that does not say what its head needs."""
    for page in sorted(filter(is_chapter, env.found_docs)):
        read_chapter(app.srcdir, page)


class Answers(SphinxDirective):
    """The table of a part's questions and answers."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self):
        chapters = parts(self.env.app).get(self.arguments[0])
        if chapters is None:
            raise self.error(f"_toc.yml has no part of chapters called {self.arguments[0]}")
        rows = [f"| [{c.question}](/{c.page}.ipynb) | {c.answer} |" for c in chapters]
        for chapter in chapters:
            self.env.note_dependency(f"{chapter.page}.ipynb")
        table = nodes.container()
        lines = ["| question | answer |", "|---|---|", *rows]
        self.state.nested_parse(StringList(lines, self.arguments[0]), self.lineno, table)
        return table.children


def with_formulas(text):
    """Return the nodes of a text with formulas between $."""
    pieces = text.split("$")
    return [
        nodes.math(piece, piece) if i % 2 else nodes.Text(piece) for i, piece in enumerate(pieces)
    ]


def html(source):
    return nodes.raw("", source, format="html")


def opening(env, caption):
    """Return the name of a part and its introduction, which is in `questions.md`."""
    box = nodes.container(classes=["part-opening"])
    box += nodes.paragraph("", caption, classes=["part-name"])
    if "questions" in env.found_docs:
        for section in env.get_doctree("questions").findall(nodes.section):
            if section[0].astext() == caption:
                first = next(section.findall(nodes.paragraph))
                box += nodes.paragraph("", "", *(child.deepcopy() for child in first))
    return box


def label(part, chapter):
    """Return the line above a chapter's title; the part is left out if it was just opened."""
    line = nodes.paragraph(classes=["part-label"])
    for words in (part, f"Chapter {chapter.number}", f"{chapter.minutes} minutes"):
        if words:
            line += nodes.inline("", words)
    line += html(f'<span class="meta">{dots(chapter.level)}</span>')
    return line


def contents(document):
    """Return a fold with links to a page's sections, or nothing if there are few."""
    sections = [child for child in document[0].children if isinstance(child, nodes.section)]
    if len(sections) < FEW_SECTIONS:
        return []
    links = "".join(
        f'<li><a href="#{escape(section["ids"][0])}">{escape(section[0].astext())}</a></li>'
        for section in sections
    )
    fold = f'<nav aria-label="On this page"><ul>{links}</ul></nav></details>'
    return [html(f'<details class="page-contents"><summary>On this page</summary>{fold}')]


def starts_with(node, words):
    """Tell whether a node is a paragraph that opens with these words in bold."""
    if not isinstance(node, nodes.paragraph):
        return False
    first = next((child for child in node.children if child.astext()), None)
    return isinstance(first, nodes.strong) and first.astext() == words


def fold_needs(section):
    """Fold away what a chapter needs and how long it runs, and mark the list of its aims."""
    children = section.children
    needs = [node for node in children if starts_with(node, "You need")]
    runs = [node for node in children if starts_with(node, "Runs in")]
    for node in children:
        if starts_with(node, "You will"):
            node["classes"].append("aims-label")
            node.next_node(descend=False, siblings=True)["classes"].append("aims")
    if needs and runs:
        at = section.index(needs[0])
        section.remove(runs[0])
        summary = "<summary>What you need, and how long it runs</summary>"
        fold = [html(f'<details class="chapter-needs">{summary}'), needs[0], runs[0]]
        section[at : at + 1] = [*fold, html("</details>")]


class ChapterHead(SphinxPostTransform):
    """Put a head around the title of a chapter, and contents below the title of any page."""

    default_priority = 5  # before formulas and links are finished
    formats = ("html",)

    def run(self, **kwargs):
        page, document = self.env.docname, self.document
        if not document.children or not isinstance(document[0], nodes.section):
            return
        section, fold = document[0], contents(document)
        if page == self.config.root_doc:
            return
        if not is_chapter(page):
            section[1:1] = fold
            return
        found = [(n, c) for n, cs in parts(self.app).items() for c in cs if c.page == page]
        caption, chapter = found[0] if found else ("", read_chapter(self.app.srcdir, page))
        fold_needs(section)
        first = found and parts(self.app)[caption][0] == chapter
        answer = nodes.paragraph("", "", *with_formulas(chapter.answer))
        answer["classes"] = ["chapter-answer"]
        section[0:1] = [
            html('<header class="chapter-head">'),
            *([opening(self.env, caption)] if first else []),
            label("" if first else caption.split(" · ")[0], chapter),
            section[0],
            answer,
            html("</header>"),
            *fold,
        ]


def setup(app):
    app.add_directive("answers", Answers)
    app.connect("env-before-read-docs", check_chapters)
    app.add_post_transform(ChapterHead)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
