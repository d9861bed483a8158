"""The bridge to nbgrader: its release, gradebook, formgrader and feedback, with our marks.

nbgrader would run submissions itself, with the teacher's rights.  Here its step `Execute` is
replaced by `EnterMarks`, which executes nothing and writes what the sandbox has found.
"""

import contextlib
import csv
import io
import logging
import os
import shutil
import sys
import warnings
from pathlib import Path

from nbformat.v4 import new_output
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps.api import NbGraderAPI
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Unicode
from traitlets.config import Config

from classroom import marks, notebooks
from classroom.materials import write_materials

# nbgrader calls alembic by its name, which only an activated environment would find.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])


class EnterMarks(NbGraderPreprocessor):
    """Writes the marks of a submission into its test cells, as nbgrader expects outputs."""

    folder = Unicode("", help="The folder of the marks.").tag(config=True)

    def preprocess(self, nb, resources):
        """Fill in the outputs of a notebook."""
        said = resources["nbgrader"]
        content = marks.read(f"{self.folder}/{said['student']}/{said['assignment']}.json")
        for cell in nb.cells:
            if notebooks.kind(cell) == "test":
                mark = content["cells"][notebooks.settings(cell)["grade_id"]]
                lines = [*mark["lines"], *content["remarks"]]
                points = {"text/plain": repr(float(mark["points"]))}
                cell["outputs"] = [
                    new_output("stream", text="\n".join(lines) + "\n"),
                    new_output("execute_result", points),
                ]
        return nb, resources


STEPS = [
    "classroom.gradebook.EnterMarks",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]

CONFIG = '''"""Written by `make grade`: nbgrader in this folder uses the sandbox's marks."""

c = get_config()
c.CourseDirectory.root = {root!r}
c.CourseDirectory.course_id = "naming-dinosaurs"
c.Autograde.autograde_preprocessors = {steps!r}
c.EnterMarks.folder = {folder!r}
'''


def config(course):
    """Return nbgrader's configuration for a course, and write it for nbgrader's own commands."""
    folder = str(course.folder / "marks")
    text = CONFIG.format(root=str(course.folder), steps=STEPS, folder=folder)
    (course.folder / "nbgrader_config.py").write_text(text, encoding="utf-8")
    made = Config()
    exec(text, {"get_config": lambda: made})
    return made


def _run(course, step, *arguments, **options):
    """Run one of nbgrader's steps, and raise what it logs if it fails."""
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    api = NbGraderAPI(config=config(course))
    logger = logging.getLogger("traitlets")
    logger.addHandler(handler)
    try:
        with contextlib.redirect_stderr(log), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of nbgrader's own code
            done = getattr(api, step)(*arguments, **options)
    finally:
        logger.removeHandler(handler)
    if not done["success"]:
        raise RuntimeError(
            f"nbgrader could not {step} {arguments}:\n{done.get('log')}\n{done.get('error')}"
        )
    return done


def release(course, name):
    """Make the release of an assignment, and enter its cells into the gradebook."""
    source = course.folder / "source" / name
    shutil.rmtree(source, ignore_errors=True)
    shutil.copytree(course.assignments / "source" / name, source)
    write_materials(source)
    _run(course, "generate_assignment", name, force=True, create=True)
    return course.folder / "release" / name


def has(course, name):
    """Tell whether the gradebook knows an assignment."""
    with _gradebook(course) as gradebook:
        return name in {assignment.name for assignment in gradebook.assignments}


def _gradebook(course):
    return Gradebook(f"sqlite:///{course.folder / 'gradebook.db'}", "naming-dinosaurs")


def by_hand(course, name, student):
    """Return what a person has entered for a submission: points and comments, by cell."""
    with _gradebook(course) as gradebook:
        try:
            notebook = gradebook.find_submission_notebook(name, name, student)
        except MissingEntry:
            return []
        points = [[grade.name, grade.manual_score, grade.extra_credit] for grade in notebook.grades]
        return sorted(points) + sorted([c.name, c.manual_comment] for c in notebook.comments)


def waiting(course, name):
    """Return (student, cell) of all answers of an assignment that a person has yet to grade."""
    with _gradebook(course) as gradebook:
        return sorted(
            (submission.student.id, grade.name)
            for submission in gradebook.assignment_submissions(name)
            for notebook in submission.notebooks
            for grade in notebook.grades
            if grade.needs_manual_grade
        )


def enter(course, name, student):
    """Enter the marks of one submission into the gradebook and write its feedback, once.

    The feedback is written again when a person has graded since.  A note says what was entered; it
    is written last, so that what was interrupted is done again, and what was done is not.
    """
    key = marks.read(course.folder / "marks" / student / f"{name}.json")["key"]
    path = course.folder / "entered" / student / f"{name}.json"
    note = marks.read(path) or {}
    if note.get("key") != key:
        _run(course, "autograde", name, student, force=True, create=True)
    made = {"key": key, "by_hand": by_hand(course, name, student)}
    if note == made:
        return False
    _run(course, "generate_feedback", name, student, force=True)
    marks.write(path, made)
    return True


def export(course, path):
    """Write all scores as CSV, a row for each student and a column for each assignment."""
    with _gradebook(course) as gradebook:
        names = sorted(assignment.name for assignment in gradebook.assignments)
        rows = []
        for student in sorted(gradebook.students, key=lambda student: student.id):
            scores = {s.name: s.score for s in student.submissions}
            rows.append([student.id, *(scores.get(name, "") for name in names)])
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["student", *names], *rows])
