"""Copies are found above all independent answers, and independent answers are left in peace."""

import ast
import re
from itertools import combinations

import nbformat
import pytest

pytest.importorskip("nbgrader", reason="nbgrader is not installed: pip install -e '.[classroom]'")
from classroom import alike, grading, known_answers, notebooks
from classroom.__main__ import main

NAMES = sorted(path.name for path in (grading.COURSE / "source").iterdir() if path.is_dir())


def right_answers(name):
    source = grading.load(name).source
    files = sorted((grading.COURSE / "answers" / name).glob("right_*.py"))
    return {file.stem: known_answers.read(file, source).answers for file in files}


def given(name):
    release = notebooks.release(grading.load(name).source)
    return [cell["source"] for cell in release.cells if cell["cell_type"] == "code"]


def disguised(source):
    """Rename what is local, turn the order of definitions round, lay out and comment anew."""
    local = set(re.findall(r"^\s+(\w+) =|\bfor (\w+) in", source, re.M))
    for number, name in enumerate(sorted({name for found in local for name in found if name})):
        source = re.sub(rf"(?<![\w.]){name}\b(?!\()", f"thing{number}", source)
    parts = [ast.unparse(part) for part in ast.parse(source).body]
    return "\n\n\n# my own idea\n".join(reversed(parts)).replace("\n    ", "  # so\n\n    ")


@pytest.mark.parametrize("name", NAMES)
def test_a_disguised_copy_is_found_above_all_independent_answers(name):
    answers, known = right_answers(name), given(name)
    for copied in answers:
        copy = {cell: disguised(source) for cell, source in answers[copied].items()}
        assert copy != answers[copied]
        pairs = alike.compare(answers | {"copy": copy}, known)
        assert set(pairs[0].students) == {copied, "copy"}
        assert pairs[0].share >= alike.SUSPICIOUS > pairs[1].share


@pytest.mark.parametrize("name", NAMES)
def test_right_answers_in_different_styles_are_not_flagged(name):
    pairs = alike.compare(right_answers(name), given(name))
    assert len(pairs) <= 3
    assert all(pair.share < alike.SUSPICIOUS for pair in pairs)


def test_names_comments_layout_and_docstrings_leave_no_trace():
    plain = (
        'def f(x):\n    """Say."""\n    total = x @ w + g(1.5e-3, "a")\n    return np.tanh(total)\n'
    )
    other = (
        "def h(  y ): # no\n\n  z = y @ v + k(\n    1.5e-3,\n    'bc',\n  )\n  return np.tanh(z)"
    )
    texts = [[token.text for token in alike.tokens(source)] for source in (plain, other)]
    assert texts[0] == texts[1]
    assert "tanh" in texts[0] and "@" in texts[0] and "1.5e-3" in texts[0]


def test_code_that_is_no_python_is_read_all_the_same():
    assert [t.text for t in alike.tokens("for $ in (\n 'open\n")][:4] == ["for", "$", "in", "("]


def test_every_common_run_that_is_long_enough_leaves_a_fingerprint():
    run = " + ".join(str(i) for i in range((alike.K + alike.W) // 2))  # K + W - 1 tokens
    assert len(alike.tokens(run)) == alike.K + alike.W - 1
    for before, after in combinations(["", "a = b\n", "f(1)[2]\n", "while c:\n pass\n"], 2):
        found = [alike.fingerprints({"c": f"{text}x = {run}\ny = 3\n"}) for text in (before, after)]
        assert found[0].keys() & found[1].keys()


def test_what_everybody_was_given_and_what_most_have_written_does_not_count():
    code = "".join(f"y{i} = x{i} * {i} + np.sin({i}.5 * t)\n" for i in range(12))
    two = {"ada": {"c": code}, "ben": {"c": code}}
    assert alike.compare(two)[0].share > 0.9
    assert not alike.compare(two, [code])
    everybody = {str(i): {"c": code} for i in range(alike.CLASS)}
    assert not alike.compare(everybody)


def test_a_few_lines_alone_are_never_flagged():
    short = {"ada": {"c": "h = np.tanh(x @ w + h @ u + b)"}}
    (pair,) = alike.compare(short | {"ben": short["ada"]})
    assert pair.share < alike.SUSPICIOUS


def test_the_report_shows_lines_side_by_side_and_says_that_it_is_no_proof(tmp_path, capsys):
    name, answers = "03_cell", right_answers("03_cell")
    source = grading.load(name).source
    copy = {cell: disguised(text) for cell, text in answers["right_loops"].items()}
    students = {"ada": answers["right_loops"], "ben": copy, "cy": answers["right_class"]}
    for student, said in students.items():
        folder = tmp_path / "handed_in" / student
        folder.mkdir(parents=True)
        nbformat.write(notebooks.rebuild(source, said), folder / f"{name}.ipynb")
    (tmp_path / "handed_in" / "dee").mkdir()
    (tmp_path / "handed_in" / "dee" / f"{name}.ipynb").write_text("no notebook")
    assert main(["--course", str(tmp_path), "alike", name]) == 0
    said = capsys.readouterr().out
    assert "3 submissions, pairs worth reading: 1" in said and "Not read: dee." in said
    assert alike.HINT in said
    assert re.search(r"^ada and ben: \d\d%", said, re.M)
    assert re.search(r"^ada, \w+, line \d+ +\| ben, \w+, line \d+$", said, re.M)
    assert "cy" not in said.split("Next, as a measure")[0]
