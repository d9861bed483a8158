"""Six sessions as slides, made from the chapters and the page for teachers, for reveal.js.

python -m tools.slides [FOLDER]      _build/slides/1.html to 6.html; they need no network

For each chapter: its question, the figures that `teaching.md` names, with the finding of the
caption, the question that reveals a misconception, and *Check yourself*.  Notes for the speaker
are the chapter's own sentences.
"""

import json
import re
import shutil
import sys
from functools import partial
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from rnnlib.svg import inline_svg
from tools.page_fonts import write_fonts
from tools.page_teaching import ROOT, read_advice, read_plan

REVEAL = "sphinx_revealjs", "_static/revealjs"
MATHJAX = "sphinx-mathjax-offline", "static/mathjax"
FILES = {
    REVEAL: ["LICENSE", "dist/reset.css", "dist/reveal.css", "dist/reveal.js"]
    + ["plugin/notes/notes.js", "plugin/notes/speaker-view.html"],
    MATHJAX: ["tex-svg.js"],
}
"""What is copied from packages."""


class Figure(NamedTuple):
    """A figure of a chapter, and the sentences around it."""

    finding: str
    reading: str
    alt: str
    svg: str
    before: str
    after: str


def sessions(root=ROOT):
    """Return title and chapters of each session, as the page for teachers says."""
    text = Path(root, "teaching.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d) · (.*?) \| ([\d, ]+) \|$", text, re.M)
    pages = {
        int(path.stem[:2]): f"chapters/{path.stem}"
        for path in Path(root, "chapters").glob("*.ipynb")
    }
    return [(title, [pages[int(n)] for n in numbers.split(", ")]) for _, title, numbers in rows]


def sentences(text, count):
    """Return the first sentences of a piece of Markdown, without headings, lists and formulas."""
    text = re.sub(r"\$\$.*?\$\$(?: \([\w-]+\))?", " ", text, flags=re.S)
    paragraphs = [p for p in text.split("\n\n") if p.strip() and p.lstrip()[0] not in "#:-*|`<(1"]
    found = re.split(r"(?<=[.?:])\s+(?=[A-Z*])", " ".join(" ".join(paragraphs[:1]).split()))
    return " ".join(found[:count])


def first_sentences(cells):
    """Return the first sentences of the first cell of text."""
    texts = ("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    return next(filter(None, (sentences(text, 3) for text in texts)), "")


def read_figures(page, root=ROOT):
    """Return the figures of a chapter by their names."""
    cells = json.loads(Path(root, f"{page}.ipynb").read_text(encoding="utf-8"))["cells"]
    found = {}
    for place, cell in enumerate(cells):
        said = cell["metadata"].get("mystnb", {})
        drawings = [
            o["data"]["image/svg+xml"]
            for o in cell.get("outputs", [])
            if "image/svg+xml" in o.get("data", {})
        ]
        if "figure" not in said or not drawings:
            continue
        finding, *reading = re.split(
            r"(?<=[.?])\s+(?=[A-Z*])", said["figure"]["caption"], maxsplit=1
        )
        found[said["figure"]["name"]] = Figure(
            finding,
            " ".join(reading),
            said.get("image", {}).get("alt", ""),
            "".join(drawings[0]),
            first_sentences(reversed(cells[:place])),
            first_sentences(cells[place + 1 :]),
        )
    return found


def questions(page, root=ROOT):
    """Return the questions of *Check yourself* with their answers."""
    cells = json.loads(Path(root, f"{page}.ipynb").read_text(encoding="utf-8"))["cells"]
    text = "\n\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    text = text.split("## Check yourself")[1].split("\n## ")[0]
    pattern = r"^\*\*\d\.\*\* (.*?)\n+:::\{dropdown\} Answer\n(.*?)\n:::"
    return re.findall(pattern, text, re.M | re.S)


def html(text):
    """Return a line of the book's Markdown as HTML; formulas are left for MathJax."""
    pieces = re.split(r"(\$[^$]+\$)", text)
    for i, piece in enumerate(pieces):
        if i % 2:
            pieces[i] = rf"\({escape(piece[1:-1])}\)"
            continue
        piece = re.sub(r"\{cite:\w\}`[^`]*`|\{eq\}`[^`]*`|:::.*", "", piece)
        piece = re.sub(r"\{\w+\}`([^`<]*?)(?: <[^>]*>)?`", r"\1", piece)
        piece = escape(re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", piece), quote=False)
        piece = re.sub(r"`([^`]+)`", r"<code>\1</code>", piece)
        piece = re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", piece)
        pieces[i] = re.sub(r"\*([^*]+)\*", r"<em>\1</em>", piece)
    return re.sub(r"\s+([.,;])", r"\1", "".join(pieces))


def slide(body, notes=(), kind="", place=""):
    """Return one slide; `place` says where in the course it is."""
    aside = "".join(f"<p>{html(note)}</p>" for note in notes if note)
    small = f'<p class="place">{escape(place)}</p>' if place else ""
    return f'<section class="{kind}">{small}{body}<aside class="notes">{aside}</aside></section>'


def chapter_slides(page, advice, root=ROOT):
    """Return the slides of a chapter, one below the other."""
    plan, figures, number = (
        read_plan(page, root),
        read_figures(page, root),
        int(Path(page).name[:2]),
    )
    make = partial(slide, place=f"Chapter {number} · {plan.title}")
    goals = ["After this chapter, students can:", *plan.objectives, f"On the board: {advice.board}"]
    made = [slide(f"<h2>{html(plan.title)}</h2>", goals, "question", f"Chapter {number}")]
    for count, name in enumerate(advice.figures):
        figure = figures[name]
        drawing = inline_svg(figure.svg, f"c{number}f{count}", figure.alt).split(
            '<svg class="fig narrow"'
        )[0]
        body = f"<h3>{html(figure.finding)}</h3><figure>{drawing}</figure>"
        made.append(make(body, [figure.before, figure.reading, figure.after], "figure"))
    body = f'<p class="label">What do you think?</p><p class="ask">{html(advice.ask)}</p>'
    answer = f'<p class="fragment answer">{html(advice.listen)}</p>'
    made.append(make(body + answer, [f"To expect: {advice.expect}", advice.listen], "ask"))
    for count, (question, answer) in enumerate(questions(page, root), 1):
        body = f'<p class="label">Check yourself, {count}</p><p class="ask">{html(question)}</p>'
        made.append(make(body, [answer], "ask"))
    return f"<section>{''.join(made)}</section>"


PAGE = """<!doctype html>
<html lang="en" data-theme="light">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · Naming Dinosaurs</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="fonts/fonts.css">
<link rel="stylesheet" href="reveal/dist/reset.css">
<link rel="stylesheet" href="reveal/dist/reveal.css">
<link rel="stylesheet" href="slides.css">
</head>
<body>
<div class="reveal"><div class="slides">
{slides}
</div></div>
<script>window.MathJax = {{options: {{enableMenu: false}}}};</script>
<script src="mathjax/tex-svg.js"></script>
<script src="reveal/dist/reveal.js"></script>
<script src="reveal/plugin/notes/notes.js"></script>
<script>Reveal.initialize({{
  hash: true, slideNumber: "c/t", width: 1280, height: 720, margin: 0.04, center: false,
  transition: "none", controls: false, plugins: [RevealNotes], pdfSeparateFragments: false,
}});</script>
</body>
</html>
"""


def copy_files(target):
    """Copy reveal.js and MathJax from their packages.

    Raises
    ------
    RuntimeError
        A package is not installed.
    """
    for (package, folder), files in FILES.items():
        spec = find_spec(package)
        if spec is None:
            raise RuntimeError("Slides need sphinx-revealjs: pip install -e '.[book]'")
        name = "reveal" if package == REVEAL[0] else "mathjax"
        for file in files:
            (target / name / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(Path(spec.origin).parent / folder / file, target / name / file)
    shutil.copyfile(ROOT / "web" / "slides.css", target / "slides.css")


def write(target, root=ROOT):
    """Write all sessions into a folder; return their paths."""
    advice, paths, seen = read_advice(root), [], set()
    copy_files(target)
    for number, (title, pages) in enumerate(sessions(root), 1):
        chapters = "\n".join(chapter_slides(page, advice[page], root) for page in pages)
        heads = "".join(f"<li>{html(read_plan(page, root).title)}</li>" for page in pages)
        body = f'<p class="label">Session {number}</p><h1>{escape(title)}</h1><ol>{heads}</ol>'
        notes = ["S shows these notes, F fills the screen, O shows all slides; arrows lead on."]
        text = PAGE.format(title=escape(title), slides=slide(body, notes, "title") + chapters)
        paths.append(target / f"{number}.html")
        paths[-1].write_text(text, encoding="utf-8")
        seen |= set(text)
    write_fonts(target / "fonts", "".join(sorted(c for c in seen if c.isprintable())))
    return paths


def main():
    target = Path(sys.argv[1]) if sys.argv[1:] else ROOT / "_build" / "slides"
    target.mkdir(parents=True, exist_ok=True)
    for path in write(target.absolute()):
        print(path)


if __name__ == "__main__":
    sys.exit(main())
