"""A page with one demo and nothing else, on disk, in a real browser."""

from helpers import ROOT

from tools.page_demos import write_demos

HTML = """<!DOCTYPE html>
<html lang="en" data-theme="{theme}">
<head><meta charset="utf-8"><title>{name}</title>
<meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="book.css"><link rel="stylesheet" href="demos/demos.css">
<script defer src="demos/shared.js"></script><script defer src="demos/{name}.js"></script>
<style>
  body {{ margin: 0 1.25rem; }}
  main {{ max-width: var(--measure); margin: auto; padding: 0 !important; }}
</style>
</head>
<body><main class="bd-article"><h1>A page</h1>
<div class="demo" data-demo="{name}"><p class="demo-off">No script.</p></div></main></body>
</html>
"""

AXE = """() => axe.run("main", {resultTypes: ["violations"], preload: false})
  .then(({violations}) => violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.html}`)))"""

CONTRAST = AXE.replace("resultTypes", 'runOnly: ["color-contrast"], resultTypes')
"""Only whether text can be told from what is behind it."""

COLOURS = CONTRAST.replace("]", ', "link-in-text-block"]', 1)
"""Only the rules that depend on the theme."""

SMALL = """() => [...document.querySelectorAll(".demo *")].filter(e =>
    [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) &&
    e.getClientRects().length && parseFloat(getComputedStyle(e).fontSize) < 11)
  .map(e => `small text: ${e.outerHTML.slice(0, 120)}`)"""

TARGETS = """() => [...document.querySelectorAll(".demo :is(button, select, input)")].filter(e => {
    const {width, height} = e.getBoundingClientRect();
    return width && (height < 43.5 || width < 43.5);
  }).map(e => `small target: ${e.outerHTML.slice(0, 120)}`)"""


def write_page(folder, name, theme="light"):
    """Write a page with a demo and all that it loads; return its address."""
    write_demos(ROOT / "demos", folder / "demos")
    css = (ROOT / "web" / "book.css").read_text(encoding="utf-8")
    (folder / "book.css").write_text(css, encoding="utf-8")
    path = folder / f"{name}_{theme}.html"
    path.write_text(HTML.format(name=name, theme=theme), encoding="utf-8")
    return path.as_uri()


def faults(page, axe, theme):
    """Return what is wrong with a demo's page: axe, overflow, small text, small targets."""
    found = []
    for width in (320, 390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"wider than the screen at {width} px")
        found += page.evaluate(SMALL)
        if width == 390:
            found += page.evaluate(TARGETS)
    page.evaluate(axe)
    return found + page.evaluate(AXE if theme == "light" else COLOURS)
