"""Exercises lead to their solutions and back; a course is built without solutions."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import yaml
from helpers import ROOT

from tools import course

CHAPTER = """# A chapter

Some answers are in [the solutions](../solutions/01_one.md), some in your head.

:::{exercise} Count
:label: ex-count
*By experiment · 15 minutes · level 2 of 3*

How many?

[Solution](../solutions/01_one.md)
:::

:::{exercise} Think
:label: ex-think
Why?

[Solution](../solutions/01_one.md)
:::
"""
SOLUTIONS = """# Solutions to chapter 1

:::{solution} ex-think
Because, zebra.
:::

:::{solution} ex-count
Two, zebra.
:::
"""
PAGES = {"intro.md": "# A book\n", "chapters/01_one.md": CHAPTER, "solutions/01_one.md": SOLUTIONS}
TOC = """
format: jb-book
root: intro
parts:
  - {caption: Part I, numbered: true, chapters: [{file: chapters/01_one}]}
  - {caption: Solutions, chapters: [{file: solutions/01_one}]}
"""
USED = "chapter_numbers", "page_figures", "page_exercises", "page_html"
"""Extensions of ours that exercises need; the others are slow, or ask for more files."""


def write_book(folder):
    """Write a book of one chapter, with the extensions of this one."""
    for name, text in PAGES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "_toc.yml").write_text(TOC, encoding="utf-8")
    sphinx = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["sphinx"]
    settings, places = sphinx["config"], sphinx["local_extensions"]
    unused = {*places, "sphinxcontrib.bibtex"}.difference(USED)
    settings["extensions"] = [name for name in settings["extensions"] if name not in unused]
    sphinx["local_extensions"] = dict.fromkeys(USED, str(ROOT / "tools"))
    sphinx["config"] = {
        key: value
        for key, value in settings.items()
        if not key.startswith(("autodoc", "bibtex", "html_math_renderer", "napoleon"))
    }
    sphinx["config"] |= {"html_static_path": [str(ROOT / "web")]}
    sphinx["config"] |= {"templates_path": [str(ROOT / "web" / "templates")]}
    config = {"only_build_toc_files": True, "sphinx": sphinx}
    (folder / "_config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")


@pytest.fixture(scope="module")
def chapter_and_solutions(tmp_path_factory):
    """The two pages of a book that has solutions, as HTML."""
    folder = tmp_path_factory.mktemp("book")
    write_book(folder)
    command = [Path(sys.executable).with_name("jupyter-book"), "build", "-W", "--keep-going"]
    done = subprocess.run([*command, folder], capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    html = folder / "_build" / "html"
    return [(html / f"{name}/01_one.html").read_text("utf-8") for name in ("chapters", "solutions")]


def test_an_exercise_leads_to_its_own_solution_and_that_leads_back(chapter_and_solutions):
    chapter, solutions = chapter_and_solutions
    for label in ("ex-count", "ex-think"):
        exercise = re.search(rf'<div class="exercise[^>]*id="{label}">.*?</section>', chapter, re.S)
        assert f'href="../solutions/01_one.html#solution-{label}"' in exercise[0]
        solution = re.search(rf'id="solution-{label}">.*?</section>', solutions, re.S)
        assert f'href="../chapters/01_one.html#{label}"' in solution[0]
    assert 'href="../solutions/01_one.html">' in chapter  # the link in the text


def test_what_an_exercise_asks_for_is_told_in_its_title(chapter_and_solutions):
    chapter, _ = chapter_and_solutions
    title, plain = re.findall(r'<p class="admonition-title">(.*?)</p>', chapter, re.S)
    words = re.sub(r"<[^>]*>", "", title)
    assert " ".join(words.split()) == "Exercise 1.1 Count by experiment · 15 minutes"
    assert 'aria-label="level 2 of 3"' in title
    assert title.count('<i class="on">') == 2 and title.count("<i ") == 3
    assert "By experiment" not in chapter
    assert 'class="meta"' not in plain


def test_no_id_is_given_twice(chapter_and_solutions):
    for page in chapter_and_solutions:
        ids = re.findall(r' id="([^"]*)"', page)
        assert len(ids) == len(set(ids))


@pytest.mark.parametrize("folder_is_there", [True, False])
def test_without_solutions_their_links_vanish_and_nothing_is_missing(tmp_path, folder_is_there):
    write_book(tmp_path)
    if not folder_is_there:
        shutil.rmtree(tmp_path / "solutions")
    assert course.build(tmp_path, tmp_path / "out" / "course")  # a warning is an error
    check_course(tmp_path / "out" / "course")
    chapter = (tmp_path / "out" / "course" / "chapters" / "01_one.html").read_text("utf-8")
    assert "Some answers are in the solutions, some in your head." in chapter
    assert ">Solution<" not in chapter
    assert "How many?" in chapter


ALIKE = re.compile(r"\[Solution\]\(\.\./solutions/\d\d_\w+\.ipynb\)")
"""A line that ends an exercise of this book."""

KEPT = "chapters/08_optimizers", "reference/ledger"
"""Pages of this book that have, with the first one, all kinds of links to solutions."""


def mentions():
    """Yield (page, line) of each mention of the solutions' folder but at the ends of exercises."""
    toc = course.without_solutions(yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8")))
    for page in ["intro", *(page["file"] for part in toc["parts"] for page in part["chapters"])]:
        if (ROOT / f"{page}.md").is_file():
            texts = [(ROOT / f"{page}.md").read_text(encoding="utf-8")]
        else:
            texts = [cell.source for cell in nbformat.read(ROOT / f"{page}.ipynb", 4).cells]
        for line in "\n".join(texts).splitlines():
            if "solutions/" in line and not ALIKE.fullmatch(line.strip()):
                yield page, line


def test_this_book_leads_to_solutions_from_exercises_and_from_two_pages_in_words():
    assert {page for page, _ in mentions()} <= {"intro", *KEPT}
    assert all(re.search(r"\]\([^)]*solutions/[^)]*\)", line) for _, line in mentions())


def test_the_course_of_this_book_has_no_page_link_or_search_entry_of_solutions(tmp_path, capfd):
    """Built with all its extensions, but of the other chapters, which are alike, without them."""
    assert course.build(ROOT, tmp_path / "course", KEPT)
    check_course(tmp_path / "course")
    made = (tmp_path / "course" / f"{KEPT[0]}.html").read_text("utf-8")
    assert made.count('class="exercise') >= 5 and ">Solution<" not in made
    said = "".join(capfd.readouterr())
    assert "solutions/" not in said  # no warning of a link that leads nowhere


def check_course(folder):
    """Check that nothing in a built course comes from solutions or leads to them."""
    files = [path for path in folder.rglob("*") if path.is_file() and "_static" not in path.parts]
    assert [path for path in files if "solutions" in path.parts] == []
    texts = {path: path.read_text("utf-8", "replace") for path in files}
    assert {path.suffix for path in texts} >= {".html", ".js"}
    for path, text in texts.items():
        assert "solutions/" not in text, path
        assert "zebra" not in text, path
