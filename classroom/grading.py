"""Grades one submission of one assignment: points and sentences for each graded cell."""

import contextlib
from pathlib import Path
from typing import NamedTuple

from classroom import notebooks
from classroom.checks import Student, Wrong, load_checks
from classroom.materials import materials

COURSE = Path(__file__).parents[1] / "assignments"


class Assignment(NamedTuple):
    """An assignment: the teacher's notebook and the hidden checks."""

    name: str
    source: object
    checks: list

    @property
    def points(self):
        """Points of each graded cell."""
        return notebooks.graded_points(self.source)


def load(name, course=COURSE):
    """Return an assignment.

    Raises
    ------
    ValueError
        The points of a cell's checks are not those that the notebook promises.
    """
    source = notebooks.load_source(course / "source" / name / f"{name}.ipynb")
    assignment = Assignment(name, source, load_checks(course / "checks" / f"{name}.py"))
    promised = {
        notebooks.settings(cell)["grade_id"]: notebooks.settings(cell)["points"]
        for cell in source.cells
        if notebooks.kind(cell) == "test"
    }
    checked = dict.fromkeys(promised, 0.0)
    for check in assignment.checks:
        if check.cell not in promised:
            raise ValueError(f"{name}: no graded test cell is called {check.cell!r}.")
        checked[check.cell] += check.points
    if checked != promised:
        raise ValueError(f"{name}: the notebook promises {promised}, the checks give {checked}.")
    return assignment


class Mark(NamedTuple):
    """What one graded cell gets: points, and a line for each check."""

    points: float
    lines: list


def grade(assignment, answers, student="student", limits=None):
    """Grade the answers of a submission.

    Parameters
    ----------
    assignment : Assignment
    answers : dict of str
        Sources of the answer cells, by name.
    student : str
        Who handed it in, for checks with data of one's own.
    limits : Limits, optional

    Returns
    -------
    marks : dict of Mark
        One for each cell with tests.
    """
    marks = {check.cell: Mark(0.0, []) for check in assignment.checks}
    with materials() as folder, contextlib.ExitStack() as running:

        def ask(given):
            cells = notebooks.code(notebooks.rebuild(assignment.source, given))
            return running.enter_context(Student(cells, limits, folder, student))

        own, helped = ask(answers), {}
        for check in assignment.checks:
            points, lines = marks[check.cell]
            said = judge(check, own)
            if said:  # is it only the fault of an earlier cell?
                given = with_help(assignment.source, answers, check.cell)
                key = tuple(given.items())
                if given != answers and key not in helped:
                    helped[key] = ask(given)
                if given != answers and not judge(check, helped[key]):
                    lines.append(f"✓ {check.name}: {HELPED} {check.points:g} of {check.points:g}.")
                    said = ""
                else:
                    lines.append(f"✗ {check.name}: 0 of {check.points:g}. {said}")
            else:
                lines.append(f"✓ {check.name}: {check.points:g} of {check.points:g}.")
            marks[check.cell] = Mark(points + (0 if said else check.points), lines)
    return marks


HELPED = "right, once the cells before it are,"


ODD = "What came back has another form than the task says, so it could not be compared."


def judge(check, student):
    """Return what a check says of a student's functions: nothing if they pass.

    Whatever a student returns, it ends only their own check, never the grading of all others.
    That a check itself is without fault is for the tests of known answers to say.
    """
    try:
        check.ask(student)
    except Wrong as wrong:
        return str(wrong) or ODD
    except Exception:
        return ODD
    return ""


def with_help(source, answers, test):
    """Return answers in which the cells before the one that a test belongs to are the teacher's.

    So nobody pays twice for one mistake.
    """
    names = []
    for cell in source.cells:
        if notebooks.kind(cell) == "answer":
            names.append(notebooks.settings(cell)["grade_id"])
        if notebooks.settings(cell).get("grade_id") == test:
            break
    solution = notebooks.solution(source)
    return answers | {name: solution[name] for name in names[:-1]}
