"""Tell in half a minute whether an edit is sound: lint what changed, then test what is nearest.

python -m tools.quick             changes since the branch left main, committed or not
python -m tools.quick --since HEAD~3

The tests of the changed modules run, the gradients, PyTorch's stored numbers, text and sampling.
After 20 seconds no new test starts, and those left out are counted: this is a first answer,
`make test` is the whole one.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SECONDS = 20
ALWAYS = [
    "tests/nn/test_gradients.py",
    "tests/test_golden.py",
    "tests/text",
    "tests/generation/test_sampling.py",
]


def git(*arguments):
    """Return the lines that a git command prints, none if it fails."""
    command = ["git", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout.splitlines()


def changed_files(since=None):
    """Name the files that differ from where the branch left main, untracked ones included."""
    start = [since] if since else git("merge-base", "HEAD", "main") or ["HEAD"]
    names = git("diff", "--name-only", start[0]) + git("ls-files", "--others", "--exclude-standard")
    return sorted(name for name in set(names) if (ROOT / name).is_file())


def mirrored_tests(name, root=ROOT):
    """Name the tests of a file: rnnlib/text/pair_batches.py has tests/text/test_pair_batches*.py.

    Where no test has a module's name, all tests of its folder are meant; tools/x.py has
    tests/book/test_x*.py.
    """
    path = Path(name)
    top, *inner = path.parent.parts or ("",)
    if top == "tests":
        return [name] if path.name.startswith("test_") else []
    if path.suffix != ".py" or top not in ("rnnlib", "tools"):
        return []
    folder = Path("tests", "book") if top == "tools" else Path("tests", *inner)
    found = sorted(str(p.relative_to(root)) for p in (root / folder).glob(f"test_{path.stem}*.py"))
    if found or not inner:
        return found
    while not any((root / folder).glob("test_*.py")):
        folder = folder.parent  # rnnlib/nn/cells/lstm.py: tests/nn
    return [str(folder)]


class Budget:
    """A pytest plugin that starts no test after some seconds, and counts those it leaves out.

    Of the tests with many cases, each runs its first one before any runs its second.
    """

    def __init__(self, seconds, first):
        self.seconds, self.first, self.left_out = seconds, first, 0

    def pytest_collection_modifyitems(self, config, items):
        """Leave out what imports PyTorch, put first what tells most, and start the clock."""
        seen = set()

        def rank(item):
            test = item.nodeid.split("[")[0]
            again = test in seen
            seen.add(test)
            return again, not test.startswith(self.first)

        live = [item for item in items if "[live" in item.nodeid]
        config.hook.pytest_deselected(items=live)
        ranks = {item: rank(item) for item in items if item not in live}
        items[:] = sorted(ranks, key=ranks.get)
        self.end = time.monotonic() + self.seconds

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self):
        """Pass over a test that comes too late."""
        if time.monotonic() < self.end:
            return None
        self.left_out += 1
        return True


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--since", help="a commit to compare with, instead of main")
    changed = changed_files(parser.parse_args().since)

    code = [name for name in changed if name.endswith((".py", ".ipynb"))]
    notebooks = [name for name in changed if name.endswith(".ipynb")]
    checks = [("ruff", "check", "-q"), ("ruff", "format", "-q", "--check")] if code else []
    failed = [c for c in checks if subprocess.call([sys.executable, "-m", *c, *code], cwd=ROOT)]
    if notebooks:
        check = [sys.executable, "-m", "tools.notebooks", "--check", *notebooks]
        failed += [check] if subprocess.call(check, cwd=ROOT) else []

    nearest = list(dict.fromkeys(test for name in changed for test in mirrored_tests(name)))
    print("The nearest tests:", " ".join(nearest) or "none", flush=True)
    budget = Budget(SECONDS, first=tuple(nearest))
    options = ["-q", "-x", "--no-header", "-p", "no:cacheprovider"]
    tests = [*nearest, *(test for test in ALWAYS if test not in nearest)]
    failed += [tests] if pytest.main([*options, *tests], plugins=[budget]) else []
    if budget.left_out:
        print(f"{budget.left_out} cases were left out after {SECONDS} s: `make unit` runs them.")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
