"""Write the built book as an ePub: _build/naming-dinosaurs.epub.

python -m tools.epub [--solutions] [--to FILE] [PAGE ...]      for example chapters/06_bptt

Formulas are MathML, figures inline SVG in the book's fonts. There are no scripts.
"""

import argparse
import re
import sys
import uuid
import zipfile
from functools import cache
from html import escape
from pathlib import Path
from typing import NamedTuple

import lxml.etree
import yaml

from tools.built_pages import BUILT, ROOT, read_article, read_parts, split_caption
from tools.cover import cover
from tools.tex import Tex

TARGET = ROOT / "_build" / "naming-dinosaurs.epub"
SUBTITLE = "Recurrent neural networks from first principles"
DESCRIPTION = (
    "Networks that name dinosaurs, built in NumPy from the first cell on, and one question: can "
    "they beat counting? Twenty-three chapters answer it by experiments."
)
ACCESSIBILITY = [
    ("accessMode", "textual"),
    ("accessMode", "visual"),
    ("accessModeSufficient", "textual"),
    ("accessModeSufficient", "textual,visual"),
    ("accessibilityFeature", "alternativeText"),
    ("accessibilityFeature", "MathML"),
    ("accessibilityFeature", "readingOrder"),
    ("accessibilityFeature", "structuralNavigation"),
    ("accessibilityFeature", "tableOfContents"),
    ("accessibilityHazard", "none"),
    (
        "accessibilitySummary",
        "Formulas are MathML with their TeX as an alternative. All figures are described.",
    ),
]
"""What a shop or library of electronic books tells readers, in the words of schema.org."""

DATED = "width", "height", "align", "valign", "border", "cellpadding", "cellspacing", "bgcolor"
"""Attributes that XHTML 5 does not have."""

XHTML = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"
 lang="en" xml:lang="en">
<head><title>{title}</title><link rel="stylesheet" type="text/css" href="book.css"/></head>
<body{kind}>
{body}
</body>
</html>
"""
CONTAINER = """<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles>
<rootfile full-path="book/package.opf" media-type="application/oebps-package+xml"/>
</rootfiles>
</container>
"""
PACKAGE = """<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="en"
 prefix="schema: http://schema.org/">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
{metadata}
</metadata>
<manifest>
{manifest}
</manifest>
<spine>
{spine}
</spine>
</package>
"""
TYPES = {
    ".css": "text/css",
    ".png": "image/png",
    ".txt": "text/plain",
    ".woff2": "font/woff2",
    ".xhtml": "application/xhtml+xml",
}


class File(NamedTuple):
    """A file of the book."""

    name: str
    content: str | bytes
    properties: str = ""  # as the manifest says them

    @property
    def is_page(self):
        return self.name.endswith(".xhtml")


def tex_of(formula):
    """Return (TeX, whether on a line of its own) of an element of a page that is a formula."""
    for done in formula.iter("mjx-container"):
        return done.get("data-tex"), done.get("display") == "true"
    words = "".join(formula.xpath("text()"))
    found = re.search(r"\\([(\[])(.*)\\[)\]]", words, re.S)
    if not found:
        raise ValueError(f"no TeX in {lxml.etree.tostring(formula)[:300]}")
    return found[2].strip(), found[1] == "["


@cache
def colors():
    """Return the colours of the light page, by their names in its style sheet."""
    css = (ROOT / "web" / "book.css").read_text(encoding="utf-8")
    block = re.search(r'html:not\(\[data-theme="dark"\]\) \{(.*?)\n\}', css, re.S)[1]
    return dict(re.findall(r"--([\w-]+): ([^;]+);", block))


def without_variables(style):
    """Return a style with the colours of the light page, and the fallbacks of other variables."""
    pattern = r"var\(--([\w-]+)(?:,\s*([^()]*))?\)"
    return re.sub(pattern, lambda found: colors().get(found[1]) or found[2], style)


def light(svg):
    """Return a drawing of the page as SVG that needs no style sheet."""
    svg = re.sub(r"var\(--([\w-]+)[^)]*\)", lambda found: colors()[found[1]], svg)
    svg = re.sub(r'(<(?:use|image)\b[^>]*?) href="', r'\1 xlink:href="', svg)
    names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return svg.replace("<svg ", f"<svg {names} ", 1)


def chapter(article, tex):
    """Return an article as the body of an XHTML document."""
    kept = list(article.drawings)
    for image in article.root.xpath(".//img[@data-drawing]"):
        number = int(image.get("data-drawing"))
        kept[number] = light(kept[number])
    for formula in article.root.xpath(".//*[contains(concat(' ', @class, ' '), ' math ')]"):
        source, display = tex_of(formula)
        mathml = tex.mathml(source, display).replace(' columnspacing=""', "")
        kept.append(mathml.replace("<math ", f'<math alttext="{escape(source)}" ', 1))
        number = formula.xpath("span[@class='eqno']")
        for child in [*formula, *number]:
            child.tail = None
        formula.text = None
        formula[:] = [*number, lxml.etree.Element("img", {"data-drawing": str(len(kept) - 1)})]
    for dots in article.root.find_class("level"):  # as words
        dots[:], dots.text = [], f"· {dots.get('aria-label')}"
        dots.attrib.pop("role"), dots.attrib.pop("aria-label")
    for label in article.root.find_class("part-label"):  # a style sheet puts these dots on the page
        for before in label.xpath("span[following-sibling::span[not(@class)]]"):
            before.tail = " · "
    for element in article.root.iter(lxml.etree.Element):
        if "var(--" in element.get("style", ""):
            element.set("style", without_variables(element.get("style")))
        for key in DATED:
            element.attrib.pop(key, None)
    text = lxml.etree.tostring(article.root, encoding="unicode", method="xml")
    pattern = r'<img data-drawing="(\d+)"[^>]*/>'
    return re.sub(pattern, lambda found: kept[int(found[1])], text)


def page(name, title, body, kind="", properties=""):
    kind = f' epub:type="{kind}"' if kind else ""
    return File(name, XHTML.format(title=escape(title), body=body, kind=kind), properties)


def chapter_page(article, tex):
    body = chapter(article, tex)
    properties = [word for word, tag in (("svg", "<svg "), ("mathml", "<math ")) if tag in body]
    words = f"{article.number}. {article.title}" if article.number else article.title
    return page(f"{article.name}.xhtml", words, body, properties=" ".join(properties))


def part_page(number, part, introduction):
    small, large = split_caption(part.title)
    title = f"<p>{escape(small)}</p><h1>{escape(large)}</h1>" if small else f"<h1>{large}</h1>"
    body = f'<section class="part">{title}{introduction}</section>'
    return page(f"part-{number}.xhtml", part.title, body, "part")


def contents(entries):
    """Return the page of contents; `entries` is a list of (file or None, title, entries)."""

    def items(entries):
        rows = []
        for file, title, below in entries:
            words = f'<a href="{file}">{escape(title)}</a>' if file else escape(title)
            rows.append(f"<li>{words}{items(below)}</li>")
        return f"<ol>{''.join(rows)}</ol>" if rows else ""

    body = f'<nav epub:type="toc" id="toc"><h1>Contents</h1>{items(entries)}</nav>'
    return page("contents.xhtml", "Contents", body, properties="nav")


def package(files, config, citation):
    """Return the list of the files, in the order of reading, with what the book says of itself."""
    version, day = citation["version"], citation["date-released"]
    key = uuid.uuid5(uuid.NAMESPACE_URL, f"naming-dinosaurs {version}")
    footer = config["sphinx"]["config"]["html_theme_options"]["extra_footer"]
    about = {
        "dc:identifier": f"urn:uuid:{key}",
        "dc:title": f"{config['title']}: {SUBTITLE.lower()}",
        "dc:creator": config["author"],
        "dc:language": "en",
        "dc:description": DESCRIPTION,
        "dc:rights": f"© {config['copyright']} {config['author']}. {footer}",
        "dc:subject": "Neural networks (Computer science)",
        "dc:date": str(day),
    }
    metadata = [f"<{name}>{escape(words)}</{name}>" for name, words in about.items()]
    metadata[0] = metadata[0].replace("<dc:identifier", '<dc:identifier id="id"')
    metadata.append(f'<meta property="dcterms:modified">{day}T00:00:00Z</meta>')
    metadata += [f'<meta property="schema:{k}">{escape(v)}</meta>' for k, v in ACCESSIBILITY]
    ids = {file.name: f"file-{n}" for n, file in enumerate(files)}
    manifest = []
    for file in files:
        properties = f' properties="{file.properties}"' if file.properties else ""
        kind = TYPES[Path(file.name).suffix]
        line = f'<item id="{ids[file.name]}" href="{file.name}" media-type="{kind}"{properties}/>'
        manifest.append(line)
    spine = [f'<itemref idref="{ids[file.name]}"/>' for file in files if file.is_page]
    lists = {"metadata": metadata, "manifest": manifest, "spine": spine}
    return PACKAGE.format(**{key: "\n".join(lines) for key, lines in lists.items()})


def front_matter(config, citation):
    """Return the cover, the title page and the page of rights."""
    title, author = escape(config["title"]), escape(config["author"])
    footer = escape(config["sphinx"]["config"]["html_theme_options"]["extra_footer"])
    image = '<section class="cover"><img src="cover.png" alt="Cover: {}"/></section>'
    alt = f"{title}. A dinosaur whose neck is an unrolled recurrent network."
    body = (
        f'<section class="title-page"><h1>{title}</h1><p class="subtitle">{SUBTITLE}</p>'
        f"<p>{author}</p><p>Edition {citation['version']} of the book and of its package, "
        f"<code>rnnlib</code>.</p><p>© {config['copyright']} {author}. {footer}</p></section>"
    )
    return [
        File("cover.png", cover(config["title"], SUBTITLE), "cover-image"),
        page("cover.xhtml", "Cover", image.format(alt), "cover"),
        page("title.xhtml", config["title"], body, "titlepage"),
    ]


def fonts(built):
    """Return the fonts of the built book, their licenses and the style sheet."""
    folder = built / "_static" / "fonts"
    rules = (folder / "fonts.css").read_text(encoding="utf-8") if folder.is_dir() else ""
    style = rules + (ROOT / "web" / "epub.css").read_text(encoding="utf-8")
    files = [File("book.css", style)]
    for path in sorted([*folder.glob("*.woff2"), *folder.glob("*-LICENSE.txt")]):
        files.append(File(path.name, path.read_bytes()))
    return files


def write_epub(target=TARGET, built=BUILT, pages=None, solutions=False):
    """Write the built book, or some of its pages."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    parts = [
        (part, [read_article(page, built) for page in part.pages if not pages or page in pages])
        for part in read_parts(solutions=solutions)
    ]
    names = {article.page for _, articles in parts for article in articles}
    tex, text, entries = Tex(), [], [("title.xhtml", "Title page", [])]
    for number, (part, articles) in enumerate(parts, 1):
        if not articles:
            continue
        file = part_page(number, part, articles[0].introduction())
        text.append(file)
        entries.append((file.name, part.title, []))
        for article in articles:
            article.join_links(names, address)
            file = chapter_page(article, tex)
            text.append(file)
            sections = [(f"{file.name}#{key}", words, []) for key, words in article.sections()]
            title = f"{article.number} {article.title}".strip()
            entries[-1][2].append((file.name, title, sections))
    files = [*front_matter(config, citation), contents(entries), *text, *fonts(built)]
    files.append(File("package.opf", package(files, config, citation)))
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        add(archive, "mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        add(archive, "META-INF/container.xml", CONTAINER)
        for file in files:
            add(archive, f"book/{file.name}", file.content)


def add(archive, name, content, how=zipfile.ZIP_DEFLATED):
    """Add a file without the time, so that the same book is the same file."""
    archive.writestr(zipfile.ZipInfo(name), content, how)


def address(page, anchor):
    return f"{page.replace('/', '-')}.xhtml" + (f"#{anchor}" if anchor else "")


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("pages", nargs="*", help="take only these, such as chapters/06_bptt")
    parser.add_argument("--solutions", action="store_true", help="take the solutions too")
    parser.add_argument("--to", type=Path, default=TARGET, metavar="FILE")
    options = parser.parse_args()
    write_epub(options.to.absolute(), pages=options.pages, solutions=options.solutions)
    print(f"The ePub is {options.to}.")


if __name__ == "__main__":
    sys.exit(main())
