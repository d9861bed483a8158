"""A Sphinx extension: what the pages about the book itself take from the repository.

- the role `count`: {count}`planted bugs`, a number of `tools/evidence.py`;
- the directive `citation`: how to cite the book, of CITATION.cff, as `text` or as `bibtex`;
- the cheat sheet's style sheet for paper, which no other page asks for.
"""

from docutils import nodes
from sphinx.util.docutils import SphinxDirective, SphinxRole

from tools import citation, evidence

CHEAT_SHEET = "cheat_sheet"


class Count(SphinxRole):
    """A number that is counted when the book is built."""

    def run(self):
        numbers = evidence.count()
        if self.text in numbers:
            return [nodes.Text(f"{numbers[self.text]:,}")], []
        said = f"nothing is counted under {self.text!r}; there is {', '.join(numbers)}"
        return [], [self.inliner.reporter.error(said, line=self.lineno)]


class Citation(SphinxDirective):
    """The citation of the book, as text or as BibTeX."""

    required_arguments = 1

    def run(self):
        self.env.note_dependency("CITATION.cff")
        about = citation.read(self.env.app.srcdir)
        if self.arguments[0] == "text":
            return [nodes.paragraph("", citation.as_text(about))]
        if self.arguments[0] == "bibtex":
            text = citation.as_bibtex(about)
            return [nodes.literal_block(text, text, language="bibtex")]
        raise self.error(f"citation can be text or bibtex, not {self.arguments[0]}")


def read_again(app, env, added, changed, removed):
    """Read the pages again whose numbers come from outside of them."""
    return {page for page in env.found_docs if page.endswith("how_we_know")}


def link_paper_style(app, page, template, context, doctree):
    """Ask for the cheat sheet's style on paper."""
    if page == CHEAT_SHEET:
        app.add_css_file("cheat_sheet.css", media="print", priority=900)


def setup(app):
    app.add_role("count", Count())
    app.add_directive("citation", Citation)
    app.connect("env-get-outdated", read_again)
    app.connect("html-page-context", link_paper_style)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
