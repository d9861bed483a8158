"""Show the figures of notebooks as the page shows them, and list what cannot be read.

python -m tools.look chapters/06_bptt.ipynb        pictures in _build/look, faults on the terminal
"""

import shutil
import sys
from html import escape
from pathlib import Path

import nbformat
from playwright.sync_api import sync_playwright

from rnnlib.svg import inline_svg
from tools.page_fonts import write_fonts

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "_build" / "look"
SCREENS = {1280: (588, 640), 390: (350, 390)}
"""The column of text on each screen, and a window that shows the drawing for that screen."""
BROWSERS = "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"
"""What is tried in turn; the first has no windows, and opens a page in a third of the time."""

FIGURE_FAULTS = """() => {
  const channels = c => (c.match(/[\\d.]+/g) || []).slice(0, 3).map(Number);
  const light = c => channels(c)
    .map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const contrast = (a, b) => {
    const [x, y] = [light(a), light(b)].sort((p, q) => q - p);
    return (x + 0.05) / (y + 0.05);
  };
  const paper = getComputedStyle(document.body).backgroundColor;
  const faults = [];
  [...document.querySelectorAll("svg.fig")].forEach(svg => {
    const frame = svg.getBoundingClientRect();
    if (!frame.width) return;  // the drawing for the other screen
    const name = svg.closest("figure")?.id || "a figure without a name";
    const say = fault => faults.push(`${name}: ${fault}`);
    if (frame.right > innerWidth) say("is wider than the screen");
    const scale = frame.width / svg.viewBox.baseVal.width;
    const words = [...svg.querySelectorAll("text")].filter(t => t.textContent.trim());
    const angle = t => {  // of the words, or of the group that holds a formula
      const turned = t.closest("[transform*='rotate']")?.getAttribute("transform") ?? "";
      return Number(/rotate\\((-?[\\d.]+)/.exec(turned)?.[1] ?? 0);
    };
    const sizes = words.map(t => {
      const parts = [t, ...t.querySelectorAll("tspan")].map(e => getComputedStyle(e));
      return Math.max(...parts.slice(parts.length > 1).map(s => parseFloat(s.fontSize)));
    });
    const boxes = words.map((t, i) => {  // without the room of a font above and below its letters
      const {left, right, top, bottom, width, height} = t.getBoundingClientRect();
      const upright = Math.abs(angle(t)) === 90;
      const extra = Math.max(0, (upright ? width : height) - sizes[i] * scale) / 2;
      const [x, y] = upright ? [extra, 0] : [0, extra];
      return new DOMRect(left + x, top + y, width - 2 * x, height - 2 * y);
    });
    words.forEach((t, i) => {
      const text = t.textContent.trim(), r = boxes[i];
      if (r.left < frame.left - 2 || r.right > frame.right + 2 || r.top < frame.top - 3 ||
          r.bottom > frame.bottom + 3) say(`"${text}" is cut`);
      const size = sizes[i] * scale;
      if (size < 10.9) say(`"${text}" has ${size.toFixed(1)} px`);
      const ink = getComputedStyle([t, ...t.querySelectorAll("tspan")].at(-1)).fill;
      const onPatch = ["rgb(255, 255, 255)", "rgb(0, 0, 0)", paper].includes(ink);
      if (!onPatch && contrast(ink, paper) < 4.5)
        say(`"${text}" has a contrast of ${contrast(ink, paper).toFixed(1)}`);
      if (angle(t) % 90) return;
      for (let j = 0; j < i; j++) {
        const q = boxes[j];
        const dx = Math.min(r.right, q.right) - Math.max(r.left, q.left);
        const dy = Math.min(r.bottom, q.bottom) - Math.max(r.top, q.top);
        const small = Math.min(r.height, q.height, r.width, q.width);
        if (dx > 2 && dy > 0.35 * small)
          say(`"${text}" lies on "${words[j].textContent.trim()}"`);
      }
    });
  });
  return faults;
}"""
"""Finds words that are cut, small, pale or covered by other words in the figures of a page."""


def chromium():
    """Return the path of a Chromium, or None."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def page(notebook, theme, column):
    """Return a page with all figures of a notebook."""
    figures = []
    for number, cell in enumerate(notebook.cells):
        if "remove-output" in cell.metadata.get("tags", []):
            continue
        mystnb = cell.metadata.get("mystnb", {})
        caption = mystnb.get("figure", {}).get("caption", "(no caption)")
        alt = mystnb.get("image", {}).get("alt", "")
        for output in cell.get("outputs", []):
            svg = output.get("data", {}).get("image/svg+xml")
            if svg and 'class="narrow"' in svg:
                drawing = inline_svg(svg, f"c{number}", alt)
                caption = f"<b>[{number}]</b> {escape(caption)}"
                figures.append(
                    f'<figure id="cell-{number}" style="margin:0 0 3rem">{drawing}'
                    f"<figcaption>{caption}</figcaption></figure>"
                )
    return (
        f'<html data-theme="{theme}"><meta charset="utf-8">'
        '<link rel="stylesheet" href="fonts/fonts.css"><link rel="stylesheet" '
        f'href="{(ROOT / "web" / "book.css").as_uri()}"><body style="background:var(--paper);'
        f'margin:20px"><article class="bd-article" style="width:{column}px">{"".join(figures)}'
        "</article>"
    )


def look(paths):
    """Photograph each notebook's figures, and yield their faults."""
    write_fonts(FOLDER / "fonts")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        for path in map(Path, paths):
            notebook = nbformat.read(path, 4)
            for width, (column, window) in SCREENS.items():
                seen = set()
                for theme in ("light", "dark"):
                    size = {"width": window, "height": 900}
                    tab = browser.new_page(viewport=size, device_scale_factor=1.5)
                    file = FOLDER / f"{path.parent.name}-{path.stem}-{width}-{theme}.png"
                    html = file.with_suffix(".html")
                    html.write_text(page(notebook, theme, column), encoding="utf-8")
                    tab.goto(html.as_uri())
                    faults = set(tab.evaluate(FIGURE_FAULTS))
                    yield from (f"{path} at {width} px: {f}" for f in sorted(faults - seen))
                    seen |= faults
                    tab.screenshot(path=file, full_page=True)
                    tab.close()
                    html.unlink()
        browser.close()


def main():
    faults = list(look(sys.argv[1:]))
    print("\n".join(faults))
    print(f"Pictures are in {FOLDER}.")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
