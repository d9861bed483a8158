"""The checks are checked: every planted bug is seen by the test that is there to see it."""

import ast
import json
import re

import planted
import pytest
from helpers import run_python

FILES = sorted(
    path
    for path in planted.TESTS.rglob("test_*.py")
    if re.search(r"^@bug\(", path.read_text(encoding="utf-8"), flags=re.M)
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(planted.TESTS)))
def test_the_bugs_of_a_file_are_seen_and_without_them_the_same_cases_pass(path):
    with run_python(planted.__file__, path) as process:
        results = json.loads(process.stdout.read().splitlines()[-1])
    sound, words = results.pop("")
    assert results
    missed = {name: said for name, (code, said) in results.items() if code != 1}
    assert not missed
    assert sound == pytest.ExitCode.OK, words


SOURCE = "def f(x):\n    y = x + 1  # shifted\n    return [y, y]\n\ndef g(x):\n    return x + 1\n"


def with_bug(old, new, where="functional.f"):
    tree = ast.parse(SOURCE)
    planted.plant(tree, planted.Bug("a bug", where, old, new, "test"))
    return ast.unparse(tree)


def test_a_bug_is_planted_by_meaning_and_in_one_function_only():
    assert with_bug("x+1", "x - 1") == ast.unparse(ast.parse(SOURCE.replace("+ 1  #", "- 1  #")))
    assert "y = 0" in with_bug("y = (x + 1)", "y = 0")
    assert "pass" in with_bug("y = x + 1", "pass")


@pytest.mark.parametrize(
    ("old", "where", "message"),
    [
        ("x + 2", "functional.f", "is 0 times"),
        ("y", "functional.f", "is 3 times"),
        ("x + 1", "functional.h", "is there 0 times"),
        ("x + 1", "nowhere.f", "no module"),
    ],
)
def test_a_bug_that_fits_nowhere_or_twice_is_refused(old, where, message):
    with pytest.raises(ValueError, match=message):
        with_bug(old, "0", where)


def test_a_failure_is_counted_and_not_explained(tmp_path):
    path = tmp_path / "test_lists.py"
    path.write_text("def test_lists():\n    assert [1] * 99 == [2] * 99\n", encoding="utf-8")
    run = f"import planted; print(planted.run_tests({str(path)!r}, ['test_lists']))"
    with run_python("-c", run, env={"CI": "true"}) as process:  # where pytest shortens nothing
        code, said, failures = ast.literal_eval(process.stdout.read())
    assert code == pytest.ExitCode.TESTS_FAILED
    assert "1 failed" in said and "?     ^" not in said
    assert failures == ["test_lists"]


def test_no_two_bugs_of_a_file_have_one_name():
    for path in FILES:
        names = [bug.name for bug in planted.bugs_of(path)]
        assert len(names) == len(set(names)), path
