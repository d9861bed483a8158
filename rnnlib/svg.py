"""Figures as SVG in the ink, fonts and colours of the page around them, wide and narrow.

A figure is drawn twice into one SVG document, once for a column of a book and once for a phone,
and the page shows the one that fits.  Opened by itself, as JupyterLab does, the document shows the
wide one with its title above; on a page the caption says what the title says.
"""

import contextlib
import io
import math
import re
import textwrap
from xml.sax.saxutils import escape

import matplotlib.pyplot as plt
from matplotlib.text import Text

WIDE, NARROW = 588, 350
"""Widths of the two drawings, in pixels: the book's column on a desktop and on a phone."""

SMALLEST = 11
"""Least size of the words in a figure, in pixels."""

COLOURS = {
    "#28241f": "ink",
    "#5d564b": "ink-2",
    "#ddd3c0": "rule",
    "#fbf8f1": "paper",
    "#6d6455": "counting",
    "#0f6b62": "network",
    "#ad4a0b": "blame",
    "#3b5876": "blue",
    "#84418f": "violet",
    "#a8324a": "red",
    "#6b6a1c": "olive",
}
"""The colours of the course style, and the variables by which a page gives them its own shade."""

MARK = r'<use\b[^>]*? style="{}"[^>]*/>'
ALIKE = re.compile("(" + MARK.format('([^"]*)') + ")(?:" + MARK.format(r"\2") + ")+")
"""Marks in a row that have one style, such as the points of a scatter plot."""

LAYOUT = "_narrow_layout"


def narrow(figure, columns=None, height=None):
    """Say how a figure is to be drawn on a narrow screen.

    Without it, panels next to each other go below each other, or two to a row if there were four
    or more.  Any artist with the gid `"wide"` is left out of the narrow drawing, and one with the
    gid `"narrow"` out of the wide one: `ax.text(x, y, "a long label", gid="wide")`.

    Parameters
    ----------
    figure : Figure
    columns : int, optional
        Panels next to each other.
    height : float, optional
        Pixels; the width is 350.

    Returns
    -------
    Figure
        The same.
    """
    setattr(figure, LAYOUT, {"columns": columns, "height": height})
    return figure


def figure_svg(figure):
    """Draw a figure twice into one SVG document, and leave it as it was.

    Parameters
    ----------
    figure : Figure

    Returns
    -------
    str
        An `svg` element with two nested ones, of the classes `wide` and `narrow`.
    """
    style = {"svg.fonttype": "none", "svg.hashsalt": "rnnlib", "savefig.bbox": "standard"}
    with contextlib.ExitStack() as undo, plt.rc_context(style):
        title = _take_title(figure, undo)
        width, height = figure.get_size_inches()
        undo.callback(figure.set_size_inches, width, height)
        for text in figure.findobj(Text):
            if text.get_fontsize() < SMALLEST:
                _change(text, "fontsize", SMALLEST, undo)
        wide_height = round(WIDE * height / width)
        with contextlib.ExitStack() as undo_wide:
            wide = _draw(figure, "wide", WIDE, wide_height, undo_wide)
        with contextlib.ExitStack() as undo_narrow:
            narrow_height = _stack(figure, wide_height, undo_narrow)
            narrow = _draw(figure, "narrow", NARROW, narrow_height, undo_narrow)
    return _document(title, wide, wide_height, narrow, narrow_height)


def short_path(path):
    """Return the same path in fewer characters, to a tenth of a pixel."""
    parts, before = [], ""
    for command, numbers in re.findall(r"([A-Za-z])([^A-Za-z]*)", path):
        values = [float(number) for number in numbers.replace(",", " ").split()]
        words = [f"{v:.{1 if abs(v) >= 10 else 2}f}".rstrip("0").rstrip(".") for v in values]
        again = command == "L" and before in ("M", "L")  # a line follows a move unasked
        parts.append((" " if again else command) + " ".join(words))
        before = command
    return "".join(parts)


def short_style(style):
    """Return the same style without blanks, and without the colors that the page defines."""
    return re.sub(r"(?<=[:;]) ", "", re.sub(r"(var\(--[\w-]+), ?#\w+\)", r"\1)", style))


def short_ids(drawing, name):
    """Number the ids of a drawing, and let them begin with a name."""
    ids = {old: f"{name}{i}" for i, old in enumerate(re.findall(r' id="([^"]*)"', drawing))}
    return re.sub(
        r'(url\(#| id="|href="#)([^")]*)',
        lambda found: found[1] + ids.get(found[2], found[2]),
        drawing,
    )


def fewer_tags(drawing):
    """Drop groups that say nothing, and give marks in a row the style that they share once."""
    kept, groups = [], []
    for part in re.split(r"(<[^>]*>)", drawing):
        if part == "<g>" or part.startswith("<g "):
            groups.append(part != "<g>")
        if groups.pop() if part == "</g>" else part != "<g>":
            kept.append(part)
    return ALIKE.sub(
        lambda run: f'<g style="{run[2]}">' + run[0].replace(f' style="{run[2]}"', "") + "</g>",
        "".join(kept),
    )


def inline_svg(svg, name, alt):
    """Take both drawings out of a document, for a page that shows them inline.

    Parameters
    ----------
    svg : str
        From `figure_svg`.
    name : str
        Put before each id, so that it is the page's only one.
    alt : str
        What the figure shows, for those who cannot see it.

    Returns
    -------
    str
        HTML, in which the page takes `svg.fig.narrow` or `svg.fig.wide` out of sight.
    """
    parts = []
    for screen in ("wide", "narrow"):
        pattern = rf'<svg class="{screen}"[^>]*?(viewBox="[^"]*")[^>]*>(.*?)</svg>'
        found = re.search(pattern, svg, re.S)
        drawing = short_ids(found[2], f"{name}{screen[0]}")
        drawing = drawing.replace("xlink:href", "href").replace(' xml:space="preserve"', "")
        drawing = re.sub(r'(?<= d=")[^"]*', lambda path: short_path(path[0]), drawing)
        drawing = re.sub(r'(?<= style=")[^"]*', lambda style: short_style(style[0]), drawing)
        drawing = fewer_tags(drawing)
        label = f'role="img" aria-label="{escape(alt, {chr(34): "&quot;"})}"'
        shape = f'{label} stroke-linejoin="round"'
        parts.append(f'<svg class="fig {screen}" {found[1]} {shape}>{drawing}</svg>')
    return "".join(parts)


def _document(title, wide, wide_height, narrow, narrow_height):
    """Put two drawings into one document: what a viewer shows is the title and the wide one."""
    lines = textwrap.wrap(title, 72)
    top = 20 * len(lines) + 12 if lines else 0
    words = "".join(
        f'<text x="4" y="{20 * i + 20}" font-size="15" font-weight="600" fill="#28241f">'
        f"{escape(line)}</text>"
        for i, line in enumerate(lines)
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f"{_frame(WIDE, wide_height + top)} "
        'font-family="Source Sans 3, Segoe UI, Helvetica Neue, sans-serif">'
        f'<rect width="{WIDE}" height="{wide_height + top}" fill="#fbf8f1"/>{words}'
        f'<svg class="wide" y="{top}" {_frame(WIDE, wide_height)} stroke-linejoin="round">{wide}'
        f'</svg><svg class="narrow" display="none" {_frame(NARROW, narrow_height)} '
        f'stroke-linejoin="round">{narrow}</svg></svg>'
    )


def _frame(width, height):
    return f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'


def _change(artist, name, value, undo):
    """Set a property of an artist until `undo` is closed."""
    undo.callback(getattr(artist, f"set_{name}"), getattr(artist, f"get_{name}")())
    getattr(artist, f"set_{name}")(value)


def _titles(ax):
    return ax.title, ax._left_title, ax._right_title


def _panels(figure):
    """Axes that were laid out on a grid: no colour bars, no insets."""
    return [ax for ax in figure.axes if ax.get_subplotspec() is not None]


def _take_title(figure, undo):
    """Take the title off the drawing: that of the figure, or of its only panel."""
    panels = _panels(figure)
    holders = []
    if figure.get_suptitle():
        holders = [figure._suptitle]
    elif len({ax.get_subplotspec() for ax in panels}) <= 1:
        holders = [title for ax in panels for title in _titles(ax) if title.get_text()]
    title = " ".join(holder.get_text() for holder in holders)
    for holder in holders:
        _change(holder, "text", "", undo)
    return " ".join(title.split())


def _stack(figure, wide_height, undo):
    """Lay the panels out for a narrow screen; return the height in pixels."""
    layout = getattr(figure, LAYOUT, {"columns": None, "height": None})
    panels = _panels(figure)
    specs = sorted({ax.get_subplotspec() for ax in panels}, key=lambda spec: spec.num1)
    grids = {spec.get_gridspec() for spec in specs}
    rows, columns = grids.pop().get_geometry() if len(grids) == 1 else (1, 1)
    square = panels and all(ax.get_aspect() == 1 for ax in panels)
    panel_height = (0.66 if square else 0.8) * wide_height / rows
    if columns > 1 and len(specs) > 1 and all(spec.num1 == spec.num2 for spec in specs):
        columns = layout["columns"] or (1 if columns < 4 else 2)
        rows = math.ceil(len(specs) / columns)
        grid = figure.add_gridspec(rows, columns)
        for ax in panels:
            spec = ax.get_subplotspec()
            undo.callback(ax.set_subplotspec, spec)
            ax.set_subplotspec(grid[specs.index(spec)])
            _repeat_labels(ax, panels, columns, undo)
        if square:
            panel_height = NARROW / columns
    return round(layout["height"] or panel_height * rows)


def _repeat_labels(ax, panels, columns, undo):
    """Label axes that shared the labels of a neighbour who is now elsewhere."""
    for name, shared in (("y", ax.get_shared_y_axes()), ("x", ax.get_shared_x_axes())):
        axis = getattr(ax, f"{name}axis")
        peers = [other for other in panels if other is not ax and shared.joined(ax, other)]
        if not axis.get_visible() or not ax.axison or (name == "y" and columns > 1):
            continue
        side = "labelleft" if name == "y" else "labelbottom"
        if peers and not axis.get_tick_params().get(side, True):
            undo.callback(ax.tick_params, axis=name, **{side: False})
            ax.tick_params(axis=name, **{side: True})
        labels = [getattr(peer, f"{name}axis").label.get_text() for peer in peers]
        if any(labels) and not axis.label.get_text():
            _change(axis.label, "text", next(filter(None, labels)), undo)


def _draw(figure, screen, width, height, undo):
    """Draw for one screen; return what is inside its `svg` element."""
    other = {"wide": "narrow", "narrow": "wide"}[screen]
    for artist in figure.findobj(lambda artist: artist.get_gid() == other):
        if artist.get_visible():
            _change(artist, "visible", False, undo)
    figure.set_size_inches(width / 72, height / 72)
    figure.draw_without_rendering()
    for ax in figure.axes:
        box = ax.get_window_extent()
        for text in (*_titles(ax), ax.xaxis.label):
            _wrap(text, box.width, undo)
        _wrap(ax.yaxis.label, box.height, undo)
    file = io.StringIO()
    figure.savefig(file, format="svg", facecolor="none")
    return _clean(file.getvalue(), prefix=screen[0])


def _wrap(text, room, undo):
    """Break a line of words that is longer than its axis."""
    words = text.get_text()
    if not words or "\n" in words or not text.get_visible() or "$" in words:
        return
    box = text.get_window_extent()
    length = max(box.width, box.height)
    if length > room * 1.02:
        _change(text, "text", textwrap.fill(words, max(8, int(len(words) * room / length))), undo)


def _clean(svg, prefix):
    """Keep the drawing of an SVG file: page colours, no fonts, short numbers, its own ids."""
    drawing = re.search(r"<svg[^>]*>(.*)</svg>", svg, re.S)[1]
    used = set(re.findall(r'(?:url\(#|href="#)([\w-]+)', drawing))
    for pattern, new in (
        (r"<metadata>.*?</metadata>|<style.*?</style>|<!--.*?-->", ""),
        (r"<defs>\s*</defs>", ""),
        (r' id="([\w.-]+)"', lambda found: found[0] if found[1] in used else ""),
        (r'(url\(#| id="|href="#)', rf"\1{prefix}-"),
        (r"\s*font-family: [^;\"]*;?", ""),
        (r"<text([^>]*)>\s*((?:<tspan.*?</tspan>\s*)+)</text>", _join),
        (r"#[0-9a-f]{6}\b", _shade),
        (r"<[^>]+>", _round),
        (r' transform="rotate\(-?0 [^"]*\)"', ""),
        (r">\s*\n\s*<", "><"),
        (r" ?\n(?=[^<]*\")", " "),  # paths have a line for each of their points
    ):
        drawing = re.sub(pattern, new, drawing, flags=re.S)
    return drawing.strip()


def _round(tag):
    """Shorten the coordinates in a tag; numbers in words stay as they are."""
    return re.sub(
        r"-?\d+\.\d{3,}", lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."), tag[0]
    )


def _shade(match):
    name = COLOURS.get(match[0])
    return f"var(--{name}, {match[0]})" if name else match[0]


def _join(match):
    """Put the letters of a formula that follow each other in one style into one `tspan`."""
    letters = []
    spans = re.findall(r'<tspan x="([^"]*)" y="([^"]*)" style="([^"]*)">(.*?)</tspan>', match[2])
    for xs, y, style, words in spans:
        symbols = re.findall(r"&[^;]+;|.", words)
        letters += [(float(x), y, style, s) for x, s in zip(xs.split(), symbols, strict=True)]
    joined = []
    for x, y, style, symbol in sorted(letters):
        if joined and joined[-1][1:3] == [y, style]:
            joined[-1][3] += symbol
        else:
            joined.append([x, y, style, symbol])
    inner = "".join(f'<tspan x="{x}" y="{y}" style="{s}">{w}</tspan>' for x, y, s, w in joined)
    return f'<text class="formula" xml:space="preserve"{match[1]}>{inner}</text>'
