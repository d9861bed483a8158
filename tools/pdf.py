"""Print the built book as one document: _build/naming-dinosaurs.pdf.

python -m tools.pdf [--solutions] [--to FILE] [PAGE ...]      for example chapters/06_bptt

Chromium lays out one long page that holds all chapters.  Page numbers come from the PDF itself: it
is printed, its page numbers are read and written into the contents and references, and so on until
they agree.
"""

import argparse
import sys
from html import escape
from pathlib import Path
from urllib.parse import urljoin

import lxml.html
import yaml
from playwright.sync_api import sync_playwright
from pypdf import PdfReader, PdfWriter
from pypdf.generic import Fit

import rnnlib
from tools.built_pages import BUILT, ROOT, read_article, read_parts, split_caption
from tools.look import chromium

TARGET = ROOT / "_build" / "naming-dinosaurs.pdf"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
TEXT_WIDTH = 522
"""CSS pixels, of the 138 mm that `web/print.css` leaves for the text."""

SUBTITLE = "Recurrent neural networks from first principles"
BACK = "Back matter"
"""The part that has no opening."""

PASSES = 4
LONG = 14
"""Code of more lines, or a table of more rows, may run on over the page; less stays together."""

GAP = "\u2003"
"""Between a page number and a running head."""

WITHOUT_NUMBERS = {"notation", "glossary", "bibliography"}
"""Pages that are linked everywhere and easily found: links to them, or on them, get no number."""

LOAD = """async () => {
  await window.MathJax?.startup?.promise;
  await document.fonts.ready;
  const boxes = [...document.querySelectorAll("div.math mjx-container")];
  const ratios = boxes.map(e => e.clientWidth / e.scrollWidth);
  const sizes = boxes.map(e => parseFloat(getComputedStyle(e).fontSize));
  boxes.forEach((e, i) => {
    if (ratios[i] < 1) e.style.fontSize = 0.99 * ratios[i] * sizes[i] + "px";
  });
}"""
"""Waits for formulas and fonts, and shrinks each formula that is wider than the text."""

FILL = """numbers => document.querySelectorAll("[data-page-of]").forEach(e => {
  e.textContent = numbers[e.dataset.pageOf] ?? "000";
})"""

TOO_WIDE = """width => [...document.querySelectorAll("article *")]
  .filter(e => !e.closest("svg, mjx-container, .sr-only"))
  .filter(e => e.getBoundingClientRect().right > width + 1)
  .map(e => `${e.closest("[data-article]")?.dataset.article}: ${e.localName}.${e.className} ` +
    `is too wide: ${e.textContent.trim().slice(0, 60)}`)"""
"""Finds what the right edge of the text would cut."""


def place(page, anchor=""):
    """Return the id, in the document of all pages, of a page or of a place on it."""
    return page.replace("/", "-") + (f"--{anchor}" if anchor else "")


def prepare(article, pages):
    """Make an article fit for the document of all pages, and add page numbers to its links."""
    article.join_links(pages, lambda page, anchor: f"#{place(page, anchor)}")
    article.rename_ids(lambda anchor: place(article.page, anchor))
    article.root.set("id", place(article.page))
    for number in article.heading.findall("span[@class='section-number']"):
        number.text = article.number
    for block in article.root.iter("pre", "table"):
        rows = block.findall(".//tr") or block.text_content().splitlines()
        if len(rows) > LONG:
            block.classes.add("long")
    if article.page not in WITHOUT_NUMBERS:
        add_numbers(article)


def add_numbers(article):
    """Write page numbers after the links to other pages, once in a paragraph for each place."""
    seen = set()
    for link in article.root.xpath(".//a[@data-page]"):
        target = link.get("href")[1:]
        where = next(link.iterancestors("p", "dd", "li"), None)
        is_near = link.get("data-page") in {article.page, *WITHOUT_NUMBERS}
        if where is None or is_near or (where, target) in seen:
            continue
        seen.add((where, target))
        number = lxml.html.fragment_fromstring(
            f'<span class="page-ref">(p.&nbsp;<span data-page-of="{target}">000</span>)</span>'
        )
        number.tail, link.tail = link.tail, "\xa0"
        link.addnext(number)


def head_assets(built, pages):
    """Return the style sheets of some built pages, and MathJax if they need it, as HTML."""
    assets = {}
    for page in pages:
        path = built / f"{page}.html"
        head = lxml.html.fromstring(path.read_text(encoding="utf-8")).find("head")
        for element in head.xpath("link[@rel='stylesheet'] | style | script"):
            is_script = element.tag == "script"
            if is_script and "mathjax" not in (element.get("src") or element.text or "").lower():
                continue
            for key in {"href", "src"} & set(element.attrib):
                file, _, _ = element.get(key).partition("?")
                element.set(key, urljoin(path.as_uri(), file))
            element.tail = None
            assets[lxml.html.tostring(element, encoding="unicode")] = None
    return "\n".join(assets)


def quoted(words):
    return '"' + words.replace("\\", r"\\").replace('"', r"\"") + '"'


PAPER = """@page { size: 178mm 254mm; margin: 24mm 20mm 20mm;
  @top-left { font: 8.5pt "Book Sans", sans-serif; color: #4a463f; }
  @top-right { font: 8.5pt "Book Sans", sans-serif; color: #4a463f; }
  @bottom-center { content: none; }
}
"""
"""The size of many books on programming, which prints well on A4 and on Letter."""


def running_heads(name, left, right):
    """Return the rule that writes a part and a chapter above the pages named `name`."""
    part, chapter = quoted(GAP + left), quoted(right + GAP)
    return (
        f"@page {name}:left {{ @top-left {{ content: counter(page) {part} }} }}\n"
        f"@page {name}:right {{ @top-right {{ content: {chapter} counter(page) }} }}\n"
        f"[data-article={name}] {{ page: {name} }}\n"
    )


def numbered_title(article):
    return f"{article.number} · {article.title}" if article.number else article.title


def contents_lines(articles):
    return "".join(
        f'<li><a href="#{article.root.get("id")}"><span class="n">{article.number}</span>'
        f'<span class="t">{escape(article.title)}</span><span class="dots"></span>'
        f'<span data-page-of="{article.root.get("id")}">000</span></a></li>'
        for article in articles
    )


def metadata(config):
    """Return what a PDF says about itself."""
    return {
        "/Title": config["title"],
        "/Author": config["author"],
        "/Subject": SUBTITLE,
        "/Keywords": "recurrent neural networks, language models, NumPy",
    }


def title_page(config):
    logo = (ROOT / "web" / "logo.svg").read_text(encoding="utf-8")
    title, author = escape(config["title"]), escape(config["author"])
    footer = escape(config["sphinx"]["config"]["html_theme_options"]["extra_footer"])
    return (
        f'<section class="title-page">{logo}<h1>{title}</h1>'
        f"<p>{SUBTITLE}</p>"
        f'<p class="author">{author}</p></section>'
        f'<section class="colophon"><p>© {config["copyright"]} {author}. {footer}</p>'
        f"<p>Edition {rnnlib.__version__} of the book and of its package, <code>rnnlib</code>. "
        "The chapters are notebooks: figures, numbers and outputs are those that their code made. "
        "What moves on the book’s pages in a browser is left out here.</p></section>"
    )


def document(chapters, config, assets):
    """Return all pages as one document; `chapters` is a list of (Part, [Article])."""
    body, contents, rules = [], [], []
    for part, articles in chapters:
        small, large = split_caption(part.title)
        label = f"{escape(small)} · {escape(large)}" if small else escape(large)
        lines = contents_lines(articles)
        contents.append(f'<p class="part-title">{label}</p><ol class="contents">{lines}</ol>')
        if part.title != BACK:
            body.append(
                f'<section class="part"><p>{escape(small)}</p><h1>{escape(large)}</h1>'
                f'{articles[0].introduction()}<ol class="contents">{lines}</ol></section>'
            )
        for article in articles:
            rules.append(running_heads(article.name, part.title, numbered_title(article)))
            body.append(f'<div data-article="{article.name}">{article.html()}</div>')
    return (
        '<!DOCTYPE html><html lang="en" data-theme="light" class="book"><head>'
        f'<meta charset="utf-8"><title>{escape(config["title"])}</title>{assets}\n'
        f'<style>{PAPER}{"".join(rules)}</style></head><body><article class="bd-article">'
        f'{title_page(config)}<section class="contents-page"><h1>Contents</h1>'
        f"{''.join(contents)}</section>{''.join(body)}</article></body></html>"
    )


def page_numbers(pdf):
    """Return the number of the page of each place that a link leads to."""
    reader = PdfReader(pdf)
    return {
        name.lstrip("/"): reader.get_destination_page_number(place) + 1
        for name, place in reader.named_destinations.items()
    }


def print_pages(html, pdf):
    """Print a document, again and again until its page numbers are right; return its faults."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=FLAGS)
        tab = browser.new_page(viewport={"width": TEXT_WIDTH, "height": 800})
        tab.set_default_timeout(0)
        tab.emulate_media(media="print", color_scheme="light")
        tab.goto(html.as_uri())
        tab.evaluate(LOAD)
        faults = tab.evaluate(TOO_WIDE, TEXT_WIDTH)
        numbers = {}
        for _ in range(PASSES):
            tab.evaluate(FILL, numbers)
            last = bool(numbers)  # the first time only the page numbers count
            tab.pdf(
                path=pdf,
                prefer_css_page_size=True,
                print_background=True,
                tagged=last,
                outline=last,
            )
            before, numbers = numbers, page_numbers(pdf)
            if before == numbers:
                break
        else:
            faults.append(f"the page numbers still change after {PASSES} passes")
        browser.close()
    return faults


def flat(outline, level=0):
    """Yield (level, destination) of an outline of pypdf, which nests lists."""
    for item in outline:
        if isinstance(item, list):
            yield from flat(item, level + 1)
        else:
            yield level, item


def bookmarks(chapters):
    """Return (depth, title) of each title of the document: parts, and chapters in them."""
    yield from [(0, "Title"), (0, "Contents")]
    for part, articles in chapters:
        has_opening = part.title != BACK
        if has_opening:
            yield 0, part.title
        for article in articles:
            yield int(has_opening), f"{article.number} {article.title}".strip()


def finish(pdf, titles, metadata):
    """Nest the outline (parts, chapters, sections) and name title and author."""
    writer = PdfWriter(clone_from=pdf)
    items = [(level, item) for level, item in flat(writer.outline) if level < 2]
    if sum(level == 0 for level, _ in items) != len(titles):
        raise ValueError(f"{len(titles)} titles, but the PDF has other ones: {items}")
    del writer.root_object["/Outlines"]
    rest, above = iter(titles), {}
    for level, item in items:
        depth, title = (above["depth"] + 1, item.title) if level else next(rest)
        page = writer.get_destination_page_number(item)
        fit = Fit.xyz(item.left, item.top)
        above[depth] = writer.add_outline_item(
            title=title, page_number=page, parent=above.get(depth - 1), fit=fit, is_open=False
        )
        if not level:
            above["depth"] = depth
    writer.add_metadata(metadata)
    writer.page_mode = "/UseOutlines"
    writer.create_viewer_preferences().display_doctitle = True
    writer.write(pdf)


def print_book(target=TARGET, built=BUILT, pages=None, solutions=False):
    """Print the built book, or some of its pages; return the faults that were seen."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    chapters = []
    for part in read_parts(solutions=solutions):
        chosen = [page for page in part.pages if not pages or page in pages]
        articles = [read_article(page, built) for page in chosen]
        if articles:
            chapters.append((part, articles))
    every = [article for _, articles in chapters for article in articles]
    names = {article.page for article in every}
    for article in every:
        prepare(article, names)
    target.parent.mkdir(parents=True, exist_ok=True)
    html = target.with_suffix(".html")
    html.write_text(document(chapters, config, head_assets(built, names)), encoding="utf-8")
    faults = print_pages(html, target)
    finish(target, list(bookmarks(chapters)), metadata(config))
    html.unlink()
    return faults


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("pages", nargs="*", help="print only these, such as chapters/06_bptt")
    parser.add_argument("--solutions", action="store_true", help="print the solutions too")
    parser.add_argument("--to", type=Path, default=TARGET, metavar="FILE")
    options = parser.parse_args()
    if not chromium():
        sys.exit("The PDF is printed by Chromium, which is not on this machine.")
    faults = print_book(options.to.absolute(), pages=options.pages, solutions=options.solutions)
    print("\n".join([*faults, f"The PDF is {options.to}."]))
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
