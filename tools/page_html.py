"""A Sphinx extension: what the theme leaves wanting, in the text of a page and around it.

In the list of pages, numbers have a column of their own, and solutions are folded away.
"""

import re

from bs4 import BeautifulSoup
from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform


def finish_sidebar(html):
    """Set the numbers of chapters apart, and fold the list of solutions unless one is open."""
    soup = BeautifulSoup(str(html), "html.parser")
    for link in soup.select("a.reference"):
        numbered = re.fullmatch(r"\s*(\d+)\.\s+(.*?)\s*", link.get_text(), re.S)
        if numbered:
            number = soup.new_tag("span", attrs={"class": "n"})
            number.string, link.string = numbered.groups()
            link.insert(0, number)
    caption = soup.find("p", class_="caption", string="Solutions")
    if caption:
        pages = caption.find_next_sibling("ul")
        fold = soup.new_tag("details", attrs={"open": ""} if "current" in pages["class"] else {})
        caption.wrap(fold)
        caption.wrap(soup.new_tag("summary"))
        fold.append(pages)
    return str(soup)


def wrap_sidebar(app, page, template, context, doctree):
    """Finish the list of pages whenever the theme asks for it."""
    generate = context.get("generate_toctree_html")
    if generate:
        context["generate_toctree_html"] = lambda **options: finish_sidebar(generate(**options))


class HoldPunctuation(SphinxPostTransform):
    """Keep a formula in the text on one line with the full stop or bracket that follows it."""

    default_priority = 500
    formats = ("html",)

    def run(self, **kwargs):
        for formula in list(self.document.findall(nodes.math)):
            following = formula.next_node(descend=False, siblings=True)
            marks = (
                re.match(r"[.,;:!?)\]’”…]+", following)
                if isinstance(following, nodes.Text)
                else None
            )
            if marks:
                following.parent.replace(following, nodes.Text(following[marks.end() :]))
                held = nodes.inline(classes=["nowrap"])
                formula.replace_self(held)
                held += [formula, nodes.Text(marks[0])]


class HoldPercent(SphinxPostTransform):
    """Keep a number on one line with its percent sign."""

    default_priority = 500
    formats = ("html",)

    def run(self, **kwargs):
        for text in list(self.document.findall(nodes.Text)):
            held = re.sub(r"(?<=\d) %", "\u00a0%", text)
            if held != text and not isinstance(text.parent, nodes.FixedTextElement | nodes.literal):
                text.parent.replace(text, nodes.Text(held))


REPEATED = {"exercise-content", "solution-content", "proof-content", "proof"}
"""The ids that sphinx-exercise and sphinx-proof give to each of their boxes."""


class DropRepeatedIds(SphinxPostTransform):
    """Take away the ids that would be on a page more than once."""

    default_priority = 500
    formats = ("html",)

    def run(self, **kwargs):
        for kind in (nodes.section, nodes.admonition):
            for box in self.document.findall(kind):
                if REPEATED.intersection(box["ids"]):
                    box["ids"] = []


def visit_citation(self, node):
    """Open an entry of the bibliography as an item of a list; docutils' role is deprecated."""
    if not isinstance(node.previous_sibling(), nodes.citation):
        self.body.append('<div role="list" class="citation-list">\n')
    self.body.append(self.starttag(node, "div", classes=["citation"], role="listitem"))


def depart_citation(self, node):
    self.body.append("</div>\n")
    if not isinstance(node.next_node(descend=False, siblings=True), nodes.citation):
        self.body.append("</div>\n")


def setup(app):
    app.add_post_transform(HoldPunctuation)
    app.add_post_transform(HoldPercent)
    app.add_post_transform(DropRepeatedIds)
    app.add_node(nodes.citation, override=True, html=(visit_citation, depart_citation))
    app.connect("html-page-context", wrap_sidebar, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
