"""A demo by its name: in Jupyter a widget, on the page an element that a script fills."""

from functools import cache
from html import escape

from ..datasets.shipped import data_path
from ..errors import require

FOLDER = "demos"

MODULE = """
export default {
  render({ model, el }) {
    const root = document.createElement("div");
    el.append(root);
    Demos.mount(model.get("name"), root, JSON.parse(model.get("value")));
  },
};
"""
"""What makes a module for anywidget of the page's scripts."""


class Demo:
    """One of the book's demos, which Jupyter shows as a widget.

    Parameters
    ----------
    name : str
    """

    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return f"rl.demo({self.name!r})"

    def _repr_mimebundle_(self, include=None, exclude=None):
        """Return the element that the page fills, and for Jupyter a widget, which it prefers."""
        note = "This demo runs in a browser with JavaScript."
        element = f'<div class="demo" data-demo="{escape(self.name)}">'
        page = {"text/html": f'{element}<p class="demo-off">{note}</p></div>'}
        try:
            bundle = self._widget()._repr_mimebundle_()
        except ImportError:
            return {**page, "text/plain": f"{self!r} needs anywidget: pip install anywidget"}, {}
        widget, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        return {**widget, **page, "text/plain": repr(self)}, metadata

    def _widget(self):
        return _widget_class()(
            name=self.name,
            value=_text(f"data/{self.name}.json"),
            _esm="\n".join([_text("shared.js"), _text(f"{self.name}.js"), MODULE]),
            _css=_text("demos.css"),
        )


@cache
def _widget_class():
    """Define the widget, with packages that only a notebook needs."""
    import anywidget
    import traitlets

    class DemoWidget(anywidget.AnyWidget):
        """The page's scripts, and a demo's data as JSON."""

        _esm = traitlets.Unicode().tag(sync=True)
        _css = traitlets.Unicode().tag(sync=True)
        name = traitlets.Unicode().tag(sync=True)
        value = traitlets.Unicode().tag(sync=True)

    return DemoWidget


@cache
def _text(name):
    return data_path(name, FOLDER).read_text(encoding="utf-8")


def names():
    """Return the names of the demos, in alphabetical order."""
    return sorted(path.stem for path in data_path("shared.js", FOLDER).parent.glob("data/*.json"))


def demo(name):
    """Show one of the book's demos.

    Parameters
    ----------
    name : str
        "names", which lets a network write names, is one of those that `widgets.demo.names` lists.

    Returns
    -------
    Demo
        Jupyter shows it as the last value of a cell.  Without the package anywidget, it says what
        to install.

    Raises
    ------
    ValueError
        There is no such demo.

    Examples
    --------
    >>> demo = rl.demo("names")
    """
    try:
        known = names()
    except FileNotFoundError:  # in a page's own Python: the page has the demo
        return Demo(name)
    require(name in known, f"There is no demo {name!r}; there are {', '.join(known)}.")
    return Demo(name)
