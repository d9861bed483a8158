"""The heads of chapters: what notebooks say, and what the page makes of it."""

import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from docutils import nodes
from sphinx.errors import ExtensionError

from tools import page_head

ROOT = Path(__file__).parents[2]
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
PAGES = [page["file"] for part in TOC["parts"] for page in part["chapters"]]
CHAPTERS = [page_head.read_chapter(ROOT, page) for page in filter(page_head.is_chapter, PAGES)]


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.page)
def test_a_chapter_answers_its_question_in_a_sentence_or_two_without_markup(chapter):
    assert chapter.question.endswith("?")
    assert chapter.answer.endswith(".")
    assert 30 < len(chapter.answer) < 220
    assert chapter.answer.count("$") % 2 == 0
    assert not re.search(r"[*`\[\]{}|<]", chapter.answer)


NUMBER = re.compile(r"(\d+\.\d+|\d{2,})( %)?")


def values(text):
    """Return the numbers of a text, of at least two digits; 97 % is 0.97."""
    text = text.replace(",", "").replace("seventeen", "17")
    found = NUMBER.findall(text)
    return [float(number) / (100 if percent else 1) for number, percent in found]


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.page)
def test_the_numbers_of_an_answer_are_in_its_chapter(chapter):
    notebook = json.loads((ROOT / f"{chapter.page}.ipynb").read_text(encoding="utf-8"))
    texts = ["".join(c["source"]) for c in notebook["cells"]]
    known = {round(value, digits) for value in values(" ".join(texts)) for digits in (0, 2)}
    assert {round(value, 2) for value in values(chapter.answer)} <= known


def test_each_part_of_chapters_has_an_introduction_and_its_answers():
    text = (ROOT / "questions.md").read_text(encoding="utf-8")
    captions = [
        part["caption"]
        for part in TOC["parts"]
        if all(page_head.is_chapter(page["file"]) for page in part["chapters"])
    ]
    assert len(captions) == 6
    for caption in captions:
        words = rf"\n## {caption}\n\n(?!```).+\n\n```{{answers}} {caption}\n```\n"
        assert len(re.findall(words, text)) == 1, caption


def notebook(folder, text, **metadata):
    (folder / "chapters").mkdir(exist_ok=True)
    cells = [{"cell_type": "markdown", "source": [text]}, {"cell_type": "code", "source": ["x "]}]
    content = {"cells": cells, "metadata": metadata}
    (folder / "chapters" / "07_x.ipynb").write_text(json.dumps(content), encoding="utf-8")
    return "chapters/07_x"


def test_minutes_are_those_of_the_words_and_the_number_is_that_of_the_file(tmp_path):
    page = notebook(tmp_path, "# Why?\n\n" + "word " * 898, book={"answer": "So.", "level": 3})
    assert page_head.read_chapter(tmp_path, page) == (page, 7, "Why?", "So.", 3, 5)


@pytest.mark.parametrize("book", [{}, {"level": 1}, {"answer": "So.", "level": 4}])
def test_the_build_stops_at_a_chapter_without_answer_or_level(tmp_path, book):
    page = notebook(tmp_path, "# Why?", book=book)
    app, env = SimpleNamespace(srcdir=tmp_path), SimpleNamespace(found_docs={page, "intro"})
    with pytest.raises(ExtensionError, match=r"07_x\.ipynb needs a heading and the meta"):
        page_head.check_chapters(app, env, [])


def paragraph(words, rest=""):
    return nodes.paragraph("", "", nodes.Text(""), nodes.strong("", words), nodes.Text(rest))


def test_needs_and_seconds_are_folded_and_aims_are_marked():
    aims = nodes.bullet_list()
    section = nodes.section()
    section += [paragraph("You will"), aims, paragraph("You need", " a pen."), nodes.paragraph()]
    section += paragraph("Runs in", " 5 seconds.")
    page_head.fold_needs(section)
    assert aims["classes"] == ["aims"]
    shown = [node.astext() for node in section.children]
    assert shown[2].startswith('<details class="chapter-needs">')
    assert shown[3:] == ["You need a pen.", "Runs in 5 seconds.", "</details>", ""]


def test_contents_lead_to_the_sections_of_a_page_unless_they_are_few():
    title = nodes.section("", nodes.title("", "Page"))
    document = [title]
    for name in ("one", "two & more"):
        title += nodes.section("", nodes.title("", name), ids=[name[:3]])
    assert page_head.contents(document) == []
    title += nodes.section("", nodes.title("", "three"), ids=["three"])
    (fold,) = page_head.contents(document)
    links = re.findall(r'<a href="#(\w+)">(.*?)</a>', fold.astext())
    assert links == [("one", "one"), ("two", "two &amp; more"), ("three", "three")]


def test_formulas_of_an_answer_are_formulas():
    pieces = page_head.with_formulas("It is $p - y$.")
    assert [(type(piece), piece.astext()) for piece in pieces] == [
        (nodes.Text, "It is "),
        (nodes.math, "p - y"),
        (nodes.Text, "."),
    ]
