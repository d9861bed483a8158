"""Hostile submissions: each gets a defined mark and a sentence, and harms nothing."""

import json
import os
import re
import zipfile

import pytest

pytest.importorskip("nbgrader", reason="nbgrader is not installed: pip install -e '.[classroom]'")
from classroom import course, grading, notebooks, sandbox
from classroom.checks import Check
from classroom.sandbox import Limits

try:
    sandbox.bubblewrap()
except sandbox.NoSandbox as missing:
    pytest.skip(str(missing), allow_module_level=True)

NAME = "03_cell"
ASSIGNMENT = grading.load(NAME)
RIGHT = notebooks.solution(ASSIGNMENT.source)
SHORT = Limits(memory=2**29, cpu_seconds=3, seconds=60)
STEP = "def step(x, h, W_xh, W_hh, b_h):\n    "


def grade(answers, limits=SHORT):
    marks = grading.grade(ASSIGNMENT, RIGHT | answers, limits=limits)
    said = "\n".join(line for mark in marks.values() for line in mark.lines)
    return {cell: mark.points for cell, mark in marks.items()}, said


FULL = {"test_step": 3, "test_forward": 4, "test_logits": 2, "test_latch": 3}
NO_STEP = FULL | {"test_step": 0}
NOTHING = dict.fromkeys(FULL, 0)


@pytest.mark.parametrize(
    ("code", "points", "words"),
    [
        ("while True: pass", NO_STEP, "too much processor time"),
        ("import time; time.sleep(10**6)", NO_STEP, "longer than 2 seconds"),
        ("return bytearray(10**10)", NO_STEP, "MemoryError"),
        ("a = []\n    while True: a.append(bytearray(10**7))", NO_STEP, "MemoryError"),
        ("import os\n    while True: os.fork()", NO_STEP, "No answer|too often|BlockingIOError"),
        ("import os; os._exit(0)", NO_STEP, "ended Python itself"),
        ("import sys; sys.exit(0)", NO_STEP, "SystemExit"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", NO_STEP, "No answer"),
        ("return 'a' * 10**8", NO_STEP, "."),
        ("print('a' * 10**8); return None", NO_STEP, "returns nothing"),
        ("raise KeyboardInterrupt", NO_STEP, "KeyboardInterrupt"),
        ("return step(x, h, W_xh, W_hh, b_h)", NO_STEP, "RecursionError"),
        ("import rnnlib; return rnnlib", NO_STEP, "ModuleNotFoundError"),
        ("import socket; socket.create_connection(('127.0.0.1', 80), 1)", NO_STEP, "Error"),
        ("import ctypes; ctypes.string_at(0)", NO_STEP, "No answer"),
        (
            "return {'array': ['|O', [1], 'AAAA']}",
            NO_STEP,
            "should return numbers|NotData|neither a number",
        ),
    ],
)
def test_a_step_that_does_harm_loses_its_own_points_only(code, points, words):
    limits = SHORT._replace(seconds=2) if "sleep" in code else SHORT
    got, said = grade({"step": STEP + code}, limits)
    assert got == points, said
    assert re.search(words, said), said


LIES = {
    "a patched allclose": "np.allclose = lambda *a, **k: 1\nnp.testing.assert_allclose = print\n",
    "patched builtins": (
        "import builtins\nbuiltins.all = lambda _: True\nbuiltins.abs = lambda _: 0\n"
        "builtins.isinstance = lambda *_: True\nbuiltins.len = lambda _: 1\n"
    ),
    "patched modules": (
        "import sys\nfor name in list(sys.modules):\n"
        "    if name.startswith(('numpy', 'json', 'values')):\n        sys.modules[name] = None\n"
    ),
    "an object that equals everything": (
        "class Same:\n    __eq__ = __le__ = __ge__ = lambda *_: True\n    __array__ = None\n"
    ),
    "an array that lies": (
        "class Liar(np.ndarray):\n"
        "    def __eq__(self, other): return np.ones(self.shape, bool)\n"
        "    def __sub__(self, other): return np.zeros(self.shape)\n"
        "    shape = property(lambda self: (2, 4))\n"
    ),
}
RETURNS = {
    "an object that equals everything": "return Same()",
    "an array that lies": "return np.zeros((2, 4)).view(Liar)",
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_about_a_wrong_answer_gains_nothing(lie):
    code = LIES[lie] + STEP + RETURNS.get(lie, "return np.zeros((len(x), len(b_h)))")
    got, said = grade({"step": code})
    assert got["test_step"] == 0, said


def test_a_forged_message_is_only_another_wrong_answer():
    code = (
        "import os\n"
        + STEP
        + "\n    for fd in range(3, 64):\n        try: os.write(fd, b'\\0' * 8 + b'null')\n"
        + "        except OSError: pass\n    return x"
    )
    got, said = grade({"step": code})
    assert got["test_step"] == 0, said


def test_an_answer_so_odd_that_the_check_fails_is_wrong_and_stops_nobody():
    odd = Check("test_step", 1, lambda student: {}["what it gave back"])
    assert grading.judge(odd, None) == grading.ODD


SPY = """
def logits(hs, W_hy, b_y):
    import os
    places = ["/root", "/home", "/work", "/check", "/etc/passwd", "/tests", "/assignments"]
    seen = [place for place in places if os.path.exists(place)]
    for top in set(os.listdir("/")) - {"proc", "usr", "lib", "lib64", "python", "dev"}:
        for folder, _, files in os.walk("/" + top):
            seen += [f for f in files if "03_cell" in f or f.endswith((".db", ".ipynb"))]
    seen += [name for name in os.environ if "TOKEN" in name or "SECRET" in name]
    for name in ("/usr/x", "/worker/x", "/site/x", "/python/x", "/materials/x"):
        try:
            open(name, "w")
            seen.append(name)
        except OSError:
            pass
    if seen:
        raise ValueError
    return hs @ W_hy + b_y
"""


def test_a_spy_sees_no_tests_no_sources_no_others_and_can_write_nowhere(monkeypatch):
    monkeypatch.setenv("A_SECRET", "the teacher's password")
    got, said = grade({"logits": SPY}, SHORT._replace(cpu_seconds=60))
    assert got == FULL, said


def test_what_a_student_raises_does_not_carry_hidden_inputs_into_the_feedback():
    _, said = grade({"step": STEP + "raise ValueError(str((x, h, W_xh)))"})
    assert "ValueError in line 2 of its cell" in said
    assert "array" not in said and "[" not in said


def test_cells_that_end_python_get_nothing_and_say_so():
    got, said = grade({"step": "import os; os._exit(1)"})
    assert got == NOTHING or got == FULL | {"test_step": 0}, said
    assert "could not be run" in said


# What is handed in


@pytest.fixture
def handed_in(tmp_path):
    """A course with a folder for downloads, and a function that collects and grades."""

    def collect(**files):
        downloads = tmp_path / "downloads"
        for student, content in files.items():
            path = downloads / student / f"{NAME}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            if callable(content):
                content(path)
            else:
                path.write_bytes(content if isinstance(content, bytes) else content.encode())
        mine = course.Course(tmp_path / "course")
        mine.collect(downloads)
        points = mine.grade(NAME, limits=SHORT)
        said = {
            student: json.loads((mine.folder / "marks" / student / f"{NAME}.json").read_text())
            for student in points
        }
        return points, said

    return collect


def notebook(change=lambda cells: cells, answers=RIGHT):
    """The text of a right notebook whose cells were changed."""
    made = notebooks.rebuild(ASSIGNMENT.source, answers)
    made.cells = change(made.cells)
    return json.dumps(made)


def test_cells_that_were_tampered_with_moved_copied_or_deleted_change_nothing(handed_in):
    def tamper(cells):
        for cell in cells:
            if notebooks.kind(cell) == "test":
                cell["source"] = "pass"
                cell["metadata"]["nbgrader"]["points"] = 1000.0
        return cells

    points, said = handed_in(
        tampered=notebook(tamper),
        reordered=notebook(lambda cells: cells[::-1]),
        copied=notebook(lambda cells: cells + cells),
        bare=notebook(lambda cells: [c for c in cells if notebooks.kind(c) == "answer"]),
        empty=notebook(lambda cells: []),
    )
    assert points == {"tampered": 12, "reordered": 12, "copied": 12, "bare": 12, "empty": 0}
    assert "is there twice" in said["copied"]["remarks"][0]
    assert "is missing" in said["empty"]["remarks"][0]


def test_what_is_no_notebook_gets_a_mark_and_a_reason_and_stops_nobody_else(handed_in):
    points, said = handed_in(
        ada=notebook(),
        broken="{",
        deep="[" * 100_000,
        binary=bytes(range(256)),
        list="[1, 2]",
        cells='{"cells": [1, null, {"metadata": 3}, {"metadata": {"nbgrader": {"grade_id": []}}}]}',
        huge=lambda path: path.write_bytes(b" " * (notebooks.LARGEST + 1)),
    )
    assert points.pop("ada") == 12
    assert set(points.values()) == {0} and len(points) == 6
    assert "not a notebook" in said["broken"]["remarks"][0]
    assert "MB" in said["huge"]["remarks"][0]


def test_links_and_strange_names_are_not_collected(tmp_path):
    downloads = tmp_path / "downloads"
    secret = tmp_path / "secret.ipynb"
    secret.write_text(notebook())
    for student in ("mallory", ".hidden", "a b"):
        (downloads / student).mkdir(parents=True)
    os.symlink(secret, downloads / "mallory" / f"{NAME}.ipynb")
    (downloads / ".hidden" / f"{NAME}.ipynb").write_text("{}")
    (downloads / "a b" / f"{NAME}.ipynb").write_text("{}")
    mine = course.Course(tmp_path / "course")
    taken, refused = mine.collect(downloads)
    assert taken == [] and len(refused) == 2
    assert not (tmp_path / "course" / "handed_in").exists()


def test_a_zip_file_is_read_once_and_reaches_no_other_folder(tmp_path):
    inner = tmp_path / "inner.zip"
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr(f"eve/{NAME}.ipynb", notebook())
    path = tmp_path / "downloads.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(inner, "inner.zip")
        archive.writestr(f"ada/{NAME}.ipynb", notebook())
        archive.writestr(f"bob_{NAME}.ipynb", notebook())
        archive.writestr(f"../../{NAME}.ipynb", notebook())
        archive.writestr(f"bomb/{NAME}.ipynb", b" " * (20 * notebooks.LARGEST + 1))
    mine = course.Course(tmp_path / "course")
    taken, refused = mine.collect(path)
    assert taken == [f"ada: {NAME}", f"bob: {NAME}"]
    assert len(refused) == 2
