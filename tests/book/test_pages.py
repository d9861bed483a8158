"""Every built page in a real browser, opened as a file: what a reader without a network sees."""

import shutil
from pathlib import Path

import pytest

HTML = Path(__file__).parents[2] / "_build" / "html"
NOT_PAGES = {"genindex.html", "index.html", "prf-prf.html"}  # made by Sphinx, not by us
PAGES = sorted(
    str(path.relative_to(HTML))
    for path in HTML.rglob("*.html")
    if "_static" not in path.parts and path.name not in NOT_PAGES
)
BROWSERS = "chromium", "chromium-browser", "google-chrome"
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

PATIENCE = 600_000
"""Milliseconds, against what hangs; a machine that is merely busy takes its time."""

NEXT_FRAME = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
"""Waits until the page is laid out anew, however long that takes."""

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium on this machine"),
    pytest.mark.skipif(not PAGES, reason="the book is not built: make book"),
]


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS, timeout=PATIENCE)
        yield browser
        browser.close()


@pytest.mark.parametrize("name", PAGES)
def test_page_is_whole_without_a_network_at_any_width_in_both_themes(browser, name):
    complaints = []
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)

    def refuse(route):
        complaints.append(f"asks for {route.request.url}")
        route.abort()

    page.route(lambda url: not url.startswith(("file:", "data:", "blob:")), refuse)
    page.goto((HTML / name).as_uri())
    page.evaluate("window.MathJax?.startup?.promise")

    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            page.wait_for_function("t => document.documentElement.dataset.theme === t", arg=theme)
            page.evaluate(NEXT_FRAME)
            assert page.evaluate("document.documentElement.scrollWidth") <= width

    def bad(selector, fault):
        elements = f"[...document.querySelectorAll('{selector}')]"
        return page.evaluate(f"{elements}.filter(e => {fault}).map(e => e.outerHTML)")

    assert complaints == []
    assert bad("article img", "!e.alt.trim()") == []
    assert bad("img", "!e.naturalWidth") == []
    assert bad(".math", "!e.querySelector('mjx-container')") == []
    assert bad("mjx-merror", "true") == []
    page.close()
