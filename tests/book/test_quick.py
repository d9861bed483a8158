"""The fast loop finds the tests of a file, and stops in time."""

import pytest
from helpers import ROOT

from tools import quick


@pytest.mark.parametrize(
    ("name", "tests"),
    [
        ("rnnlib/functional.py", ["tests/test_functional.py"]),
        (
            "rnnlib/text/pair_batches.py",
            ["tests/text/test_pair_batches.py", "tests/text/test_pair_batches_errors.py"],
        ),
        ("rnnlib/nn/cells/lstm.py", ["tests/nn"]),
        ("tests/text/test_splitters.py", ["tests/text/test_splitters.py"]),
        ("tools/quick.py", ["tests/book/test_quick.py"]),
        ("tests/helpers.py", []),
        ("rnnlib/course.mplstyle", []),
        ("experiments/names.py", []),
        ("README.md", []),
    ],
)
def test_a_file_has_the_tests_that_mirror_it(name, tests, tmp_path):
    here = (
        "test_functional",
        "text/test_pair_batches",
        "text/test_pair_batches_errors",
        "nn/test_gradients",
    )
    for test in (*here, "text/test_splitters", "book/test_quick", "book/test_pages"):
        path = tmp_path / "tests" / f"{test}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert quick.mirrored_tests(name, tmp_path) == tests


def test_every_module_in_a_folder_has_tests_that_exist():
    for path in (ROOT / "rnnlib").glob("*/**/*.py"):
        tests = quick.mirrored_tests(str(path.relative_to(ROOT)))
        assert tests
        assert all((ROOT / test).exists() for test in tests)


def test_the_tests_that_always_run_exist():
    assert all((ROOT / test).exists() for test in quick.ALWAYS)


class Item:
    def __init__(self, nodeid):
        self.nodeid = nodeid


class Config:
    class hook:
        @staticmethod
        def pytest_deselected(items):
            pass


def test_first_cases_come_first_the_nearest_before_others_and_late_ones_are_counted():
    names = ["a.py::f[1]", "a.py::f[2]", "b.py::g[live-1]", "b.py::g[1]", "b.py::g[2]", "b.py::h"]
    items = [Item(name) for name in names]
    budget = quick.Budget(seconds=60, first=("b.py",))
    budget.pytest_collection_modifyitems(Config, items)
    order = [item.nodeid for item in items]
    assert order == ["b.py::g[1]", "b.py::h", "a.py::f[1]", "b.py::g[2]", "a.py::f[2]"]
    assert budget.pytest_runtest_protocol() is None
    budget.end = 0
    assert budget.pytest_runtest_protocol() is True
    assert budget.left_out == 1
