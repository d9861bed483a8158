"""A Sphinx extension: figures of notebooks inline, folds that say what they hide.

`rnnlib.svg.figure_svg` puts two drawings into one SVG file.  On the page each becomes an inline
`svg`, which takes ink and fonts from `web/book.css`; the caption comes from the cell's metadata:
`"mystnb": {"figure": {"caption": "…", "name": "fig-…"}, "image": {"alt": "…"}}`.
"""

import re
from html import escape
from pathlib import Path

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.transforms.post_transforms import SphinxPostTransform

SCREENS = "wide", "narrow"


def inline(svg, name, alt):
    """Return both drawings of an SVG document as HTML, with ids that are the page's only ones."""
    parts = []
    for screen in SCREENS:
        pattern = rf'<svg class="{screen}"[^>]*?(viewBox="[^"]*")[^>]*>(.*?)</svg>'
        found = re.search(pattern, svg, re.S)
        drawing = re.sub(r'(url\(#| id="|href="#)', rf"\1{name}-", found[2])
        drawing = drawing.replace("xlink:href", "href").replace(' xml:space="preserve"', "")
        label = f'role="img" aria-label="{escape(alt)}" stroke-linejoin="round"'
        parts.append(f'<svg class="fig {screen}" {found[1]} {label}>{drawing}</svg>')
    return "".join(parts)


def inline_figures(app, doctree, page):
    """Replace the images that are figures of ours by what is in their files."""
    if app.builder.format != "html":
        return
    for count, image in enumerate(list(doctree.findall(nodes.image)), 1):
        path = Path(app.srcdir, image["uri"])
        if path.suffix != ".svg" or not path.is_file():
            continue
        svg = path.read_text(encoding="utf-8")
        if 'class="narrow"' in svg:
            drawing = inline(svg, f"f{count}", image.get("alt", ""))
            image.replace_self(nodes.raw("", drawing, format="html"))


def figure_number(app, page, cell):
    """Return "6.1" for a cell whose output is figure 6.1 of the book, or None."""
    for figure in cell.findall(nodes.figure):
        numbers = app.env.toc_fignumbers.get(page, {}).get("figure", {})
        number = next((numbers[i] for i in figure["ids"] if i in numbers), None)
        if number:
            return ".".join(map(str, number))
    return None


def fold_label(app, page, cell, is_first):
    """Say what a fold hides: what the author wrote, or else what can be seen of the cell."""
    written = cell.get("prompt_show", "")
    if written and not written.startswith("Show code cell"):
        return written
    if is_first:
        return "Set-up"
    number = figure_number(app, page, cell)
    if number:
        return f"Code for figure {number}"
    lines = [line for line in cell.children[0].astext().splitlines() if line.strip()]
    if lines[0].startswith("rl.demo("):
        return "Code for a notebook"
    return "Checks" if all(line.startswith(("assert", " ", ")")) for line in lines) else "Code"


class NameFolds(SphinxPostTransform):
    """Label the folded cells of a page, before MyST-NB folds them."""

    default_priority = 150
    formats = ("html",)

    def run(self, **kwargs):
        cells = [
            cell
            for cell in self.document.findall(nodes.container)
            if cell.get("nb_element") == "cell_code"
        ]
        for cell in cells:
            if cell.get("hide_mode"):
                is_first = cell is cells[0]
                cell["prompt_show"] = fold_label(self.app, self.env.docname, cell, is_first)


def visit_fold(self, node):
    classes = " ".join(node["classes"])
    label = escape(node["prompt_show"])
    self.body.append(f'<details class="hide {classes}"><summary>')
    self.body.append(f'<span class="fold-label">{label}</span></summary>\n')


def depart_fold(self, node):
    self.body.append("</details>\n")


def setup(app):
    app.add_post_transform(NameFolds)
    app.connect("doctree-resolved", inline_figures)
    app.add_node(HideCodeCellNode, override=True, html=(visit_fold, depart_fold))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
