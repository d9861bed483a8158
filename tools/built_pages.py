"""The pages of the built book, as paper and e-readers take them: open, and with nothing to click.

`tools.pdf` and `tools.epub` both start from `_build/html`, so that they show what the page shows.
"""

import re
from copy import deepcopy
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import lxml.etree
import lxml.html
import yaml

ROOT = Path(__file__).parents[1]
BUILT = ROOT / "_build" / "html"

LEFT_OUT = (
    "self::script or self::style or self::noscript or self::button or self::form or self::input"
    " or self::audio or self::nav or self::template or self::iframe"
    " or contains(concat(' ', @class, ' '), ' headerlink ')"
    " or contains(concat(' ', @class, ' '), ' toctree-wrapper ')"
    " or contains(concat(' ', @class, ' '), ' page-contents ')"
)
"""What is of no use where nothing moves, as a condition of XPath."""

INSTEAD_OF_DEMO = "This can be tried on the book’s page in a browser."

FIGURE = re.compile(r"<svg\b[^>]*>.*?</svg>", re.S)


class Part(NamedTuple):
    """A part of the book, and its pages as `_toc.yml` names them."""

    title: str
    pages: list
    numbered: bool


def parts(toc, solutions=False):
    """Return the parts of a table of contents that are printed: all but the package's reference."""
    found = []
    for part in toc["parts"]:
        pages = [page["file"] for page in part["chapters"]]
        is_reference = all(page.startswith("reference/") for page in pages)
        is_solutions = all(page.startswith("solutions/") for page in pages)
        if not is_reference and (solutions or not is_solutions):
            found.append(Part(part["caption"], pages, part.get("numbered", False)))
    return found


def split_caption(caption):
    """Return ("Part II", "Learning") for "Part II · Learning", and ("", "Solutions") for that."""
    first, _, rest = caption.partition(" · ")
    return (first, rest) if rest else ("", first)


def read_parts(root=ROOT, solutions=False):
    """Return the parts of the book in a folder."""
    return parts(yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8")), solutions)


class Article:
    """What is on one page of the book.

    Attributes
    ----------
    page : str
        The page's name, such as "chapters/06_bptt".
    root : lxml.html.HtmlElement
        Its outermost section.
    drawings : list of str
        The SVG drawings of the page; `img` elements with `data-drawing` are where they belong.
        A parser of HTML would spoil their names, so they are kept apart.
    opening : list of lxml.html.HtmlElement
        The introduction to the part that begins with this chapter.
    """

    def __init__(self, page, html):
        self.page = page
        self.drawings = []
        document = lxml.html.document_fromstring(FIGURE.sub(self._keep_drawing, html))
        articles = document.xpath("//article//section[1]")
        if not articles:
            raise ValueError(f"there is no section in the article of {page}")
        self.root = articles[0]
        self.root.tail = None
        self._leave_out()
        self.opening = self._take_opening()
        self._take_quiz()
        self._move_answers()
        self._unfold()

    def _keep_drawing(self, found):
        svg = found[0]
        opening = svg[: svg.index(">")]
        alt = re.search(r'aria-label="([^"]*)"', opening)
        if not alt or 'class="fig narrow"' in opening:  # an icon, or a figure's drawing for phones
            return ""
        self.drawings.append(svg)
        return f'<img data-drawing="{len(self.drawings) - 1}" alt="{alt[1]}">'

    @property
    def name(self):
        """The page's name as a word, such as "chapters-06_bptt"."""
        return self.page.replace("/", "-")

    @property
    def heading(self):
        return self.root.find(".//h1")

    @property
    def number(self):
        """The number of the chapter, such as "6", or ""."""
        number = self.heading.find("span[@class='section-number']")
        return "" if number is None else number.text_content().strip(" .\xa0")

    @property
    def title(self):
        """The title without its number."""
        number = self.heading.find("span[@class='section-number']")
        words = self.heading.text_content()
        return " ".join((words if number is None else words.replace(number.text, "", 1)).split())

    def sections(self):
        """Return (id, heading) of each section of the page."""
        return [
            (section.get("id"), " ".join(section.find("h2").text_content().split()))
            for section in self.root.iter("section")
            if section.get("id") and section.find("h2") is not None
        ]

    def _leave_out(self):
        for element in self.root.xpath(f".//*[{LEFT_OUT}]"):
            drop(element)
        for demo in self.root.xpath(".//*[@data-demo]"):
            cells = [box for box in demo.iterancestors("div") if "cell" in box.classes]
            shown = cells[0] if cells else demo  # the code of a demo's cell says nothing
            note = lxml.html.fragment_fromstring(f'<p class="no-demo">{INSTEAD_OF_DEMO}</p>')
            note.tail = shown.tail
            shown.getparent().replace(shown, note)
        for comment in self.root.xpath(".//comment()"):
            drop(comment)

    def _take_opening(self):
        """Take out the introduction to a part, which paper has on a page of its own."""
        boxes = self.root.xpath(".//*[contains(concat(' ', @class, ' '), ' part-opening ')]")
        for box in boxes:
            drop(box)
        return [p for box in boxes for p in box.iter("p") if "part-name" not in p.classes]

    def _take_quiz(self):
        """Take out the quiz, which asks for a click, and unfold the chapter's own questions."""
        for quiz in self.root.find_class("quiz"):
            drop(quiz)
        for fold in self.root.find_class("in-words"):
            for summary in fold.findall("summary"):
                drop(summary)
            for box in fold.findall("div"):
                box.drop_tag()
            fold.drop_tag()

    def _move_answers(self):
        """Print the answers of "Check yourself" where they do not catch the eye: at the end."""
        answers = lxml.html.fragment_fromstring(
            '<section class="answers" id="answers"><h2>Answers</h2></section>'
        )
        questions = self.root.xpath(".//section[@id='check-yourself']")
        for fold in questions[0].xpath("./details") if questions else []:
            number = fold.xpath("preceding-sibling::p[strong][1]/strong[1]")
            content = fold.find("div")
            paragraph = content.find("p")
            if number and paragraph is not None:
                label = deepcopy(number[0])
                label.tail = " " + (paragraph.text or "")
                paragraph.text = None
                paragraph.insert(0, label)
            for child in content:
                answers.append(child)
            drop(fold)
        if len(answers) > 1:
            note = '<p class="where-answers">The <a href="#answers">answers</a> are at the end of'
            questions[0].append(lxml.html.fragment_fromstring(f"{note} the chapter.</p>"))
            self.root.append(answers)

    def _unfold(self):
        """Turn folds into boxes that are open, each below the words that say what it has."""
        for fold in self.root.iter("details"):
            fold.tag = "div"
            fold.attrib.pop("open", None)
            fold.classes.add("unfolded")
            for summary in fold.findall("summary"):
                summary.tag = "p"
                summary.classes.add("unfolded-label")
            cell = fold.getparent()
            if "tag_hide-input" in cell.classes:  # the figure first, its code below
                cell.append(fold)

    def join_links(self, pages, target):
        """Lead each link to a page or place of the book to `target(page, id)`.

        Links to pages that are not among `pages` become words; a paragraph that has nothing but
        a link to a missing solution vanishes.
        """
        for link in self.root.xpath(".//a[@href]"):
            address = urlsplit(link.get("href"))
            if address.scheme or address.netloc:
                continue
            page = self.page
            if address.path:
                page = normpath(join(dirname(self.page), unquote(address.path)))
                page = page.removesuffix(".html")
            if page in pages:
                link.set("href", target(page, unquote(address.fragment)))
                link.set("data-page", page)
            elif "to-solution" in link.getparent().classes:
                drop(link.getparent())
            else:
                link.tag = "span"
                for key in list(link.attrib):
                    del link.attrib[key]

    def rename_ids(self, name):
        """Give each id of the page, and of its drawings, the name `name(id)`."""
        for element in self.root.xpath(".//*[@id] | self::*[@id]"):
            element.set("id", name(element.get("id")))
        for element in self.root.xpath(".//*[@aria-describedby or @aria-labelledby or @for]"):
            for key in ("aria-describedby", "aria-labelledby", "for"):
                element.attrib.pop(key, None)
        pattern = re.compile(r'(url\(#| id="|href="#)([^")]+)')
        self.drawings = [
            pattern.sub(lambda found: found[1] + name(found[2]), svg) for svg in self.drawings
        ]

    def introduction(self):
        """Return the introduction to the part as HTML, without its links."""
        for paragraph in self.opening:
            lxml.etree.strip_tags(paragraph, "a")
            paragraph.tail = None
        return "".join(lxml.etree.tostring(p, encoding="unicode") for p in self.opening)

    def html(self):
        """Return the article as HTML, with its drawings in their places."""
        text = lxml.html.tostring(self.root, encoding="unicode")
        pattern = r'<img data-drawing="(\d+)"[^>]*>'
        return re.sub(pattern, lambda found: self.drawings[int(found[1])], text)


def drop(element):
    """Remove an element and all in it, but not the text that follows it."""
    parent, before = element.getparent(), element.getprevious()
    if parent is None:
        return
    if element.tail:
        if before is None:
            parent.text = (parent.text or "") + element.tail
        else:
            before.tail = (before.tail or "") + element.tail
    parent.remove(element)


def read_article(page, built=BUILT):
    """Read the article of a built page."""
    return Article(page, (built / f"{page}.html").read_text(encoding="utf-8"))
