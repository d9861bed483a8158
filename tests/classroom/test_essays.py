"""Answers in words: a person grades them, nobody is asked about empty ones, and none does harm."""

import csv
import json
import re

import nbformat
import pytest

pytest.importorskip("nbgrader", reason="nbgrader is not installed: pip install -e '.[classroom]'")
from classroom import course, gradebook, grading, notebooks, sandbox
from classroom.__main__ import main

try:
    sandbox.bubblewrap()
except sandbox.NoSandbox as missing:
    pytest.skip(str(missing), allow_module_level=True)

NAME = "07_train_and_report"
ASSIGNMENT = grading.load(NAME)
ESSAYS = {"answer_luck", "answer_choice"}
TEXT = "106 of 200 is within 100 ± 7, so $p < q$ was not shown & nobody knows."


def handed_in(folder, student, essays):
    """Write a notebook without any code of its own: what counts here are the words."""
    made = notebooks.release(ASSIGNMENT.source)
    for cell in made.cells:
        name = notebooks.settings(cell)["grade_id"]
        if name in essays:
            cell["source"] = essays[name]
    made.cells = [cell for cell in made.cells if cell["source"] is not None]
    (folder / student).mkdir(parents=True)
    nbformat.write(made, folder / student / f"{NAME}.ipynb")


def scores(folder):
    with open(folder / "scores.csv", encoding="utf-8", newline="") as file:
        return {row["student"]: float(row[NAME]) for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A course that was released, collected and graded by the commands."""
    downloads, folder = tmp_path_factory.mktemp("downloads"), tmp_path_factory.mktemp("course")
    handed_in(downloads, "ada", dict.fromkeys(ESSAYS, TEXT))
    handed_in(downloads, "ben", {"answer_luck": TEXT})
    handed_in(downloads, "cy", {})
    handed_in(downloads, "dee", {"answer_luck": None, "answer_choice": "  \n"})
    options = ["--course", str(folder)]
    assert main([*options, "release", NAME]) == 0
    assert main([*options, "collect", str(downloads)]) == 0
    assert main([*options, "grade", NAME]) == 0
    return course.Course(folder), downloads


def test_students_see_the_rubric_and_not_the_notes(graded):
    folder, _ = graded
    path = folder.folder / "release" / NAME / f"{NAME}.ipynb"
    released = {
        notebooks.settings(cell)["grade_id"]: cell["source"]
        for cell in nbformat.read(path, as_version=4).cells
    }
    assert {released[name] for name in ESSAYS} == {"YOUR ANSWER HERE"}
    for rubric in ("luck_text", "choice_text"):
        assert sum(line.endswith("| 1 |") for line in released[rubric].splitlines()) == 4
    notes = {
        notebooks.settings(cell)["grade_id"]: cell["source"]
        for cell in ASSIGNMENT.source.cells
        if notebooks.kind(cell) == "essay"
    }
    assert set(notes) == ESSAYS
    assert all(text.count("1 point") == 4 for text in notes.values())
    assert all(ASSIGNMENT.points[name] == 4 for name in ESSAYS)


def test_written_answers_wait_for_a_person_and_empty_ones_get_nothing(graded):
    folder, _ = graded
    assert gradebook.waiting(folder, NAME) == [
        ("ada", "answer_choice"),
        ("ada", "answer_luck"),
        ("ben", "answer_luck"),
    ]
    with gradebook._gradebook(folder) as book:
        for student, cell in (("ben", "answer_choice"), ("cy", "answer_luck")):
            grade = book.find_grade(cell, NAME, NAME, student)
            assert (grade.auto_score, grade.needs_manual_grade) == (0, False)
        for cell in ESSAYS:
            assert book.find_grade(cell, NAME, NAME, "dee").auto_score == 0
            assert book.find_grade(cell, NAME, NAME, "ada").auto_score is None
            assert book.find_grade(cell, NAME, NAME, "ada").max_score == 4


def grade_by_hand(folder, student, cell, points, comment):
    """Do what the Formgrader does when a teacher types."""
    with gradebook._gradebook(folder) as book:
        grade = book.find_grade(cell, NAME, NAME, student)
        grade.manual_score, grade.needs_manual_grade = points, False
        book.find_comment(cell, NAME, NAME, student).manual_comment = comment
        book.db.commit()


def test_points_by_hand_reach_scores_and_feedback_and_stay(graded, capsys):
    folder, _ = graded
    again = ["--course", str(folder.folder), "grade", NAME]
    before = scores(folder.folder)
    grade_by_hand(folder, "ada", "answer_luck", 3.0, "Which seed would change your mind?")
    pages = {s: folder.folder / "feedback" / s / NAME / f"{NAME}.html" for s in ("ada", "cy")}
    untouched = pages["cy"].stat().st_mtime_ns
    assert main(again) == 0
    assert "yet to grade 2 answers" in capsys.readouterr().out
    assert scores(folder.folder) == before | {"ada": before["ada"] + 3}
    assert "Which seed would change your mind?" in pages["ada"].read_text(encoding="utf-8")
    assert pages["cy"].stat().st_mtime_ns == untouched
    assert ("ada", "answer_luck") not in gradebook.waiting(folder, NAME)
    path = folder.folder / "handed_in" / "ada" / f"{NAME}.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace("106", "115"), encoding="utf-8")
    assert main(again) == 0
    assert scores(folder.folder)["ada"] == before["ada"] + 3
    assert ("ada", "answer_luck") in gradebook.waiting(folder, NAME), "a new text is read again"


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</div><iframe src='javascript:alert(1)'></iframe>",
    "<!-- <svg/onload=alert(1)>",
    "<javascript:alert(1)>",
    "[a](javascript:alert(1))",
    "[a](java&#115;cript:alert(1))",
    "[a](javascript\\:alert(1))",
    "[a](java\tscript:alert(1))",
    "[a](\x01vbscript:alert(1))",
    "[a][b]\n\n[b]: JavaScript:alert(1)",
    "![a](data:text/html,<script>alert(1)</script>)",
    "[a](x '<img src=y onerror=alert(1)>')",
    "![<img src=y onerror=alert(1)>](x)",
    '![a](x "\\" onerror=alert(1) \\"")',
    r"$\href{javascript:alert(1)}{x}$",
    r"$\hr&#101;f{javascript:alert(1)}{x}$",
    "$$<img src=x onerror=alert(1)>$$",
    "```\n</pre><script>alert(1)</script>\n```",
    "`<script>alert(1)</script>`",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_essay_runs_a_script_where_the_teacher_reads_it(text):
    bs4 = pytest.importorskip("bs4")
    from nbconvert.exporters import HTMLExporter
    from nbgrader.server_extensions.formgrader import handlers

    exporter = HTMLExporter(template_name="basic", extra_template_basedirs=[handlers.template_path])
    made = notebooks.rebuild(ASSIGNMENT.source, {"answer_luck": text})
    made.cells = [c for c in made.cells if notebooks.settings(c)["grade_id"] == "answer_luck"]
    page = bs4.BeautifulSoup(exporter.from_notebook_node(made)[0], "html.parser")
    assert not page.find_all(["script", "iframe", "svg"])
    for tag in page.find_all(True):
        assert not [name for name in tag.attrs if name.startswith("on")], tag
        for address in (tag.get("href", ""), tag.get("src", "")):
            clean = "".join(c for c in address.lower() if c > " ")
            assert not re.match("(java|vb)script(:|%3a)|data(:|%3a)", clean), tag
    assert "\\href" not in page.get_text()


def test_what_is_written_is_what_is_read():
    made = notebooks.rebuild(ASSIGNMENT.source, {"answer_luck": TEXT})
    assert TEXT in [cell["source"] for cell in made.cells]
    assert json.loads(json.dumps(made)) == made
