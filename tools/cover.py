"""The cover of the electronic book: the title, and the dinosaur of web/logo.svg."""

from io import BytesIO

import lxml.etree
from fontTools.pens.recordingPen import RecordingPen
from fontTools.svgLib.path import parse_path
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Circle, PathPatch
from matplotlib.path import Path as Outline

from tools.built_pages import ROOT
from tools.page_fonts import FACES, font_file

SIZE = 1600, 2400
"""Pixels, in the proportion that shops of electronic books ask for."""

PAPER, INK, INK_2 = "#fbf8f1", "#28241f", "#5d564b"

CODES = {
    "moveTo": [Outline.MOVETO],
    "lineTo": [Outline.LINETO],
    "curveTo": [Outline.CURVE4] * 3,
    "closePath": [Outline.CLOSEPOLY],
}


def outline(d):
    """Return the path of an SVG as one of Matplotlib."""
    pen = RecordingPen()
    parse_path(d, pen)
    points, codes = [], []
    for command, ends in pen.value:
        if command in CODES:
            points += ends or [(0, 0)]
            codes += CODES[command]
    return Outline(points, codes)


def draw_logo(ax):
    """Draw web/logo.svg into axes whose units are its own."""
    svg = lxml.etree.parse(ROOT / "web" / "logo.svg").getroot()
    for group in svg.iter("{*}g"):
        color = group.get("fill")
        for shape in group:
            if shape.tag.endswith("circle"):
                ax.add_patch(Circle(_centre(shape), float(shape.get("r")), color=color, lw=0))
            else:
                is_line = shape.get("fill") == "none"
                width = float(shape.get("stroke-width", 0)) * ax.scale
                edge = color if width else "none"
                style = dict(lw=width, capstyle="round", joinstyle="round")
                fill = "none" if is_line else color
                ax.add_patch(PathPatch(outline(shape.get("d")), fc=fill, ec=edge, **style))
    eye = svg[-1]
    ax.add_patch(Circle(_centre(eye), float(eye.get("r")), color=eye.get("fill"), lw=0))


def _centre(circle):
    return float(circle.get("cx")), float(circle.get("cy"))


def font(style, **kwargs):
    """Return the book's serif, or Matplotlib's if its package is not installed."""
    face = next(f for f in FACES if f.family == "Book Serif" and f.style == style)
    path = font_file(face)
    return FontProperties(fname=path, **kwargs) if path else FontProperties("serif", **kwargs)


def cover(title, subtitle):
    """Return the cover as PNG."""
    width, height = SIZE
    figure = Figure(figsize=(width / 100, height / 100), dpi=100, layout="none", facecolor=PAPER)
    ax = figure.add_axes((0.14, 0.52, 0.72, 0.72 * width / height * 190 / 320))
    ax.set(xlim=(0, 320), ylim=(190, 0))
    ax.axis("off")
    ax.scale = 0.72 * width / 320 * 0.72  # a unit of the drawing, in points of 1/72 inch
    draw_logo(ax)
    text = dict(ha="center", va="center")
    for y, word in zip((0.385, 0.305), title.split(" ", 1), strict=False):
        figure.text(0.5, y, word, color=INK, fontproperties=font("normal", size=130), **text)
    words = subtitle.replace(" from ", "\nfrom ")
    figure.text(0.5, 0.2, words, color=INK_2, fontproperties=font("italic", size=46), **text)
    file = BytesIO()
    figure.savefig(file, format="png")
    return file.getvalue()
