"""Formulas as HTML and as MathML, made by MathJax without a browser.

MathJax comes from the package sphinx-mathjax-offline and runs in V8, the JavaScript engine of
mini-racer.

    tex = Tex()
    tex.chtml(r"W_{hh}")     HTML that needs the rules of `tex.css()`
    tex.mathml(r"W_{hh}")    MathML, for electronic books; the HTML has it too
"""

import json
import re
from functools import cache
from html import escape
from importlib.util import find_spec
from pathlib import Path

from py_mini_racer import JSEvalException, MiniRacer

SCRIPTS = [
    "loader.js",
    "core.js",
    "adaptors/liteDOM.js",
    "input/tex-full.js",
    "output/chtml.js",
    "output/chtml/fonts/tex.js",
    "a11y/assistive-mml.js",
]

PACKAGES = ["base", "ams", "boldsymbol", "cancel", "color", "enclose", "mathtools"]
"""What formulas may use.  Not `newcommand`: a formula must not depend on those before it."""
MATHJAX_DATA = re.compile(' data-mjx-[a-z-]*="[^"]*"')
"""What MathJax notes in MathML for itself."""

UNUSED = re.compile(
    r' (?:class="mjx-[a-z]+"|texclass="[A-Z]+"|unselectable="on"|xmlns="[^"]*")'
    r'|(?<=<mjx-container) class="MathJax"|(?<=jax="CHTML") style="position: relative;"'
    r'|(?<= justify="left") style="position: relative;"'
)
"""What no rule of a page needs: a quarter of the markup.  `POSITION` makes up for the last."""

POSITION = "mjx-container { position: relative }\n"

SETUP = """
(() => {
  const at = path => path.split(".").reduce((found, name) => found[name], MathJax._);
  const {mathjax} = at("mathjax"), {STATE} = at("core.MathItem");
  const adaptor = at("adaptors.liteAdaptor").liteAdaptor();
  const handler = at("handlers.html_ts").RegisterHTMLHandler(adaptor);
  at("a11y.assistive-mml").AssistiveMmlHandler(handler);
  const formatError = (jax, error) => { throw error; };
  const font = new (at("output.chtml.fonts.tex_ts").TeXFont)({fontURL: "."});
  const page = mathjax.document("", {
    InputJax: new (at("input.tex_ts").TeX)({packages: PACKAGES, formatError}),
    OutputJax: new (at("output.chtml_ts").CHTML)(
      {font, adaptiveCSS: true, matchFontHeight: false, displayAlign: "left"})
  });
  const visitor = new (at("core.MmlTree.SerializedMmlVisitor").SerializedMmlVisitor)();
  const set = (tex, display) => adaptor.outerHTML(page.convert(tex, {display}));
  const write = (tex, display) =>
    visitor.visitTree(page.convert(tex, {display, end: STATE.CONVERT}));
  const safely = make => (tex, display) => {
    try { return make(tex, display); } catch (error) { throw Error(error.message); }
  };
  globalThis.chtml = safely(set);
  globalThis.mathml = safely(write);
  globalThis.css = () => adaptor.textContent(page.outputJax.styleSheet(page));
})();
"""


class TexError(ValueError):
    """A formula that MathJax cannot read, and why."""


def mathjax_folder():
    """Return the folder of the package that has MathJax."""
    return Path(find_spec("sphinx-mathjax-offline").origin).parent / "static" / "mathjax"


class Tex:
    """MathJax, with what it needs to remember about the formulas that it has set."""

    def __init__(self):
        self._v8 = MiniRacer()
        self._v8.eval("var global = globalThis, MathJax = {};")
        for script in SCRIPTS:
            self._v8.eval((mathjax_folder() / script).read_text(encoding="utf-8"))
        self._v8.eval(SETUP.replace("PACKAGES", json.dumps(PACKAGES)))
        self._call = cache(self._call)

    def chtml(self, tex, display=False):
        """Set a formula as HTML, to be shown with the rules of `css`; `data-tex` is its source.

        Parameters
        ----------
        tex : str
            The formula, without dollar signs.
        display : bool
            Whether it has a line of its own.

        Raises
        ------
        TexError
            If MathJax cannot read it.
        """
        html = UNUSED.sub("", MATHJAX_DATA.sub("", self._call("chtml", tex, display)))
        return html.replace(" ", f' data-tex="{escape(tex)}" ', 1)

    def mathml(self, tex, display=False):
        """Set a formula as a MathML element, which has its parameters and errors from `chtml`."""
        mathml = MATHJAX_DATA.sub("", self._call("mathml", tex, display))
        return re.sub(r"\n *", "", mathml)

    def css(self):
        """Return the CSS rules of all formulas set so far."""
        return POSITION + self._v8.eval("css()")

    def _call(self, function, tex, display):
        try:
            return self._v8.eval(f"{function}({json.dumps(tex)}, {json.dumps(display)})")
        except JSEvalException as error:
            reason = re.search(r"Error: (.*)", str(error))[1]
            raise TexError(f"{reason} in {tex!r}") from None
