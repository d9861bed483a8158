"""Plant the bugs of `mutants.py`, and run the tests that must see them.

    python planting.py

prints one JSON object: for each bug, and for the sound package (""), what pytest's exit code was,
and its summary.  A bug is planted while Python imports rnnlib, so the files stay as they are; and
all bugs share one process, since most of a short test's time is the start of Python.
"""

import contextlib
import importlib.machinery
import io
import json
import os
import sys
from pathlib import Path

import pytest
from mutants import MUTANTS

TESTS = Path(__file__).parents[1]


class Planter(importlib.machinery.PathFinder):
    """Finds one module of rnnlib before Python does, and changes its source."""

    def __init__(self, mutant):
        self.mutant = mutant

    def find_spec(self, name, path=None, target=None):
        """Find the mutated module, and no other."""
        if name != f"rnnlib.{self.mutant.module}":
            return None
        spec = super().find_spec(name, path)
        spec.loader = Mutated(name, spec.origin)
        spec.loader.mutant = self.mutant
        return spec


class Mutated(importlib.machinery.SourceFileLoader):
    """Loads a module with a bug."""

    def get_code(self, fullname):
        """Compile the changed source, past all caches."""
        _, old, new, _ = self.mutant
        source = Path(self.path).read_text(encoding="utf-8")
        return compile(source.replace(old, new), self.path, "exec")


@contextlib.contextmanager
def planted(mutant):
    """Import rnnlib and the tests anew, with a bug, or without one if it is None."""
    for name, module in list(sys.modules.items()):
        is_test = TESTS in Path(getattr(module, "__file__", None) or "").parents
        if name.split(".")[0] == "rnnlib" or (is_test and name != "__main__"):
            del sys.modules[name]
    planters = [Planter(mutant)] if mutant else []
    sys.meta_path[:0] = planters
    yield
    for planter in planters:
        sys.meta_path.remove(planter)


def run_tests(seen_by):
    """Run the tests `file::beginning of a name`; return the exit code and the summary."""
    files, beginnings = zip(*(test.split("::") for test in seen_by), strict=True)
    options = ["-x", "-q", "--tb=line", "-p", "no:cacheprovider", "-c", os.devnull]
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        code = pytest.main(
            [*options, "-k", " or ".join(beginnings), *{str(TESTS / file) for file in files}]
        )
    return int(code), printed.getvalue()[-2000:]


if __name__ == "__main__":
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ.pop("PYTEST_ADDOPTS", None)
    results = {}
    for name, mutant in MUTANTS.items():
        with planted(mutant):
            results[name] = run_tests([mutant.seen_by])
    with planted(None):
        results[""] = run_tests({mutant.seen_by for mutant in MUTANTS.values()})
    print(json.dumps(results))
