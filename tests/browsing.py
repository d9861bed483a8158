"""A real browser for tests of pages."""

import contextlib

import pytest

from tools.look import chromium

CHROMIUM = chromium()

FLAGS = [
    "--no-sandbox",
    "--font-render-hinting=none",  # as in a Chromium with a window
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

PATIENCE = 600_000
"""Milliseconds, against what hangs; a machine that is merely busy takes its time."""


@contextlib.contextmanager
def open_browser():
    """Start Chromium, or skip the test where there is none."""
    if not CHROMIUM:
        pytest.skip("no Chromium on this machine")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS, timeout=PATIENCE)
        yield browser
        browser.close()
