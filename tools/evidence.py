"""Count what stands behind the book: tests by kind, planted bugs, known answers, tables, pages.

python -m tools.evidence        prints all counts

Everything is counted in the files of the repository, so that *How we know* cannot go stale.
"""

import ast
import csv
import json
import re
import zipfile
from functools import cache
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]


def called(node):
    """Return the name of what a decorator or a call names, such as "bug" for @bug(…)."""
    node = node.func if isinstance(node, ast.Call) else node
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def trees(folder):
    for path in sorted(folder.rglob("test_*.py")):
        yield ast.parse(path.read_text(encoding="utf-8"))


def functions(folder):
    """Yield every test function below a folder."""
    for tree in trees(folder):
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                yield node


def raising_lines(package=ROOT / "rnnlib"):
    """Yield (file, first line, last line, code) of every statement in rnnlib that may raise."""
    checks = {"require"}
    for node in ast.parse((package / "errors.py").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and any(map(may_raise, ast.walk(node))):
            checks.add(node.name)
    for path in sorted(package.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            calls = isinstance(node, ast.Call) and getattr(node.func, "id", None) in checks
            if calls or (isinstance(node, ast.Raise) and node.exc is not None):
                yield str(path), node.lineno, node.end_lineno, ast.unparse(node)


def may_raise(node):
    """Whether code raises, or calls another check; there is also what only finds words."""
    called = getattr(getattr(node, "func", None), "id", "")
    return isinstance(node, ast.Raise) or called.startswith("require")


def counts_of_tests(root):
    """Count test functions, and what is on their decorators."""
    tests = list(functions(root / "tests"))
    marks = [(called(mark), mark) for test in tests for mark in test.decorator_list]
    return {
        "tests": len(tests),
        "properties": sum(name == "given" for name, _ in marks),
        "planted bugs": sum(name == "bug" for name, _ in marks),
        "tests that must see them": sum(
            any(called(mark) == "bug" for mark in test.decorator_list) for test in tests
        ),
        "errors": len(list(raising_lines(root / "rnnlib"))),
        "tests of pages and tools": len(list(functions(root / "tests" / "book"))),
        "tests of demos": len(list(functions(root / "tests" / "demos"))),
    }


def counts_of_goldens(root):
    """Count PyTorch's stored files, and the answers in them."""
    files = sorted((root / "tests" / "golden").glob("*.npz"))
    names = [name for path in files for name in zipfile.ZipFile(path).namelist()]
    return {
        "golden files": len(files),
        "golden arrays": sum(name.startswith("out/") for name in names),
    }


def counts_of_answers(root):
    """Count the answers whose marks are known before they are graded."""
    answers = root / "assignments" / "answers"
    checks = (root / "assignments" / "checks").glob("*.py")
    return {
        "assignments": len(list((root / "assignments" / "source").glob("*/*.ipynb"))),
        "hidden checks": sum(len(re.findall(r"^@check\(", p.read_text(), re.M)) for p in checks),
        "right answers": len(list(answers.glob("*/right_*.py"))),
        "wrong answers": len(list(answers.glob("*/wrong_*.py"))),
    }


def counts_of_notebooks(root):
    """Count the notebooks that are run again, and what is compared and asserted in them."""
    counts = dict.fromkeys(("notebooks", "code cells", "compared outputs", "asserts"), 0)
    for folder in ("chapters", "solutions", "reference"):
        for path in (root / folder).glob("*.ipynb"):
            counts["notebooks"] += 1
            for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
                if cell["cell_type"] != "code":
                    continue
                source = "".join(cell["source"])
                counts["code cells"] += bool(source.strip())
                counts["asserts"] += len(re.findall(r"^ *assert\b", source, re.M))
                is_free = "nbval-ignore-output" in cell["metadata"].get("tags", [])
                counts["compared outputs"] += bool(cell["outputs"]) and not is_free
    return counts


def counts_of_tables(root):
    rows = 0
    tables = sorted((root / "results").glob("*.csv"))
    for path in tables:
        with path.open(encoding="utf-8", newline="") as file:
            rows += sum(1 for _ in csv.reader(file)) - 1
    return {"tables": len(tables), "rows": rows}


def counts_of_pages(root):
    """Count the pages of the book, and the views of them that a browser measures."""
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    pages = 1 + sum(len(part["chapters"]) for part in toc["parts"])
    return {"pages": pages, "views of pages": 4 * pages}


@cache
def count(root=ROOT):
    """Return all counts of a repository, by their names."""
    kinds = (
        counts_of_tests,
        counts_of_goldens,
        counts_of_answers,
        counts_of_notebooks,
        counts_of_tables,
        counts_of_pages,
    )
    return {name: number for kind in kinds for name, number in kind(root).items()}


if __name__ == "__main__":
    for name, number in count().items():
        print(f"{number:6,}  {name}")
