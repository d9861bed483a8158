"""How the package is built: imports point down, NumPy is enough, everything public is described."""

import ast
import graphlib
import inspect
import re
from pathlib import Path

import pytest
from helpers import modules, run_python

import rnnlib

PACKAGE = Path(rnnlib.__file__).parent
MODULES = sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))

TIERS = [
    "errors functional initializers losses ledger files progress_bars threads",
    "text nn",
    "datasets generation",
    "models",
    "training interchange",
    "svg plots widgets",
    "__init__",
]
"""The folders and modules of rnnlib, from the ground up; imports point down."""

TIER = {name: i for i, names in enumerate(TIERS) for name in names.split()}
HEAVY = {"matplotlib", "tqdm", "ipywidgets", "anywidget", "pooch", "rapidfuzz", "threadpoolctl"}
HEAVY |= {"torch"}
"""What only views import, or a function when it is called."""

NAMED_FIRST = {"errors", "functional", "initializers", "losses", "nn", "models"}
"""Where no docstring begins with "What": it names a thing or an action."""

every_module = pytest.mark.parametrize("path", MODULES, ids=str)


def part(path):
    """The name of a module, or of the folder that it lies in."""
    return path.parts[0].removesuffix(".py")


def tree(path):
    return ast.parse((PACKAGE / path).read_text(encoding="utf-8"))


def imported_parts(path):
    """The parts of rnnlib that a module imports, at its top or anywhere inside."""
    for node in ast.walk(tree(path)):
        if not isinstance(node, ast.ImportFrom) or node.level == 0:
            continue
        folder = path.parts[: len(path.parts) - node.level]  # each dot takes one name off the end
        for name in [node.module] if node.module else [alias.name for alias in node.names]:
            yield (*folder, *name.split("."))[0]


def test_every_folder_and_module_has_a_tier():
    assert {part(path) for path in MODULES} == TIER.keys()


@every_module
def test_imports_point_down(path):
    above = {name for name in imported_parts(path) if TIER[name] > TIER[part(path)]}
    assert not above


def test_imports_run_in_no_circle():
    graph = {}
    for path in MODULES:
        graph.setdefault(part(path), set()).update(set(imported_parts(path)) - {part(path)})
    order = list(graphlib.TopologicalSorter(graph).static_order())
    assert order[-1] == "__init__"


@every_module
def test_modules_import_each_other_by_relative_names(path):
    absolute = [
        name
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in [getattr(node, "module", None), *(alias.name for alias in node.names)]
        if name and name.split(".")[0] == "rnnlib"
    ]
    assert not absolute


def test_the_core_imports_with_numpy_alone():
    code = f"""
import sys

class Refuse:
    def find_spec(name, path=None, target=None):
        if name.split(".")[0] in {HEAVY}:
            raise ImportError(name)

sys.meta_path.insert(0, Refuse)
import rnnlib
print(len(rnnlib.dinosaur_names()))
"""
    with run_python("-c", code) as process:
        assert process.stdout.read().split() == ["1372"]


def code_lines(path):
    """How many lines of a module are code: no docstrings, comments or blank lines."""
    words = {
        line
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        for line in range(node.lineno, node.end_lineno + 1)
    }
    lines = (PACKAGE / path).read_text(encoding="utf-8").splitlines()
    code = [n for n, line in enumerate(lines, 1) if line.strip() and line.strip()[0] != "#"]
    return len(set(code) - words)


@every_module
def test_a_module_says_what_it_is(path):
    first = (ast.get_docstring(tree(path)) or "").split("\n")[0]
    assert first


@pytest.mark.parametrize("path", [path for path in MODULES if path.stem == "__init__"], ids=str)
def test_a_folder_has_a_line_for_each_of_its_files(path):
    lines = re.findall(r"^- `(\w+)`: \S", ast.get_docstring(tree(path)), re.MULTILINE)
    inside = {p.stem for p in PACKAGE.joinpath(path).parent.glob("*.py")} - {"__init__"}
    inside |= {p.parent.name for p in PACKAGE.joinpath(path).parent.glob("*/__init__.py")}
    assert sorted(lines) == sorted(inside)


@every_module
def test_a_module_holds_one_idea(path):
    if path.parts[-1] != "__init__.py" and "grammar" not in path.stem:  # lists and tables
        assert code_lines(path) <= 300


def public_things():
    """Every public function, class and method of rnnlib, by its full name."""
    for module in modules():
        for name, thing in vars(module).items():
            full = f"{module.__name__}.{name}"
            if name.startswith("_") or getattr(thing, "__module__", None) != module.__name__:
                continue
            yield full, thing
            if inspect.isclass(thing):
                for method, value in vars(thing).items():
                    if not method.startswith("_") and (callable(value) or hasattr(value, "fget")):
                        yield f"{full}.{method}", getattr(thing, method)


PUBLIC = dict(public_things())


@pytest.mark.parametrize("name", PUBLIC)
def test_everything_public_has_a_docstring(name):
    thing = PUBLIC[name]  # an overriding method may leave the words to the method it overrides
    words = thing.__doc__ if inspect.isclass(thing) else inspect.getdoc(thing)
    assert words
    if name.split(".")[1] in NAMED_FIRST:
        assert not words.startswith("What "), "name the thing or the action: a noun or a verb first"


def test_all_names_what_can_be_imported():
    importable = {
        name
        for name, thing in vars(rnnlib).items()
        if not name.startswith("_") and (name == "music" or not inspect.ismodule(thing))
    }
    assert sorted(rnnlib.__all__) == sorted(importable)
