"""The graders are graded: right answers get all points, each wrong one loses exactly its own."""

import ast
from functools import cache

import pytest

pytest.importorskip("nbgrader", reason="nbgrader is not installed: pip install -e '.[classroom]'")
from classroom import grading, known_answers, notebooks, sandbox

try:
    sandbox.bubblewrap()
except sandbox.NoSandbox as missing:
    pytest.skip(str(missing), allow_module_level=True)

NAMES = sorted(path.name for path in (grading.COURSE / "source").iterdir() if path.is_dir())
load = cache(grading.load)  # with the reference values that the checks keep
ANSWERS = sorted((grading.COURSE / "answers").glob("*/*.py"))


@pytest.fixture(scope="module", params=NAMES)
def assignment(request):
    return load(request.param)


def points(marks):
    return {cell: mark.points for cell, mark in marks.items()}


def points_of_tests(assignment):
    return {
        name: assignment.points[name] for name in dict.fromkeys(c.cell for c in assignment.checks)
    }


def test_the_solution_gets_all_points(assignment):
    marks = grading.grade(assignment, notebooks.solution(assignment.source))
    assert points(marks) == points_of_tests(assignment), marks


def test_the_release_as_students_get_it_gets_none(assignment):
    empty = notebooks.release(assignment.source)
    marks = grading.grade(assignment, notebooks.solution(empty))
    assert set(points(marks).values()) == {0.0}, marks


LAZY = (
    *("None", "0", "np.inf", "np.array([True])", "[[1], [2, 3]]"),
    *("a[0]", "(a[0], a[0])", "({}, {})"),
)
"""What functions return without any work; `a` are their arguments."""


@pytest.mark.parametrize("value", LAZY)
def test_an_answer_without_work_gets_no_points_and_a_sentence(assignment, value):
    answers = {}
    for cell, source in notebooks.solution(assignment.source).items():
        functions = [f.name for f in ast.parse(source).body if isinstance(f, ast.FunctionDef)]
        lines = [f"def {name}(*a, **options):\n    return {value}" for name in functions]
        answers[cell] = "\n".join(lines)
    marks = grading.grade(assignment, answers)
    assert set(points(marks).values()) == {0.0}, marks
    assert all(line[-1] in ".?" for mark in marks.values() for line in mark.lines)


def test_there_are_three_right_answers_and_eight_wrong_ones(assignment):
    mine = [path.stem for path in ANSWERS if path.parent.name == assignment.name]
    assert sum(name.startswith("right_") for name in mine) >= 3
    assert sum(name.startswith("wrong_") for name in mine) >= 8


@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_known_answer_loses_exactly_the_points_that_it_must(path):
    assignment = load(path.parent.name)
    known = known_answers.read(path, assignment.source)
    marks = grading.grade(assignment, known.answers)
    expected = {
        cell: n - known.loses.get(cell, 0) for cell, n in points_of_tests(assignment).items()
    }
    said = "\n".join(line for mark in marks.values() for line in mark.lines)
    assert points(marks) == expected, said
    assert known.says in said
    assert bool(known.says) == bool(known.loses) == path.stem.startswith("wrong_")
