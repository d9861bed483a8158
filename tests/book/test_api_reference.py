"""The reference holds everything public, and its docstrings are valid reStructuredText."""

import inspect
import io
import re
from operator import attrgetter

import docutils.core
import nbformat
import pytest
from helpers import ROOT
from sphinx.ext.napoleon import Config
from sphinx.ext.napoleon.docstring import NumpyDocstring

import rnnlib
from tools import api_reference

PAGES = sorted(path.stem for path in (ROOT / "reference").glob("*.md"))
THINGS = {
    name: thing
    for page in PAGES
    for module in api_reference.modules(page)
    for name, thing in api_reference.public_things(module)
}
CONFIG = Config(napoleon_google_docstring=False, napoleon_use_ivar=True, napoleon_use_rtype=False)


def with_members(name, thing):
    """The name and docstring of a thing, and those of a class's own methods and properties."""
    yield name, inspect.getdoc(thing)
    for member, value in vars(thing).items() if inspect.isclass(thing) else ():
        is_described = inspect.isroutine(value) or isinstance(value, property)
        if is_described and not member.startswith("_") and value.__doc__:
            yield f"{name}.{member}", inspect.getdoc(value)


def rendered(docstring):
    """Turn a docstring into a document as Sphinx would; return what docutils says of it."""
    lines = docstring.splitlines()
    api_reference.escape(None, None, None, None, None, lines)
    warnings = io.StringIO()
    settings = {"warning_stream": warnings, "report_level": 2, "halt_level": 5}
    docutils.core.publish_doctree(str(NumpyDocstring(lines, CONFIG)), settings_overrides=settings)
    return warnings.getvalue()


def test_every_folder_has_a_page_and_every_public_name_is_on_one():
    folders = {p.parent.name for p in (ROOT / "rnnlib").glob("*/__init__.py")}
    assert set(PAGES) == folders | {api_reference.FOUNDATIONS}
    toc = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    assert all(f"- file: reference/{page}\n" in toc for page in PAGES)
    public = {f"rnnlib.{n}" for n in rnnlib.__all__ if callable(getattr(rnnlib, n))}
    assert public <= set(THINGS)


@pytest.mark.parametrize("name", THINGS)
def test_a_docstring_renders_without_a_warning(name):
    said = {full: rendered(doc) for full, doc in with_members(name, THINGS[name]) if doc}
    assert not any(said.values()), said


def test_a_module_says_what_it_is_in_valid_text():
    for page in PAGES:
        for module in api_reference.modules(page):
            assert rendered(inspect.getdoc(module)) == "", module.__name__


def test_initials_make_no_list_an_end_mark_keeps_its_backslash_and_names_have_plurals():
    lines = ["H. Ney, 1994; stops", '    at "\\n", or at `"\\n"`', '    >>> stop = "\\n"']
    lines += ["    two `Step`s, in ``code``"]
    api_reference.escape(None, None, None, None, None, lines)
    assert lines.pop() == "    two `Step`\\ s, in ``code``"
    assert lines[0].startswith("H\\. Ney")
    assert lines[1:] == ['    at ``"\\n"``, or at `"\\n"`', '    >>> stop = "\\n"']


def test_a_broken_docstring_is_seen():
    assert "WARNING" in rendered("Return *the first of many.")


def test_the_page_of_tasks_names_what_exists():
    page = nbformat.read(ROOT / "reference" / "what_rnnlib_can_do.ipynb", as_version=4)
    table = next(cell.source for cell in page.cells if cell.source.startswith("| To"))
    named = set(re.findall(r"`rl\.([\w.]+)`", table))
    assert len(named) > 25
    for name in named:
        assert attrgetter(name)(rnnlib), name


def test_no_page_is_saved_with_all_that_sphinx_knows():
    saved = {p.name: p.stat().st_size for p in ROOT.glob("_build/.doctrees/**/*.doctree")}
    if not saved:
        pytest.skip("the book is not built: make book")
    assert max(saved.values()) < 3_000_000, saved
