"""A Sphinx extension: formulas are set when the book is built, and the page has no MathJax.

Each formula is HTML with its MathML, and with its source as `data-tex`, which `web/page.js` copies.
One stylesheet has the rules and the glyphs that occur in the book.
"""

import logging
import re
from base64 import b64encode
from html import escape, unescape
from io import BytesIO
from pathlib import Path

from docutils import nodes
from fontTools import subset
from fontTools.ttLib import TTFont
from sphinx.errors import ExtensionError
from sphinx.util.math import get_node_equation_number

from tools.tex import Tex, TexError, mathjax_folder

STYLESHEET = "math.css"

FORMULA = re.compile(r'<mjx-container data-tex="([^"]*)"([^>]*)>')

RULE = re.compile(r'([^{}]+)\{((?:"[^"]*"|[^{}"])*)\}')

STRETCHED = "MJXTEX", "MJXTEX-S1", "MJXTEX-S4", "MJXTEX-A"
"""The fonts of brackets that are put together from pieces."""


def display_source(node):
    """Return the TeX of a displayed formula; blank lines in it part lines that are aligned."""
    if node["nowrap"]:
        return node.astext()
    parts = [part for part in node.astext().split("\n\n") if part.strip()]
    parts = [rf"\begin{{split}}{part}\end{{split}}" if r"\\" in part else part for part in parts]
    if len(parts) == 1:
        return parts[0]
    lines = r"\\".join(parts)
    return rf"\begin{{align}}\begin{{aligned}}{lines}\end{{aligned}}\end{{align}}"


def set_formula(app, source, display):
    """Return a formula as HTML; one that MathJax cannot read makes the build fail at its end."""
    try:
        return app.tex.chtml(source.strip(), display)
    except TexError as error:
        app.bad_formulas.append(f"{app.builder.current_docname}: {error}")
        return escape(source)


def visit_math(self, node):
    self.body.append(self.starttag(node, "span", "", CLASS="math notranslate nohighlight"))
    self.body.append(set_formula(self.builder.app, node.astext(), False) + "</span>")
    raise nodes.SkipNode


def visit_displayed_math(self, node):
    self.body.append(self.starttag(node, "div", CLASS="math notranslate nohighlight"))
    if node["number"] and not node["nowrap"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append(set_formula(self.builder.app, display_source(node), True) + "</div>\n")
    raise nodes.SkipNode


def glyphs(css):
    """Return the characters that a stylesheet of MathJax asks of each of its fonts."""
    wanted = {}
    for selector, body in RULE.findall(css):
        content = re.search(r'content: "(.*?)"', body)
        if content is None:
            continue
        pieces = re.findall(r"\\([0-9a-fA-F]+) ?|(.)", content[1])
        characters = {chr(int(code, 16)) if code else letter for code, letter in pieces}
        style = re.search(r"\.TEX(-\w+)", selector)
        families = STRETCHED if "stretchy" in selector else [f"MJXTEX{style[1] if style else ''}"]
        for family in families:
            wanted.setdefault(family, set()).update(characters)
    return wanted


logging.getLogger("fontTools").setLevel(logging.WARNING)  # else it tells of each step of a cut


def cut_font(path, characters):
    """Return as woff2 what a font has of some characters, or None if it has none of them."""
    with TTFont(path) as font:
        found = set(map(ord, characters)) & set(font.getBestCmap())
        if not found:
            return None
        options = subset.Options(layout_features=[], hinting=False)
        options.drop_tables += ["FFTM"]
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=found)
        subsetter.subset(font)
        font.flavor = "woff2"
        file = BytesIO()
        font.save(file, reorderTables=False)
    return file.getvalue()


def pack(css):
    """Return a stylesheet of MathJax with those of its fonts inside that are needed."""
    wanted = glyphs(css)
    fonts = mathjax_folder() / "output" / "chtml" / "fonts" / "woff-v2"
    rules = []
    for selector, body in RULE.findall(re.sub(r"/\*.*?\*/", "", css, flags=re.S)):
        if "@font-face" in selector:
            family = re.search(r"font-family: ([\w-]+)", body)[1]
            path = fonts / re.search(r'url\("\./([^"]+)"', body)[1]
            if family == "MJXZERO":  # it has no glyphs, and keeps lines from growing
                kind, data = "woff", path.read_bytes()
            else:
                kind, data = "woff2", cut_font(path, wanted.get(family, ()))
            if data is None:
                continue
            url = f"data:font/{kind};base64,{b64encode(data).decode()}"
            body = f'font-family: {family}; src: url("{url}") format("{kind}");'
        selector, body = (re.sub(r"\s+", " ", part).strip() for part in (selector, body))
        rules.append(f"{selector} {{ {body} }}\n")
    return "/* Rules and fonts of MathJax, Apache License 2.0. */\n" + "".join(rules)


def link_stylesheet(app, page, template, context, doctree):
    """Ask for the stylesheet on the pages that have formulas."""
    if "<mjx-container" in "".join(str(context.get(part, "")) for part in ("body", "toc", "title")):
        app.add_css_file(STYLESHEET, priority=900)


def write_stylesheet(app, exception):
    """Write the rules of all formulas in all pages, of this build and of those before."""
    if exception or app.builder.format != "html":
        return
    if app.bad_formulas:
        raise ExtensionError("\n".join(["MathJax cannot read:", *sorted(set(app.bad_formulas))]))
    for page in Path(app.outdir).rglob("*.html"):
        for source, attributes in FORMULA.findall(page.read_text(encoding="utf-8")):
            app.tex.chtml(unescape(source), 'display="true"' in attributes)
    css = pack(app.tex.css())
    Path(app.outdir, "_static", STYLESHEET).write_text(css, encoding="utf-8")


def start(app):
    app.tex, app.bad_formulas = Tex(), []
    app.config.html_math_renderer = "mathjax_at_build"


def setup(app):
    app.add_html_math_renderer("mathjax_at_build", (visit_math, None), (visit_displayed_math, None))
    app.connect("config-inited", lambda app, config: start(app))
    app.connect("html-page-context", link_stylesheet)
    app.connect("build-finished", write_stylesheet)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
