"""A Sphinx extension: terms lead to the glossary, and sources to the chapters that cite them.

The first time a page uses a term that another chapter introduced, in bold, it gets a dotted line
under it; `web/page.js` shows its definition on a card.  Without a script the link works.
"""

import re
from html import escape
from typing import NamedTuple

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from tools.chapter_numbers import chapter_number
from tools.page_head import is_chapter

GLOSSARY = "glossary"

EVERYDAY = {
    *("batch", "bit", "candidate", "cell", "cliff", "context", "crowd", "detour", "dimension"),
    *("epoch", "generator", "gradient", "group", "id", "interval", "key", "lag", "layer", "leak"),
    *("loss", "mask", "news", "operation", "order", "precision", "recall", "row", "seed", "split"),
    *("state", "symbol", "time step", "training", "training step", "typical", "unit", "weight"),
    "window",
}
"""Terms that are on every page, or that are also words of every day: no card for them."""

SKIPPED = (
    nodes.title,
    nodes.reference,
    nodes.literal,
    nodes.literal_block,
    nodes.math,
    nodes.math_block,
    nodes.strong,
    nodes.emphasis,
    nodes.caption,
    nodes.table,
    nodes.raw,
    addnodes.pending_xref,
    addnodes.download_reference,
)
WITHOUT_LINKS = {"part-label", "part-opening", "chapter-answer", "quiz-answers"}
"""Classes of what a link would spoil: heads, and answers that a reader clicks on to choose them."""


class Term(NamedTuple):
    """An entry of the glossary."""

    name: str
    anchor: str
    definition: str


GREEK = {r"\beta": "β", r"\eta": "η", r"\kappa": "κ", r"\mu": "μ"}
SIGNS = {**GREEK, r"\ln": "ln", r"\,": " ", "-": "−"}


def in_words(formula):
    """Return a short formula as it is typed where there are no formulas."""
    for tex, sign in SIGNS.items():
        formula = formula.replace(tex, sign)
    return re.sub(r"([_^])\{([^{}]*)\}", r"\1(\2)", formula)


def plain(node):
    """Return the text of a node without its citations, and with its formulas in plain signs."""
    node = node.deepcopy()
    for link in list(node.findall(addnodes.pending_xref)):
        if link.get("refdomain") == "cite":
            link.parent.remove(link)
    for formula in list(node.findall(nodes.math)):
        formula.replace_self(nodes.Text(in_words(formula.astext())))
    return re.sub(r"\s+([.,;:])", r"\1", " ".join(node.astext().split()))


def glossary(env):
    """Return the entries of the glossary, with definitions as plain text."""
    if GLOSSARY not in env.found_docs:
        return []
    found = []
    for item in env.get_doctree(GLOSSARY).findall(nodes.definition_list_item):
        found.append(Term(item[0].astext().strip(), item[0]["ids"][0], plain(item[-1])))
    return found


def in_bold(doctree):
    """Return what a page has in bold, in lower case."""
    return {" ".join(words.astext().lower().split()) for words in doctree.findall(nodes.strong)}


def chapters_of_terms(app):
    """Return the number of the chapter that introduces each term: the first to have it in bold."""
    env = app.env
    if not hasattr(app, "chapters_of_terms"):
        app.chapters_of_terms = {}
        terms = glossary(env)
        for page in sorted(filter(is_chapter, env.found_docs), key=chapter_number):
            bold = in_bold(env.get_doctree(page))
            for term in terms:
                if {term.name.lower(), term.name.lower() + "s"} & bold:
                    app.chapters_of_terms.setdefault(term.name, chapter_number(page))
    return app.chapters_of_terms


def card(term, chapter):
    """Return what the card of a term says."""
    return term.definition + (f" Introduced in chapter {chapter}." if chapter else "")


def pattern(terms):
    """Return a regular expression that finds any of some terms, the longest first."""
    names = sorted((re.escape(term.name) for term in terms), key=len, reverse=True)
    return re.compile(rf"(?<![\w-])({'|'.join(names)})s?(?![\w-])", re.IGNORECASE)


def texts(document):
    """Yield the running text of a page, outside of headings, links, code and formulas."""
    for text in list(document.findall(nodes.Text)):
        node = text.parent
        while node is not None and not _is_skipped(node):
            node = node.parent
        if node is None:
            yield text


def _is_skipped(node):
    is_title = type(node).__name__.endswith("title")  # of exercises and folds, too
    return (
        is_title or isinstance(node, SKIPPED) or bool(WITHOUT_LINKS & set(node.get("classes", ())))
    )


class LinkTerms(SphinxPostTransform):
    """Link the first use of a term in a chapter to the glossary, with its card."""

    default_priority = 8  # before links and formulas are resolved, after the head of the chapter
    formats = ("html",)

    def run(self, **kwargs):
        page = self.env.docname
        number = chapter_number(page) if is_chapter(page) else None
        if number is None:
            return
        chapters = chapters_of_terms(self.app)
        known = {
            term.name.lower(): term
            for term in glossary(self.env)
            if term.name.lower() not in EVERYDAY and chapters.get(term.name, number) != number
        }
        href = f"{self.app.builder.get_relative_uri(page, GLOSSARY)}#"
        search = pattern(known.values()) if known else None
        for text in texts(self.document) if known else ():
            found = next((m for m in search.finditer(text) if m[1].lower() in known), None)
            if found:
                term = known.pop(found[1].lower())
                attributes = f'href="{href}{term.anchor}" data-card="'
                attributes += escape(card(term, chapters[term.name])) + '"'
                link = f'<a class="term" {attributes}>{escape(found[0])}</a>'
                pieces = nodes.Text(text[: found.start()]), nodes.Text(text[found.end() :])
                link = nodes.raw("", link, format="html")
                text.parent.replace(text, [pieces[0], link, pieces[1]])


class CitedIn(SphinxPostTransform):
    """End every entry of the bibliography with the chapters that cite it."""

    default_priority = 300
    formats = ("html",)

    def run(self, **kwargs):
        citations = list(self.document.findall(nodes.citation))
        if not citations:
            return
        domain = self.env.get_domain("cite")
        keys = {c.citation_id: c.key for c in domain.citations}
        for citation in citations:
            key = next((keys[i] for i in citation["ids"] if i in keys), None)
            links = self.places(domain, key)
            if links:
                line = nodes.inline("", "Chapter " if len(links) == 1 else "Chapters ")
                line["classes"] = ["cited-in"]
                for i, link in enumerate(links):
                    line += [nodes.Text(", ")] * (i > 0) + [link]
                line += nodes.Text(".")
                citation[-1] += [nodes.Text(" "), line]

    def places(self, domain, key):
        """Return a link to the first citation of a source in each chapter."""
        first = {}
        for ref in domain.citation_refs:
            if is_chapter(ref.docname) and key in {target.key for target in ref.targets}:
                first.setdefault(ref.docname, ref.citation_ref_id)
        here, builder = self.env.docname, self.app.builder
        return [
            nodes.reference(
                "",
                str(chapter_number(page)),
                internal=True,
                refuri=f"{builder.get_relative_uri(here, page)}#{anchor}",
            )
            for page, anchor in sorted(first.items())
        ]


def setup(app):
    app.add_post_transform(LinkTerms)
    app.add_post_transform(CitedIn)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
