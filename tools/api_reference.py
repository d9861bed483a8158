"""A Sphinx extension: reference/text is followed by the docstrings of rnnlib/text.

The pages in reference/ are introductions. When the book is built, each gets a section for every
module of its folder, with all its public classes and functions; what `import rnnlib as rl` offers
goes by that name. So the reference is never older than the package.
"""

import importlib
import inspect
import pkgutil
import re

import rnnlib

FOUNDATIONS = "foundations"
"""The page of the modules that are in no folder."""

NEED_MORE = {f"rnnlib.interchange.{name}" for name in ("linear_layers", "networks", "transformers")}
"""Modules that need PyTorch, without which the book is built; their page quotes them."""


def modules(page):
    """Import the modules that a page describes, in the order of their names."""
    package = rnnlib if page == FOUNDATIONS else importlib.import_module(f"rnnlib.{page}")
    infos = pkgutil.walk_packages(package.__path__, package.__name__ + ".")
    names = [info.name for info in infos if not info.name.split(".")[-1].startswith("_")]
    if page == FOUNDATIONS:
        names = [info.name for info in pkgutil.iter_modules(rnnlib.__path__) if not info.ispkg]
        names = [f"rnnlib.{name}" for name in names]
    return [importlib.import_module(name) for name in names if name not in NEED_MORE]


def public_things(module):
    """Yield the classes and functions that a module defines, each with its shortest full name."""
    for name, thing in vars(module).items():
        defined_here = getattr(thing, "__module__", None) == module.__name__
        if name.startswith("_") or not defined_here or not callable(thing):
            continue
        is_offered = getattr(rnnlib, name, None) is thing
        yield f"rnnlib.{name}" if is_offered else f"{module.__name__}.{name}", thing


def sections(page):
    """Write a page's sections in MyST: a heading, a module's first words, and its contents."""
    for module in modules(page):
        things = list(public_things(module))
        if not things:
            continue
        yield f"## {module.__name__.removeprefix(f'rnnlib.{page}.').removeprefix('rnnlib.')}\n"
        rst = [inspect.getdoc(module)]
        for name, thing in things:
            kind = "class" if inspect.isclass(thing) else "function"
            kind = "exception" if kind == "class" and issubclass(thing, Exception) else kind
            options = "" if kind == "function" else "\n   :members:"
            if any(
                base.__module__.startswith("rnnlib.") for base in getattr(thing, "__bases__", ())
            ):
                options += "\n   :show-inheritance:"
            rst.append(f".. auto{kind}:: {name}{options}")
        yield "```{eval-rst}\n" + "\n\n".join(rst) + "\n```\n"


def append_docstrings(app, page, source):
    """Put the sections of its modules after the words of a page of the reference."""
    folder, _, name = page.rpartition("/")
    if folder == "reference" and app.env.doc2path(page).endswith(".md"):
        source[0] += "\n\n" + "\n".join(sections(name))


def skip_fields(app, what, name, thing, skip, options):
    """Leave out the fields of named tuples: their signature shows them."""
    return True if type(thing).__name__ == "_tuplegetter" else None


def escape(app, what, name, thing, options, lines):
    r"""Turn the habits of these docstrings into reStructuredText.

    "A. Holtzman" is not item A of a list, "\n" keeps its backslash, and `Step`s may have an s.
    """
    for i, line in enumerate(lines):
        if line.lstrip().startswith((">>>", "...")):
            continue
        line = re.sub(r"^(\s*[A-Z])\. ", r"\1\. ", line)
        parts = line.split("`")  # every second one is code or a formula
        parts[::2] = [re.sub(r"([\"'])\\n\1", r"``\g<0>``", words) for words in parts[::2]]
        for j in range(2, len(parts), 2):
            if parts[j - 1] and parts[j][:1].isalnum():
                parts[j] = "\\ " + parts[j]
        lines[i] = "`".join(parts)


def adopt(app, doctree):
    """Tell the nodes of docstrings whose they are.

    Their parser leaves them with a document of its own, which holds all that Sphinx knows: saved
    with each page, it makes pages of some kilobytes take megabytes, and seconds to load.
    """
    for node in doctree.findall():
        node.document = doctree


def setup(app):
    for extension in ("sphinx.ext.autodoc", "sphinx.ext.napoleon"):
        app.setup_extension(extension)
    app.connect("source-read", append_docstrings)
    app.connect("autodoc-skip-member", skip_fields)
    app.connect("autodoc-process-docstring", escape)
    app.connect("doctree-read", adopt, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
