"""A Sphinx extension: three questions with answers to choose from, at the end of each chapter.

`quizzes/06_bptt.yml` has those of `chapters/06_bptt.ipynb`.  They open its section *Check
yourself*; the chapter's own questions, to be answered in words, follow in a fold.  Without a script
the answers are a list above a fold that explains them; `web/quiz.js` makes choices of them.
"""

import hashlib
import re
from pathlib import Path

import yaml
from docutils import nodes
from sphinx.errors import ExtensionError

from tools.page_head import is_chapter

SECTION = "check-yourself"

MARKS = re.compile(r"\$([^$]+)\$|`([^`]+)`|\*([^*]+)\*")
"""What a line of a quiz may hold besides words: a formula, code, an emphasis."""

IN_WORDS = "The chapter’s own questions, to answer in your own words"


def quiz_path(root, page):
    """Return the file of a chapter's quiz."""
    return Path(root, "quizzes", f"{Path(page).name}.yml")


def read_quiz(path):
    """Read the questions of a chapter; complain of what is missing."""
    questions = yaml.safe_load(path.read_text(encoding="utf-8"))
    for number, question in enumerate(questions, 1):
        fault = _fault(question)
        if fault:
            raise ExtensionError(f"{path.name}: question {number} needs {fault}.")
    return questions


def _fault(question):
    """Return what a question lacks, or None."""
    if set(question) != {"question", "answers"}:
        return "`question` and `answers`, and nothing else"
    answers = question["answers"]
    if not 3 <= len(answers) <= 4:
        return "three or four answers"
    if any(set(answer) - {"right"} != {"answer", "why"} for answer in answers):
        return "`answer` and `why` for each answer"
    if [answer["right"] for answer in answers if "right" in answer] != [True]:
        return "`right: true` at exactly one answer"
    return None


def line(source):
    """Return the nodes of a line of text with formulas, code and emphasis."""
    found, at = [], 0
    for mark in MARKS.finditer(source):
        found.append(nodes.Text(source[at : mark.start()]))
        formula, code, stressed = mark.groups()
        if formula:
            found.append(nodes.math(formula, formula))
        elif code:
            found.append(nodes.literal(code, code))
        else:
            found.append(nodes.emphasis(stressed, stressed))
        at = mark.end()
    return [*found, nodes.Text(source[at:])]


def html(source):
    return nodes.raw("", source, format="html")


def lettered(kind, items):
    """Return a list that counts A, B, C, of pairs of a class and the nodes of a line."""
    made = nodes.enumerated_list("", enumtype="upperalpha", prefix="", suffix=".", classes=[kind])
    for name, content in items:
        paragraph = nodes.paragraph("", "", *content)
        made += nodes.list_item("", paragraph, classes=[name])
    return made


def verdict(answer):
    word = "Right." if answer.get("right") else "Wrong."
    return [nodes.inline(word, word, classes=["quiz-verdict"]), nodes.Text(" ")]


def kind(answer):
    return "right" if answer.get("right") else "wrong"


def fold(label, name):
    """Return the opening of a fold as the book's other folds have it."""
    summary = f'<span class="sd-summary-text">{label}</span>'
    opening = f'<details class="sd-dropdown {name}"><summary>{summary}</summary>'
    return html(f'{opening}<div class="sd-summary-content">')


def question_node(number, question):
    """Return a question, its answers and the fold with the reasons.

    Its id comes of its words, so that what a reader answered is forgotten when they change.
    """
    answers = question["answers"]
    words = "\n".join([question["question"], *(answer["answer"] for answer in answers)])
    label = nodes.strong(f"{number}.", f"{number}.")
    asked = nodes.paragraph("", "", label, nodes.Text(" "), *line(question["question"]))
    asked["classes"] = ["quiz-asked"]
    reasons = [(kind(a), verdict(a) + line(a["why"])) for a in answers]
    return nodes.container(
        "",
        asked,
        lettered("quiz-answers", [("quiz-answer", line(a["answer"])) for a in answers]),
        fold("Which one, and why", "quiz-reasons"),
        lettered("reasons", reasons),
        html("</div></details>"),
        classes=["quiz-question"],
        ids=[f"quiz-{hashlib.sha256(words.encode()).hexdigest()[:8]}"],
    )


def add_quiz(app, doctree):
    """Open the section *Check yourself* of a chapter with its quiz."""
    page = app.env.docname
    path = quiz_path(app.srcdir, page)
    if not is_chapter(page) or not path.is_file():
        return
    app.env.note_dependency(str(path))
    section = next((s for s in doctree.findall(nodes.section) if SECTION in s["ids"]), None)
    if section is None:
        raise ExtensionError(f"{page} has a quiz, but no section “Check yourself” for it.")
    questions = enumerate(read_quiz(path), 1)
    quiz = nodes.container("", *(question_node(*q) for q in questions), classes=["quiz"])
    title, *own = section.children
    section.children = []
    section += [title, quiz, fold(IN_WORDS, "in-words"), *own, html("</div></details>")]
    app.env.metadata[page]["quiz"] = True


def add_script(app, page, template, context, doctree):
    """Add the script to a page that has a quiz."""
    if app.env.metadata.get(page, {}).get("quiz"):
        app.add_js_file("quiz.js", loading_method="defer")
        app.add_css_file("quiz.css")


def setup(app):
    app.connect("doctree-read", add_quiz)
    app.connect("html-page-context", add_script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
