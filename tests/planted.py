"""Planted bugs: a test says which faults of rnnlib it must see, and a runner checks that it does.

    @bug("softmax overflows", "functional.softmax",
         "np.exp(x - x.max(axis=-1, keepdims=True))", "np.exp(x)")
    def test_softmax_of_any_logits_sums_to_one(...): ...

A bug names a function or class of rnnlib, a piece of its code, and what stands there instead.  The
piece is an expression, or a statement; it is found in the syntax tree, whatever its spaces and line
ends, and must occur there exactly once.

    python tests/planted.py tests/nn/test_gradients.py

plants every bug of one test file, runs its test up to the first case that fails, and prints a JSON
object: for each bug, and for the sound package (""), which gets the same cases, pytest's exit code
and summary.  A bug is planted while Python imports rnnlib, so the files stay as they are; and all
bugs of a file share one process, since most of a short test's time is the start of Python.
`mutants/test_planted_bugs.py` does so for all files.
"""

import ast
import contextlib
import importlib.machinery
import importlib.util
import io
import json
import os
import sys
from pathlib import Path
from typing import NamedTuple

TESTS = Path(__file__).parent
PACKAGE = TESTS.parent / "rnnlib"


class Bug(NamedTuple):
    """One fault, and the test that must see it."""

    name: str
    where: str  # module of rnnlib, with a function or class if it is in one
    old: str
    new: str
    test: str  # the name of a function

    @property
    def module(self):
        """The module that the bug is planted in, by its name inside rnnlib."""
        return split_place(self.where)[0]


BUGS = []
"""The bugs of all test files that have been imported, in the order of their lines."""


def bug(name, where, old, new):
    """Mark a test as the one that must see a planted bug."""

    def remember(test):
        BUGS.append(Bug(name, where, old, new, test.__name__))
        return test

    return remember


def split_place(where):
    """Tell the module of rnnlib from the function or class in it: ("nn.layers", "Linear")."""
    parts = where.split(".")
    for end in range(len(parts), 0, -1):
        path = PACKAGE.joinpath(*parts[:end])
        if path.with_suffix(".py").is_file() or (path / "__init__.py").is_file():
            return ".".join(parts[:end]), parts[end:]
    raise ValueError(f"There is no module in rnnlib for {where!r}.")


def plant(tree, bug):
    """Put the bug into the syntax tree of its module, in place.

    Raises
    ------
    ValueError
        The function is missing, or the old code is not there exactly once.
    """
    scope = tree
    for name in split_place(bug.where)[1]:
        inner = [node for node in scope.body if getattr(node, "name", None) == name]
        if len(inner) != 1:
            raise ValueError(f"{bug.name!r}: {bug.where} is there {len(inner)} times.")
        (scope,) = inner
    old, new = ast.parse(bug.old).body, ast.parse(bug.new).body
    if all(len(body) == 1 and isinstance(body[0], ast.Expr) for body in (old, new)):
        old, new = [old[0].value], new[0].value
    places = list(occurrences(scope, [shape(node) for node in old]))
    if len(places) != 1:
        raise ValueError(f"{bug.name!r}: {bug.old!r} is {len(places)} times in {bug.where}.")
    ((node, field, at),) = places
    if at is None:
        setattr(node, field, new)
    else:
        getattr(node, field)[at : at + len(old)] = new if isinstance(new, list) else [new]


def occurrences(scope, shapes):
    """Yield (node, field, index) wherever nodes of these shapes follow each other."""
    for node in ast.walk(scope):
        for field, value in ast.iter_fields(node):
            if isinstance(value, list):
                found = [isinstance(v, ast.AST) and shape(v) for v in value]
                for at in range(len(found) - len(shapes) + 1):
                    if found[at : at + len(shapes)] == shapes:
                        yield node, field, at
            elif isinstance(value, ast.AST) and [shape(value)] == shapes:
                yield node, field, None


def shape(node):
    """Describe a node but for its place, and for whether it is read or written."""
    return ast.dump(node).replace("ctx=Store()", "ctx=Load()").replace("ctx=Del()", "ctx=Load()")


class Planter(importlib.machinery.PathFinder):
    """Finds one module of rnnlib before Python does, and changes its code."""

    def __init__(self, bug):
        self.bug = bug

    def find_spec(self, name, path=None, target=None):
        """Find the module with the bug, and no other."""
        if name != f"rnnlib.{self.bug.module}":
            return None
        spec = super().find_spec(name, path)
        spec.loader = Mutated(name, spec.origin)
        spec.loader.bug = self.bug
        return spec


class Mutated(importlib.machinery.SourceFileLoader):
    """Loads a module with a bug."""

    def get_code(self, fullname):
        """Compile the changed code, past all caches."""
        tree = ast.parse(Path(self.path).read_text(encoding="utf-8"))
        plant(tree, self.bug)
        return compile(ast.unparse(tree), self.path, "exec")


@contextlib.contextmanager
def planted(bug):
    """Import rnnlib and the tests anew, with a bug, or without one if it is None."""
    for name, module in list(sys.modules.items()):
        is_test = TESTS in Path(getattr(module, "__file__", None) or "").parents
        if name.split(".")[0] == "rnnlib" or (is_test and name != "__main__"):
            del sys.modules[name]
    planters = [Planter(bug)] if bug else []
    sys.meta_path[:0] = planters
    try:
        yield
    finally:
        for planter in planters:
            sys.meta_path.remove(planter)


class Failures(list):
    """A plugin of pytest: the cases that failed, by their names."""

    def pytest_runtest_logreport(self, report):
        """Remember a case that failed."""
        if report.failed:
            self.append(report.nodeid.partition("::")[2])


def run_tests(path, names):
    """Run tests of a file by their names; return the exit code, the summary and what failed."""
    import pytest

    failures = Failures()
    options = ["-x", "-q", "--tb=line", "-p", "no:cacheprovider", "-c", os.devnull]
    # Failures are expected here. Explained, that of a long list takes pytest hours where CI is set.
    options += ["--assert=plain"]
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        code = pytest.main([*options, *(f"{path}::{name}" for name in names)], [failures])
    return int(code), printed.getvalue()[-2000:], failures


def bugs_of(path):
    """Import a test file, and return the bugs that its tests must see."""
    del BUGS[:]
    spec = importlib.util.spec_from_file_location(f"bugs_of_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return list(BUGS)


if __name__ == "__main__":
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ["HYPOTHESIS_PROFILE"] = "planted"
    os.environ.pop("PYTEST_ADDOPTS", None)
    sys.path[:0] = map(str, (TESTS, TESTS.parent))
    from planted import bugs_of  # the module that the test file imports, and not this script

    path = Path(sys.argv[1]).resolve()
    cases, results = [], {}
    for bug in bugs_of(path):
        with planted(bug):
            *results[bug.name], failures = run_tests(path, [bug.test])
        cases += failures
    with planted(None):
        *results[""], _ = run_tests(path, dict.fromkeys(cases))
    print(json.dumps(results))
