"""Fixtures of the demos' tests: a browser, and pages whose complaints fail the test."""

import pytest
from browsing import PATIENCE
from pages import write_page


@pytest.fixture(scope="module")
def axe():
    """The script that looks for what keeps people out."""
    return pytest.importorskip("axe_playwright_python.sync_playwright").Axe().axe_script


@pytest.fixture
def open_demo(browser, tmp_path):
    """Open a page with a demo, mounted; errors and requests to other hosts fail the test."""
    complaints, contexts = [], []

    def open_demo(name, theme="light", width=1280, **options):
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        page.on(
            "request",
            lambda r: None if r.url.startswith("file:") else complaints.append(f"asks for {r.url}"),
        )
        page.goto(write_page(tmp_path, name, theme))
        if options.get("java_script_enabled", True):
            page.wait_for_selector(".demo-on")
        return page

    yield open_demo
    for context in contexts:
        context.close()
    assert not complaints
