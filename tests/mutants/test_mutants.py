"""The checks are checked: each planted bug is seen by the test that is there to see it."""

import json
from pathlib import Path

import planting
import pytest
from helpers import run_python
from mutants import MUTANTS

import rnnlib

PACKAGE = Path(rnnlib.__file__).parent
pytestmark = pytest.mark.timeout(900)  # the first test waits for all the planted bugs


@pytest.fixture(scope="module")
def results():
    """Pytest's exit code and words for each bug, and for the package without one."""
    with run_python(planting.__file__) as process:
        return json.loads(process.stdout.read())


@pytest.mark.parametrize("name", MUTANTS)
def test_a_planted_bug_is_seen(name, results):
    code, words = results[name]
    assert code == pytest.ExitCode.TESTS_FAILED, words


def test_without_a_bug_the_same_tests_pass(results):
    code, words = results[""]
    assert code == pytest.ExitCode.OK, words


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_changes_a_text_that_stands_in_its_module_once(name):
    module, old, new, _ = MUTANTS[name]
    source = PACKAGE.joinpath(*module.split(".")).with_suffix(".py").read_text(encoding="utf-8")
    assert source.count(old) == 1
    assert old != new
