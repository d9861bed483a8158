"""Every built page in a real browser, opened as a file: what a reader without a network sees."""

from pathlib import Path

import pytest

from tools.look import FIGURE_FAULTS, chromium

HTML = Path(__file__).parents[2] / "_build" / "html"
NOT_PAGES = {"genindex.html", "index.html", "prf-prf.html"}  # made by Sphinx, not by us
PAGES = sorted(
    str(path.relative_to(HTML))
    for path in HTML.rglob("*.html")
    if "_static" not in path.parts and path.name not in NOT_PAGES
)
NEXT_FRAME = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
"""Waits until the page is laid out anew, however long that takes."""

OPEN_FOLDS = "() => document.querySelectorAll('details').forEach(fold => { fold.open = true; })"

SCROLLING = """[...document.querySelectorAll("article :is(pre, mjx-container, table)")]
  .map(e => e.closest(".pst-scrollable-table-container") ?? e)
  .filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX !== "visible")"""
"""What is wider than its box: code on a phone, and nothing else."""

REACHABLE = f"() => {SCROLLING}.every(e => e.tabIndex === 0)"

CUT = """() => [...document.querySelectorAll("article pre")]
  .filter(e => e.scrollWidth > e.clientWidth + 1 || e.getBoundingClientRect().right > innerWidth)
  .map(e => `is cut: ${e.textContent.slice(0, 80)}`)"""

WIDE_FORMULAS = """least => [...document.querySelectorAll("div.math mjx-container[display=true]")]
  .map(e => [e.closest("div.math").id, Number(e.dataset.fit), e.scrollWidth - e.clientWidth, e])
  .filter(([id, fit, over]) => !(fit >= least && over <= 1))
  .map(([id, fit, over, e]) => `formula ${id || e.textContent} has room for ${fit} of it`)"""

TRIM_TEXT = """() => {
  const seen = new Set();
  for (const pre of document.querySelectorAll("article pre")) {
    const kinds = new Map([...pre.querySelectorAll("span:not(:has(*))")].map(span =>
      [span.className + pre.closest(".cell_output, .cell_input")?.className, span]));
    const fresh = [...kinds].filter(([kind]) => !seen.has(kind));
    fresh.forEach(([kind]) => seen.add(kind));
    pre.replaceChildren("x", ...fresh.map(([, span]) => span));
  }
  document.querySelectorAll("article mjx-container").forEach(e => e.replaceChildren("x"));
}"""
"""Leaves one example of each kind of code, and no insides of formulas.

Else each theme takes three times as long, and axe ten times.
"""

TRIM_FIGURES = """() =>
  document.querySelectorAll("article svg.fig").forEach(e => e.replaceChildren())"""
"""Leaves to axe no insides of drawings, which have checks of their own."""

THIN = """() => {
  const seen = new Map();
  const kind = e => e === document.body ? "" :
    `${kind(e.parentElement)}>${e.localName}.${e.className}${e.getAttribute("style") ?? ""}`;
  for (const e of [...document.querySelectorAll("body *")].reverse()) {
    if (e.children.length || e.matches("script, svg *, dialog, input")) continue;
    const key = kind(e), count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    if (count > 2) e.remove();
  }
}"""
"""Leaves two examples of each kind of text: those of one kind have one colour on one ground.

Else the contrasts of a chapter take ten times as long.
"""

AXE = """options => axe.run(document, {
    resultTypes: ["violations"], preload: false, ...options
  }).then(({violations}) => violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.html}`)))"""

COLOURS = "color-contrast", "link-in-text-block"
"""The rules of axe that depend on the theme; a few examples of each kind of text suffice them."""

pytestmark = [
    pytest.mark.skipif(not chromium(), reason="no Chromium on this machine"),
    pytest.mark.skipif(not PAGES, reason="the book is not built: make book"),
]


@pytest.fixture(scope="module")
def axe():
    return pytest.importorskip("axe_playwright_python.sync_playwright").Axe().axe_script


def wear(page, theme, width):
    """Show a page in a theme and at a width."""
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 900})
    page.wait_for_function("t => document.documentElement.dataset.theme === t", arg=theme)
    page.evaluate(NEXT_FRAME)


@pytest.mark.parametrize("name", PAGES)
def test_page_is_whole_readable_and_accessible_at_any_width_in_both_themes(
    page, complaints, axe, name
):
    def check(theme, width):
        wear(page, theme, width)
        found = page.evaluate(FIGURE_FAULTS)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append("the page is wider than the screen")
        if theme == "light":
            found += page.evaluate(WIDE_FORMULAS, 1 if width == 1280 else 0.8)
            found += page.evaluate(CUT) if width == 1280 else []
        page.wait_for_function(REACHABLE, timeout=60_000)
        complaints.extend(f"{fault} ({theme}, {width} px)" for fault in found)

    def bad(selector, fault):
        elements = f"[...document.querySelectorAll('{selector}')]"
        return page.evaluate(f"{elements}.filter(e => {fault}).map(e => e.outerHTML.slice(0, 200))")

    page.goto((HTML / name).as_uri())
    page.evaluate(OPEN_FOLDS)
    check("light", 390)
    check("light", 1280)
    complaints += bad("article img", "!e.alt.trim()") + bad("img", "!e.naturalWidth")
    complaints += bad("article svg.fig", "!e.ariaLabel") + bad("mjx-merror", "true")
    complaints += bad(".math", "!e.querySelector('mjx-container')")
    complaints += bad("[id]", "document.querySelectorAll(`[id='${CSS.escape(e.id)}']`).length > 1")

    page.evaluate(TRIM_TEXT)
    check("dark", 1280)
    check("dark", 390)
    page.evaluate(TRIM_FIGURES)
    page.evaluate(axe)
    complaints += page.evaluate(AXE, {"rules": {rule: {"enabled": False} for rule in COLOURS}})
    page.evaluate(THIN)
    for theme, width in (("dark", 390), ("light", 1280)):
        wear(page, theme, width)
        complaints += page.evaluate(AXE, {"runOnly": [*COLOURS, "region"]})
    assert not complaints, f"{name}\n" + "\n".join(complaints)
