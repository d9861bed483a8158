"""A browser for the tests of built pages, which complains of errors and of requests elsewhere."""

import re

import pytest
from browsing import PATIENCE


@pytest.fixture
def complaints():
    return []


@pytest.fixture
def page(browser, complaints):
    """An empty page whose errors and requests to other hosts are complaints."""
    page = browser.new_page(viewport={"width": 390, "height": 900})
    page.set_default_timeout(PATIENCE)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)

    def refuse(route):
        complaints.append(f"asks for {route.request.url}")
        route.abort()

    page.route(re.compile("^(?!file:|data:|blob:)"), refuse)
    yield page
    page.close()
