"""The quizzes of the chapters: what they ask, and how their pages behave."""

import json
import subprocess
import sys
from math import sqrt

import pytest
from bs4 import BeautifulSoup
from docutils import nodes
from helpers import ROOT
from sphinx.errors import ExtensionError

from tools import page_quiz
from tools.built_pages import Article
from tools.look import chromium
from tools.page_terms import texts
from tools.tex import Tex

CHAPTERS = sorted(path.stem for path in (ROOT / "chapters").glob("[0-9]*.ipynb"))
QUIZZES = {
    name: page_quiz.read_quiz(page_quiz.quiz_path(ROOT, f"chapters/{name}")) for name in CHAPTERS
}
QUESTIONS = [question for quiz in QUIZZES.values() for question in quiz]
CHAPTER = "07_clipping"
RIGHT = [next(i for i, a in enumerate(q["answers"]) if "right" in a) for q in QUIZZES[CHAPTER]]
WRONG = [(i + 1) % 3 for i in RIGHT]

# What they ask ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_asks_three_questions_and_explains_each_answer(name):
    assert len(QUIZZES[name]) == 3
    for question in QUIZZES[name]:
        answers = [answer["answer"] for answer in question["answers"]]
        assert len(set(answers)) == len(answers)
        assert "?" in question["question"]
        assert question["question"].count(". ") <= 4 and len(question["question"]) < 260
        for answer in question["answers"]:
            assert 25 < len(answer["why"]) < 200 and answer["why"].endswith(".")


def test_nobody_gets_more_than_chance_by_position_or_by_length():
    places = [[a.get("right", False) for a in q["answers"]].index(True) for q in QUESTIONS]
    three_sigma = 3 * sqrt(len(QUESTIONS) * 1 / 3 * 2 / 3)
    for place in range(3):
        assert abs(places.count(place) - len(QUESTIONS) / 3) < three_sigma
    for extreme in (max, min):
        chosen = [
            extreme(q["answers"], key=lambda answer: len(answer["answer"])) for q in QUESTIONS
        ]
        hits = sum("right" in answer for answer in chosen)
        assert abs(hits - len(QUESTIONS) / 3) < 2 / 3 * three_sigma, (extreme, hits)


def test_the_right_answer_is_not_in_one_place_throughout_a_chapter():
    for name, quiz in QUIZZES.items():
        places = {[("right" in a) for a in question["answers"]].index(True) for question in quiz}
        assert len(places) > 1, name


def test_all_formulas_can_be_set():
    tex = Tex()
    for question in QUESTIONS:
        for answer in question["answers"]:
            for text in (question["question"], answer["answer"], answer["why"]):
                assert text.count("$") % 2 == 0
                for formula in page_quiz.line(text):
                    if isinstance(formula, nodes.math):
                        tex.chtml(formula.astext(), False)  # raises what it cannot read


@pytest.mark.parametrize(
    ("change", "lack"),
    [
        (lambda q: q.pop("question"), "`question`"),
        (lambda q: q["answers"].pop(), "three or four answers"),
        (lambda q: q["answers"][0].pop("why"), "`answer` and `why`"),
        (lambda q: [a.pop("right", None) for a in q["answers"]], "exactly one"),
        (lambda q: [a.update(right=True) for a in q["answers"]], "exactly one"),
        (lambda q: q["answers"][0].update(right=False), "exactly one"),
    ],
)
def test_a_quiz_that_lacks_something_says_what(tmp_path, change, lack):
    question = json.loads(json.dumps(QUIZZES[CHAPTER][0]))
    question["answers"][:] = sorted(question["answers"], key=lambda answer: "right" in answer)
    change(question)
    path = tmp_path / "quiz.yml"
    path.write_text(json.dumps([question]), encoding="utf-8")
    with pytest.raises(ExtensionError, match=f"question 1 needs .*{lack}"):
        page_quiz.read_quiz(path)


def test_a_question_whose_words_change_is_another_one():
    first = QUIZZES[CHAPTER][0]
    ids = {
        page_quiz.question_node(1, question)["ids"][0]
        for question in (first, first | {"question": "And now?"}, QUIZZES[CHAPTER][1])
    }
    assert len(ids) == 3
    assert page_quiz.question_node(2, first)["ids"][0] in ids


def test_terms_are_linked_in_questions_and_reasons_and_never_in_what_is_clicked_on():
    question = page_quiz.question_node(1, QUIZZES[CHAPTER][1])
    words = {node.astext() for node in texts(question)}
    assert any("A colleague clips" in text for text in words)
    assert any("scales all entries" in text for text in words)
    assert not words & {answer["answer"] for answer in QUIZZES[CHAPTER][1]["answers"]}


# How their pages behave -------------------------------------------------------------------------

SOURCE = """# What explodes?

## Check yourself

**1.** Say it in your own words.

:::{dropdown} Answer
It is a product.
:::

## Exercises

None.
"""

BUILD = """
import sys
from sphinx.application import Sphinx

folder, tools = sys.argv[1:]
sys.path.insert(0, tools)
settings = {
    "extensions": ["myst_parser", "sphinx_design", "page_math", "page_quiz"],
    "myst_enable_extensions": ["colon_fence"],
    "root_doc": "chapters/07_clipping",
    "html_theme": "basic",
}
Sphinx(folder, None, folder + "/out", folder + "/trees", "html", settings,
       status=None, warning=sys.stderr, warningiserror=True).build()
"""

PAGE = """<!DOCTYPE html>
<html lang="en" data-theme="{theme}"><head><meta charset="utf-8"><title>Quiz</title>
<meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="{static}/math.css">
<link rel="stylesheet" href="{web}/book.css"><link rel="stylesheet" href="{web}/quiz.css">
<script defer src="{web}/quiz.js"></script>
<style>body {{ margin: 0 1.25rem; }} main {{ max-width: var(--measure); margin: auto; }}</style>
</head><body><main><article class="bd-article">{body}</article></main></body></html>
"""

AXE = """() => axe.run({resultTypes: ["violations"], preload: false})
  .then(({violations}) => violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.html}`)))"""

in_browser = pytest.mark.skipif(not chromium(), reason="no Chromium on this machine")


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Build a chapter of two sections with a quiz; return its page in each theme."""
    folder = tmp_path_factory.mktemp("book")
    for name, text in {
        f"chapters/{CHAPTER}.md": SOURCE,
        f"quizzes/{CHAPTER}.yml": page_quiz.quiz_path(ROOT, CHAPTER).read_text(encoding="utf-8"),
    }.items():
        (folder / name).parent.mkdir()
        (folder / name).write_text(text, encoding="utf-8")
    subprocess.run(
        [sys.executable, "-c", BUILD, str(folder), str(ROOT / "tools")], check=True, cwd=ROOT
    )
    html = (folder / "out" / "chapters" / f"{CHAPTER}.html").read_text(encoding="utf-8")
    assert "quiz.js" in html and "quiz.css" in html
    body = str(BeautifulSoup(html, "html.parser").select_one("section"))
    made = {}
    for theme in ("light", "dark"):
        made[theme] = folder / f"{theme}.html"
        static, web = (folder / "out" / "_static").as_uri(), (ROOT / "web").as_uri()
        text = PAGE.format(theme=theme, static=static, web=web, body=body)
        made[theme].write_text(text, encoding="utf-8")
    return made


@pytest.fixture
def quiz(page, complaints, pages):
    page.goto(pages["light"].as_uri())
    yield page
    assert complaints == []


def answer(page, question):
    """Return the labels of the answers of a question, and what is said about the last one."""
    field = page.locator("fieldset").nth(question)
    return field.locator("label"), field.get_by_role("status")


def words(text):
    """Return the words of a line up to its first formula, code or emphasis."""
    return page_quiz.MARKS.split(text)[0].strip()


def test_without_a_script_the_page_has_questions_answers_and_reasons(pages):
    html = BeautifulSoup(pages["light"].read_text(encoding="utf-8"), "html.parser")
    section = html.select_one("#check-yourself")
    assert [node.name for node in section.find_all(recursive=False)] == ["h2", "div", "details"]
    for block, question in zip(section.select(".quiz-question"), QUIZZES[CHAPTER], strict=True):
        reasons = block.select("details .reasons > li")
        shown = block.select(".quiz-answers > li")
        for item, reason, asked in zip(shown, reasons, question["answers"], strict=True):
            assert words(asked["answer"]) in item.get_text()
            verdict = "Right. " if "right" in asked else "Wrong. "
            assert verdict + words(asked["why"]) in reason.get_text()
    assert section.select_one(".quiz mjx-container")["data-tex"] == "W_{hh}"
    own = section.select_one("details.in-words")
    assert "Say it in your own words." in own.get_text() and not own.has_attr("open")
    assert section.get_text().count("It is a product.") == 1


def test_paper_has_the_chapters_own_questions_and_their_answers_at_the_end(pages):
    article = Article(f"chapters/{CHAPTER}", pages["light"].read_text(encoding="utf-8"))
    html = article.html()
    assert "quiz" not in html and "own words</" not in html and "A colleague clips" not in html
    assert html.index("Say it in your own words.") < html.index("None.")
    assert html.index("None.") < html.index("It is a product.")


@in_browser
def test_a_click_answers_and_says_whether_it_is_right_and_why(quiz):
    for n, question in enumerate(QUIZZES[CHAPTER]):
        labels, said = answer(quiz, n)
        assert said.inner_text() == ""
        for choice in (WRONG[n], RIGHT[n]) if n == 0 else (RIGHT[n],):
            labels.nth(choice).click()
            verdict = "Right." if choice == RIGHT[n] else "Wrong."
            assert verdict in said.inner_text()
            assert words(question["answers"][choice]["why"])[:20] in said.inner_text()
    marks = quiz.locator("fieldset").first.locator(".quiz-mark").all_inner_texts()
    assert [m.strip() for m in marks].count("right") == 1
    assert marks[RIGHT[0]] == "right" and marks[WRONG[0]] == "wrong"
    assert "2 of 3 right at the first try" in quiz.locator(".quiz-end").inner_text()
    sign = "([i, w]) => getComputedStyle(document.querySelectorAll('label')[i].querySelector(w),"
    for choice, mark in ((RIGHT[0], "\N{CHECK MARK}"), (WRONG[0], "\N{MULTIPLICATION SIGN}")):
        content = quiz.evaluate(f"{sign} '::before').content", [choice, ".quiz-mark"])
        assert mark in content, "colour alone would say it"


@in_browser
def test_keys_move_without_answering_and_enter_or_space_answers(quiz):
    labels, said = answer(quiz, 1)
    answer(quiz, 0)[0].first.locator("input").focus()
    quiz.keyboard.press("Tab")
    assert quiz.evaluate("document.activeElement.closest('fieldset').id") == (
        quiz.locator("fieldset").nth(1).get_attribute("id")
    )
    assert quiz.locator("fieldset").nth(1).get_by_text("Arrow keys move").is_visible()
    for _ in range(RIGHT[1] or 3):
        quiz.keyboard.press("ArrowDown")
        assert said.inner_text() == "" and quiz.locator("label.right, label.wrong").count() == 0
    assert labels.nth(RIGHT[1]).locator("input").is_checked()
    quiz.keyboard.press("Enter")
    assert "Right." in said.inner_text()
    quiz.keyboard.press("Tab")
    quiz.keyboard.press("Space")
    assert answer(quiz, 2)[1].inner_text() != ""
    assert "2 of 3 answered" in quiz.locator(".quiz-end").inner_text()


@in_browser
def test_answers_outlast_the_page_and_trying_again_forgets_them(quiz):
    for n, choices in enumerate([[WRONG[0], RIGHT[0]], [RIGHT[1]], [RIGHT[2]]]):
        for choice in choices:
            answer(quiz, n)[0].nth(choice).click()
    before = quiz.locator(".quiz").inner_text()
    quiz.reload()
    assert quiz.locator(".quiz").inner_text() == before
    assert "2 of 3 right at the first try" in before
    quiz.get_by_role("button", name="Try again").click()
    assert quiz.evaluate("document.activeElement.type") == "radio"
    assert quiz.locator("label.right, label.wrong").count() == 0
    assert quiz.locator("input:checked").count() == 0
    assert quiz.evaluate("localStorage.getItem('nd-quiz')") == "{}"
    quiz.reload()
    assert quiz.locator("label.right, label.wrong").count() == 0


@in_browser
@pytest.mark.parametrize("stored", ["nonsense", "[]", '{"ID": "x"}', '{"ID": [7, null]}', "null"])
def test_a_store_that_makes_no_sense_harms_nothing(quiz, stored):
    name = quiz.locator("fieldset").first.get_attribute("id")
    quiz.evaluate("text => localStorage.setItem('nd-quiz', text)", stored.replace("ID", name))
    quiz.reload()
    labels, said = answer(quiz, 0)
    assert said.inner_text() == ""
    labels.nth(RIGHT[0]).click()
    assert "Right." in said.inner_text()


@in_browser
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nobody_is_kept_out_at_any_width_in_both_themes(page, complaints, pages, theme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe().axe_script
    page.goto(pages[theme].as_uri())
    answer(page, 0)[0].nth(RIGHT[0]).click()
    answer(page, 1)[0].nth(WRONG[1]).click()
    page.evaluate(axe)
    for width in (320, 390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if width == 390:
            heights = "[...document.querySelectorAll('.quiz :is(label, button)')]"
            heights += ".map(e => e.getBoundingClientRect().height)"
            assert min(page.evaluate(heights)) >= 44
        assert page.evaluate(AXE) == []
    assert complaints == []
