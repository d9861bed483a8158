"""The page for teachers agrees with the book and its assignments, and slides are made of it."""

import json
import re

import nbformat
import pytest
import yaml
from browsing import PATIENCE
from helpers import ROOT
from traitlets.config import Config

from tools import page_teaching, slides

PAGE = (ROOT / "teaching.md").read_text(encoding="utf-8")
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
CHAPTERS = [
    chapter["file"]
    for part in TOC["parts"]
    for chapter in part["chapters"]
    if chapter["file"].startswith("chapters/")
]
ADVICE = page_teaching.read_advice()
SOURCES = {path.stem: path for path in (ROOT / "assignments" / "source").glob("*/*.ipynb")}


def rows(heading, columns):
    """The rows of the table below a header row that begins so."""
    table = PAGE.split(f"\n| {heading} |")[1].split("\n\n")[0].splitlines()[2:]
    found = [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
    assert all(len(row) == columns for row in found)
    return found


def numbers(text):
    return [int(n) for n in text.split(", ") if n]


WEEKS = rows("week", 5)
ASSIGNMENTS = {row[0].strip("`"): row[1:] for row in rows("assignment", 5)}


def test_every_chapter_has_its_part_in_the_order_of_the_book():
    assert list(ADVICE) == CHAPTERS
    titles = re.findall(r"^### (\d+) · (.*)$", PAGE, re.M)
    plans = [page_teaching.read_plan(page) for page in CHAPTERS]
    assert titles == [(str(n), plan.title) for n, plan in enumerate(plans, 1)]


@pytest.mark.parametrize("page", CHAPTERS)
def test_a_chapter_has_objectives_and_the_figures_that_are_to_be_shown(page):
    plan, advice = page_teaching.read_plan(page), ADVICE[page]
    assert len(plan.objectives) >= 3 and re.match(r"\d+ seconds", plan.runs_in)
    assert 10 < plan.minutes < 40
    assert set(advice.figures) <= set(slides.read_figures(page))
    assert len(advice.figures) >= 2 and "?" in advice.ask and all(advice[:4])
    assert len(slides.questions(page)) >= 2


def test_weeks_and_sessions_read_each_chapter_once():
    assert len(WEEKS) == 10
    for tables in ([row[1] for row in WEEKS], [row[1] for row in rows("session", 2)]):
        assert sorted(n for row in tables for n in numbers(row)) == list(
            range(1, len(CHAPTERS) + 1)
        )
    assert [row[3].strip("`") for row in WEEKS if row[3]] == list(ASSIGNMENTS)
    assert len(ASSIGNMENTS) == 8
    shown = [page for _, pages in slides.sessions() for page in pages]
    assert shown == CHAPTERS and len(slides.sessions()) == 6


def test_an_assignment_comes_when_its_chapters_have_been_read():
    read = set()
    for row in WEEKS:
        read |= set(numbers(row[1]))
        if row[3]:
            assert set(numbers(ASSIGNMENTS[row[3].strip("`")][0])) <= read, row


def test_hours_are_those_of_reading_session_and_assignment():
    for _, chapters, session, assignment, hours in WEEKS:
        reading = sum(page_teaching.read_plan(CHAPTERS[n - 1]).minutes for n in numbers(chapters))
        total = reading / 60 + (1.5 if "slides" in session else 1)
        total += float(ASSIGNMENTS[assignment.strip("`")][2]) if assignment else 0
        assert abs(float(hours) - total) <= 0.26, (chapters, total)


def test_the_page_lists_the_assignments_that_there_are():
    assert set(SOURCES) <= set(ASSIGNMENTS)


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_points_chapters_and_hours_are_those_of_the_notebook(name):
    notebook = nbformat.read(SOURCES[name], as_version=4)
    said = [cell["metadata"].get("nbgrader", {}) for cell in notebook.cells]
    after, points, hours, _ = ASSIGNMENTS[name]
    assert float(points) == sum(cell["points"] for cell in said if cell.get("grade"))
    head = notebook.cells[0]["source"]
    needs, about = re.search(r"\*\*You need\*\* (.*?) · \*\*About\*\* (\w+) hours", head).groups()
    assert re.findall(r"\b\d+\b", needs) == [str(n) for n in numbers(after)]
    assert {"two": "2", "three": "3", "four": "4"}[about] == hours


def test_the_commands_of_the_page_are_there():
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.M)
    named = set(re.findall(r"\bmake ([a-z]+)", PAGE))
    assert {"release", "collect", "grade", "check", "assignment", "alike", "slides"} <= named
    assert named <= set(targets)


def test_markdown_of_captions_becomes_html():
    text = "See [chapter 1](01.ipynb): *saur* costs $x<1$ {cite:p}`zipf1949`, `a<b` and **more**."
    assert slides.html(text) == (
        r"See chapter 1: <em>saur</em> costs \(x&lt;1\), <code>a&lt;b</code> and"
        " <strong>more</strong>."
    )


@pytest.fixture(scope="module")
def decks(tmp_path_factory):
    pytest.importorskip("sphinx_revealjs", reason="pip install -e '.[book]'")
    return slides.write(tmp_path_factory.mktemp("slides"))


def test_slides_hold_findings_questions_and_notes_and_ask_nobody(decks):
    assert [path.name for path in decks] == [f"{n}.html" for n in range(1, 7)]
    for path, (_, pages) in zip(decks, slides.sessions(), strict=True):
        text = path.read_text(encoding="utf-8")
        links = re.findall(r'<(?:script|link|img)[^>]*(?:src|href)="([^"]+)"', text)
        assert links and all("//" not in link for link in links)
        assert all((path.parent / link).is_file() for link in links if not link.startswith("data:"))
        assert text.count('<aside class="notes"><p>') == text.count('<aside class="notes">')
        for page in pages:
            for name in ADVICE[page].figures:
                assert slides.html(slides.read_figures(page)[name].finding) in text
            assert slides.html(ADVICE[page].ask) in text
        assert not re.search(r"\{\w+\}`|\]\(|:::", re.sub(r"<svg.*?</svg>", "", text, flags=re.S))


def test_a_plan_that_is_not_there_is_an_error(tmp_path):
    (tmp_path / "chapters").mkdir()
    cells = [nbformat.v4.new_markdown_cell("# A question?\n\nNothing else.")]
    book = nbformat.v4.new_notebook(cells=cells)
    (tmp_path / "chapters" / "01_a.ipynb").write_text(json.dumps(book), encoding="utf-8")
    with pytest.raises(ValueError, match="unpack"):
        page_teaching.read_plan("chapters/01_a", tmp_path)


TOO_LOW = """() => Reveal.getSlides().flatMap(slide => {
  const {h, v} = Reveal.getIndices(slide);
  Reveal.slide(h, v);
  const floor = document.querySelector(".slides").getBoundingClientRect().bottom + 4;
  return [...slide.querySelectorAll("h1, h2, h3, figure, ol, section > p")]
    .filter(e => e.getBoundingClientRect().bottom > floor).map(e => `${h}/${v} ${e.tagName}`);
})"""


def test_slides_open_as_files_and_nothing_is_cut_off(decks, browser):
    asked, errors = [], []
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.set_default_timeout(PATIENCE)
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    for path in decks:
        page.goto(path.as_uri())
        page.wait_for_function("window.Reveal?.isReady()")
        page.evaluate("MathJax.startup.promise.then(() => document.fonts.ready)")
        assert page.evaluate(TOO_LOW) == []
        assert page.locator("mjx-merror, [data-mjx-error]").count() == 0
    page.close()
    assert not errors and all(url.startswith(("file:", "data:", "blob:")) for url in asked)


def test_the_hub_gives_each_student_one_thread_and_limits(monkeypatch):
    text = (ROOT / "classroom" / "jupyterhub_config.py").read_text(encoding="utf-8")
    for trial in ("", "1"):
        monkeypatch.setenv("HUB_TRIAL", trial)
        made = Config()
        exec(text, {"get_config": lambda made=made: made})
        assert made.Spawner.environment["OPENBLAS_NUM_THREADS"] == "1"
        assert made.Spawner.mem_limit == "2G"
        is_trial = made.JupyterHub.get("authenticator_class") == "dummy"
        assert is_trial == ("--allow-root" in made.Spawner.args) == bool(trial)
