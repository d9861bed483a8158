"""A Sphinx extension: the pictures that others show of the book, PNG icons and social cards.

All are drawn from `web/favicon.svg` and `web/logo.svg`, in the colours of `web/book.css` and in
the fonts of the page.  Nothing is committed.
"""

import re
import textwrap
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import matplotlib.style
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Circle, PathPatch
from matplotlib.path import Path as Outline
from PIL import Image

from tools import page_fonts, page_head

ICONS = {"favicon-32.png": 32, "apple-touch-icon.png": 180}
CARD = 1200, 630
"""The size that social networks ask for."""

POINTS = {"M": 1, "L": 1, "C": 3}
CODES = {"M": Outline.MOVETO, "L": Outline.LINETO, "C": Outline.CURVE4}


def colour(root, name):
    """Return a colour of the light theme of the page."""
    css = Path(root, "web", "book.css").read_text(encoding="utf-8")
    return re.search(rf"--{name}: (#[0-9a-f]+)", css)[1]


def outline(d):
    """Read the path of an SVG that has only absolute M, L, H, V, C and Z."""
    points, codes = [], []
    for command, rest in re.findall(r"([MLHVCZ])([^MLHVCZ]*)", d):
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", rest)]
        if command == "Z":
            points.append(points[0])
            codes.append(Outline.CLOSEPOLY)
        elif command in "HV":
            x, y = points[-1]
            points += [(n, y) if command == "H" else (x, n) for n in numbers]
            codes += [Outline.LINETO] * len(numbers)
        else:
            points += zip(numbers[::2], numbers[1::2], strict=True)
            codes += [CODES[command]] * (len(numbers) // 2)
    return Outline(points, codes)


def draw(ax, path, scale):
    """Draw an SVG of paths and circles; `scale` is the points of one of its units."""
    tree = ElementTree.parse(path).getroot()
    x, y, width, height = map(float, tree.get("viewBox").split())
    ax.set(xlim=(x, x + width), ylim=(y + height, y), aspect="equal")
    ax.axis("off")

    def add(element, inherited):
        style = {**inherited, **element.attrib}
        fill, stroke = style.get("fill", "black"), style.get("stroke", "none")
        look = {"facecolor": fill, "edgecolor": stroke, "joinstyle": "round"}
        look["linewidth"] = scale * float(style.get("stroke-width", 1)) * (stroke != "none")
        kind = element.tag.rpartition("}")[2]
        if kind == "path":
            ax.add_patch(PathPatch(outline(style["d"]), **look))
        elif kind == "circle":
            centre = float(style["cx"]), float(style["cy"])
            ax.add_patch(Circle(centre, float(style["r"]), **look))
        for child in element:
            add(child, style)

    add(tree, {})


def png(figure, width):
    """Return a figure as a small PNG, some pixels wide."""
    picture = BytesIO()
    figure.savefig(picture, format="png", dpi=width / figure.get_figwidth())
    with Image.open(picture) as image:
        flat = image.convert("RGB").quantize(64)
    small = BytesIO()
    flat.save(small, format="png")
    return small.getvalue()


plain = matplotlib.style.context("default", after_reset=True)
"""Draws whatever style is set, by a reader's file or by code that ran before."""


@plain
def icon(root, size):
    """Return the icon of the book at a size in pixels, on paper."""
    figure = Figure(figsize=(1, 1), layout="none", facecolor=colour(root, "paper"))
    edge = 0.12 if size > 64 else 0  # a telephone rounds off the corners
    axes = figure.add_axes([edge, edge, 1 - 2 * edge, 1 - 2 * edge])
    draw(axes, Path(root, "web", "favicon.svg"), 72 * (1 - 2 * edge) / 32)
    return png(figure, size)


def font(family, style="normal", **options):
    """Return a font of the page, or what Matplotlib has if its package is missing."""
    face = next(f for f in page_fonts.FACES if (f.family, f.style) == (family, style))
    path = page_fonts.font_file(face)
    return FontProperties(fname=path, **options) if path else FontProperties(**options)


@plain
def card(root, label, title, text):
    """Return a picture with a line of small capitals, a title and a sentence, as PNG."""
    ink, pale = colour(root, "ink"), colour(root, "ink-2")
    figure = Figure(figsize=(12, 6.3), layout="none", facecolor=colour(root, "paper"))
    draw(figure.add_axes([0.062, 0.755, 0.16, 0.18]), Path(root, "web", "logo.svg"), 0.45)
    figure.text(0.225, 0.81, "Naming Dinosaurs", color=ink, va="center")
    figure.texts[-1].set_font_properties(font("Book Serif", "italic", size=27))
    figure.text(0.07, 0.655, label.upper(), color=pale, va="top")
    figure.texts[-1].set_font_properties(font("Book Serif", size=18))
    size, width = (47, 34) if len(title) < 66 else (40, 41)
    lines = textwrap.wrap(title, width)
    figure.text(0.068, 0.595, "\n".join(lines), color=ink, va="top", linespacing=0.92)
    figure.texts[-1].set_font_properties(font("Book Serif", size=size))
    top = 0.595 - len(lines) * size * 1.28 / 453.6 - 0.03
    figure.text(0.07, top, textwrap.fill(text, 70), color=pale, va="top")
    figure.texts[-1].set_font_properties(font("Book Serif", "italic", size=23))
    for words in figure.texts:
        words.set_parse_math(False)
    return png(figure, CARD[0])


QUESTION = "Can a recurrent network beat counting?"
SUBTITLE = "Recurrent neural networks from first principles, in NumPy alone"


def card_name(chapter=None):
    """Return the file of the card of a chapter, or of the book."""
    return f"card-{chapter.number:02}.png" if chapter else "card.png"


def cards(app):
    """Yield the name and the words of every card."""
    parts = page_head.parts(app)
    count = sum(map(len, parts.values()))
    yield card_name(), (f"{count} chapters, {count} questions", QUESTION, f"{SUBTITLE}.")
    for caption, chapters in parts.items():
        for chapter in chapters:
            label = f"{caption.split(' · ')[0]} · Chapter {chapter.number}"
            yield card_name(chapter), (label, chapter.question, chapter.plain_answer)


def write_pictures(app):
    """Put icons and cards into the static files of the book."""
    if app.builder.format != "html" or app.builder.name == "epub":
        return
    folder = Path(app.doctreedir, "pictures")
    folder.mkdir(parents=True, exist_ok=True)
    for name, size in ICONS.items():
        (folder / name).write_bytes(icon(app.srcdir, size))
    for name, words in cards(app):
        (folder / name).write_bytes(card(app.srcdir, *words))
    app.config.html_static_path.append(str(folder))


def setup(app):
    app.connect("builder-inited", write_pictures)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
