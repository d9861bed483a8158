"""The cycle of a course: hand out, collect, grade, feedback, scores; and grading that is killed."""

import csv
import random
import subprocess
import sys

import nbformat
import pytest
from helpers import ROOT

pytest.importorskip("nbgrader", reason="nbgrader is not installed: pip install -e '.[classroom]'")
from classroom import course, gradebook, grading, known_answers, notebooks, sandbox
from classroom.__main__ import main

try:
    sandbox.bubblewrap()
except sandbox.NoSandbox as missing:
    pytest.skip(str(missing), allow_module_level=True)

NAME = "03_cell"
CLASS = {
    "ada": "right_loops",
    "ben": "wrong_sign",
    "cy": "wrong_probabilities",
    "dee": "right_class",
    "eli": "wrong_time_order",
}
POINTS = {"ada": 12, "ben": 9, "cy": 10, "dee": 12, "eli": 8}


@pytest.fixture(scope="module")
def downloads(tmp_path_factory):
    """What a class has handed in."""
    folder = tmp_path_factory.mktemp("downloads")
    source = grading.load(NAME).source
    for student, file in CLASS.items():
        path = grading.COURSE / "answers" / NAME / f"{file}.py"
        made = notebooks.rebuild(source, known_answers.read(path, source).answers)
        (folder / student).mkdir()
        nbformat.write(made, folder / student / f"{NAME}.ipynb")
    return folder


def scores(folder):
    with open(folder / "scores.csv", encoding="utf-8", newline="") as file:
        return {row["student"]: float(row[NAME]) for row in csv.DictReader(file)}


def test_a_course_goes_from_release_to_scores_and_feedback(tmp_path, downloads, capsys):
    options = ["--course", str(tmp_path)]
    assert main([*options, "release", NAME]) == 0
    assert (tmp_path / "release" / NAME / "names.txt").is_file()
    assert main([*options, "collect", str(downloads)]) == 0
    assert main([*options, "grade", NAME]) == 0
    assert scores(tmp_path) == POINTS
    page = (tmp_path / "feedback" / "ben" / NAME / f"{NAME}.html").read_text(encoding="utf-8")
    assert "The signs are wrong: all three parts are added." in page
    checks = (grading.COURSE / "checks" / f"{NAME}.py").read_text(encoding="utf-8")
    hidden = [line.strip() for line in checks.splitlines() if "student.call" in line]
    assert len(hidden) > 5 and not any(line in page for line in hidden)
    released = (tmp_path / "release" / NAME / f"{NAME}.ipynb").read_text(encoding="utf-8")
    assert "YOUR CODE HERE" in released and "return np.tanh(x @ W_xh" not in released


def test_grading_that_was_done_is_not_done_again_until_something_changes(tmp_path, downloads):
    mine = course.Course(tmp_path)
    mine.collect(downloads)
    first = mine.grade(NAME)
    files = sorted((tmp_path / "marks").glob(f"*/{NAME}.json"))
    made = {path: path.stat().st_ino for path in files}
    assert mine.grade(NAME) == first == POINTS
    assert {path: path.stat().st_ino for path in files} == made
    path = tmp_path / "handed_in" / "ben" / f"{NAME}.ipynb"
    path.write_bytes((downloads / "ada" / f"{NAME}.ipynb").read_bytes())
    assert mine.grade(NAME) == POINTS | {"ben": 12}
    changed = [path.parent.name for path in files if path.stat().st_ino != made[path]]
    assert changed == ["ben"]


def test_after_twenty_kills_every_mark_is_there_and_none_was_made_twice(tmp_path, downloads):
    mine = course.Course(tmp_path)
    mine.collect(downloads)
    gradebook.release(mine, NAME)
    command = [sys.executable, "-m", "classroom", "--course", str(tmp_path), "grade", NAME]
    rng, made, entered = random.Random(1), {}, {}
    for _ in range(20):
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            process.wait(timeout=rng.uniform(0.5, 3.5))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for kind, known in (("marks", made), ("entered", entered)):
            now = {p: p.stat().st_ino for p in (tmp_path / kind).glob("*/*.json")}
            assert now.items() >= known.items(), "a mark was lost, or made again"
            known.update(now)
        if len(made) == len(entered) == len(CLASS) and process.returncode == 0:
            break  # the next ones would find nothing to do
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert scores(tmp_path) == POINTS
    for kind, known in (("marks", made), ("entered", entered)):
        now = {p: p.stat().st_ino for p in (tmp_path / kind).glob("*/*.json")}
        assert now.items() >= known.items() and len(now) == len(CLASS)


def test_a_student_gets_a_clean_copy_and_never_loses_work(tmp_path, capsys):
    assert main(["assignment", NAME, str(tmp_path)]) == 0
    path = tmp_path / NAME / f"{NAME}.ipynb"
    assert path.is_file() and (tmp_path / NAME / "names.txt").is_file()
    assert main(["assignment", NAME, str(tmp_path)]) == 1
    assert "would be lost" in capsys.readouterr().err
    assert main(["check", str(path)]) > 0
    assert "✗ test_step" in capsys.readouterr().out


def test_the_check_before_handing_in_passes_for_the_solution(tmp_path, capsys):
    source = grading.load(NAME).source
    nbformat.write(source, tmp_path / "mine.ipynb")
    assert main(["check", str(tmp_path / "mine.ipynb")]) == 0
    assert "All visible tests pass." in capsys.readouterr().out
