"""Live Python in a real browser, on pages of the built book opened as files.

They need what `make live` adds to the book, as `make unit` does before them.
"""

import base64
import gzip
import re
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import pytest
from browsing import CHROMIUM
from live_pages import STATE, Live
from test_pages import AXE

from tools.live_session import Session, plan
from tools.page_live import VERSION

ROOT = Path(__file__).parents[2]
HTML = ROOT / "_build" / "html"
RUNTIME = HTML / "_static" / "live" / "python_stdlib.zip.js"
HOST = "https://cdn.jsdelivr.net/"

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium on this machine"),
    pytest.mark.skipif(not RUNTIME.is_file(), reason="no Python next to the book: make live"),
]


@pytest.fixture
def open_page(browser):
    opened = []

    def open_page(name):
        opened.append(Live(browser, (HTML / name).as_uri()))
        return opened[-1]

    yield open_page
    for one in opened:
        one.context.close()


@pytest.fixture(scope="module")
def shared(browser):
    """Chapter 4 with all its cells live."""
    one = Live(browser, (HTML / "chapters" / "04_cell.html").as_uri())
    one.page.get_by_role("button", name="Make this page live").click()
    one.page.wait_for_selector(".live-line[data-ready]")
    yield one
    assert not one.complaints
    assert not one.outside()
    one.context.close()


@pytest.fixture
def chapter(shared):
    """Chapter 4, whose Python the tests share; what they edit is put back."""
    yield shared
    shared.page.evaluate(
        """() => document.querySelectorAll(".live-tools button:not([hidden])").forEach(button =>
             button.textContent === "Reset" && button.click())"""
    )


def stored(chapter):
    """The code cells of a chapter that its page shows."""
    notebook = nbformat.read(ROOT / "chapters" / f"{chapter}.ipynb", 4)
    return [
        cell
        for cell in notebook.cells
        if cell.cell_type == "code" and "remove-cell" not in cell.metadata.get("tags", [])
    ]


def test_a_page_asks_for_nothing_of_python_before_a_click(open_page):
    page = open_page("chapters/04_cell.html")
    page.page.wait_for_load_state("load")
    assert page.page.locator(".live-tools").count() == 4
    assert not [url for url in page.asked if "_static/live/" in url or "worker" in url]
    assert not page.outside()
    assert not page.complaints


def test_a_front_page_without_cells_has_no_script_for_them():
    assert "live.js" not in (HTML / "intro.html").read_text(encoding="utf-8")


def test_the_code_on_a_page_is_that_of_its_notebook(chapter):
    codes = chapter.page.evaluate(
        """() => [...document.querySelectorAll("div.cell.live .cell_input pre")]
             .map(pre => pre.textContent.replace(/\\n$/, ""))"""
    )
    sources = [cell.source.strip("\n") for cell in stored("04_cell")]
    assert set(codes) <= set(sources)
    assert len(codes) >= len(sources) - 1  # a demo's cell is none


def test_chapter_4_runs_whole_and_says_what_is_stored(chapter):
    chapter.page.get_by_role("button", name="Run all cells").click()
    last = chapter.page.locator(".live-tools").count()
    chapter.finished(last)
    states = [chapter.state(number) for number in range(1, last + 1)]
    assert [s["state"] for s in states] == ["done"] * last, [s["output"][-300:] for s in states]
    compared = 0
    for cell in stored("04_cell"):
        words = "".join(o.text for o in cell.outputs if o.output_type == "stream")
        if not words or "nbval-ignore-output" in cell.metadata.get("tags", []):
            continue
        number = chapter.cell(cell.source[:200])
        assert words.strip() in chapter.state(number)["output"]
        compared += 1
    assert compared > 10
    drawn = chapter.page.locator(".live-output svg.fig.wide").count()
    kept = sum("image/svg+xml" in o.get("data", {}) for c in stored("04_cell") for o in c.outputs)
    assert drawn >= kept - 1
    ids = chapter.page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))


def test_variables_last_until_python_is_restarted_and_edits_beyond(chapter):
    number = chapter.cell("def latch")
    assert chapter.run(number, "mine = 40\nmine + 2")["output"] == "42"
    other = chapter.cell("def crossings")
    assert chapter.run(other, "mine")["output"] == "40"
    chapter.page.get_by_role("button", name="Restart Python").click()
    chapter.edit(number, "pass")
    said = chapter.run(other)
    assert "NameError" in said["output"]
    assert said["state"] == "failed"
    assert chapter.area(other).input_value() == "mine"


def test_cells_above_run_first_as_they_were_edited_and_the_page_says_so(chapter):
    chapter.page.get_by_role("button", name="Restart Python").click()
    above, below = chapter.cell("def linear"), chapter.cell("def balanced")
    source = chapter.page.locator(f"div.cell:has(#live-cell-{above}) .cell_input pre")
    chapter.edit(above, source.text_content() + "\nedited = 7")
    chapter.page.evaluate(
        """() => { window.said = []; new MutationObserver(() =>
             said.push(document.querySelector(".live-words").textContent))
             .observe(document.querySelector(".live-words"), { childList: true }); }"""
    )
    assert chapter.run(below, "edited")["output"] == "7"
    said = " ".join(chapter.page.evaluate("said"))
    assert re.search(rf"running {below - 1} cells above first", said), said


def test_an_error_names_the_line_and_leaves_what_was_printed(chapter):
    number = chapter.cell("def latch")
    said = chapter.run(number, "print('before')\nlatch('s')\n1 / 0")
    assert said["state"] == "failed"
    assert "before" in said["output"]
    assert "ZeroDivisionError" in said["output"] or "NameError" in said["output"]
    assert "line " in said["output"]


def test_an_endless_cell_is_interrupted_and_its_variables_are_there(chapter):
    number = chapter.cell("def latch")
    chapter.edit(number, "count = 0\nwhile True:\n    count += 1")
    chapter.press(number)
    chapter.page.wait_for_function(f"n => ({STATE})(n).status === 'running'", arg=number)
    chapter.press(number, "Stop")
    assert chapter.finished(number)["state"] == "interrupted"
    assert chapter.run(number, "count > 0")["output"] == "True"


def test_a_training_run_that_is_stopped_returns_its_history(chapter):
    number = chapter.cell("def latch")
    chapter.edit(
        number,
        "import numpy as np, rnnlib as rl\nnames = rl.dinosaur_names()[:64]\n"
        "vocab, rng = rl.Vocabulary.from_text(names), np.random.default_rng(0)\n"
        "model = rl.LanguageModel(len(vocab), 8, rng=rng)\n"
        "batches = rl.padded_batches(vocab, names, 32, rng)\n"
        "history = rl.fit(model, batches, rl.Adam(), epochs=10**6)\nhistory.stopped",
    )
    chapter.press(number)
    chapter.page.wait_for_function(f"n => /epoch/.test(({STATE})(n).status)", arg=number)
    chapter.press(number, "Stop")
    said = chapter.finished(number)
    assert said["state"] == "done"
    assert "interrupted" in said["output"]


def test_python_that_does_not_listen_is_stopped_and_says_so(chapter):
    number = chapter.cell("def latch")
    deaf = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"
    chapter.edit(number, deaf)
    chapter.press(number)
    chapter.page.wait_for_function(f"n => ({STATE})(n).status === 'running'", arg=number)
    chapter.press(number, "Stop")
    chapter.finished(number)
    words = chapter.page.locator(".live-words").text_content()
    assert "its variables are gone, your code is kept" in words
    assert chapter.run(number, "'again'")["output"] == "'again'"


def test_the_keyboard_is_enough(chapter):
    page, number = chapter.page, chapter.cell("def latch")
    buttons = chapter.tools(number).get_by_role("button")
    buttons.first.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # Edit
    page.keyboard.press("Control+A")
    page.keyboard.type("for i in range(2):\nprint(i)")  # Enter indents
    assert chapter.area(number).input_value() == "for i in range(2):\n    print(i)"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.textContent") == "Run"
    page.keyboard.press("Shift+Tab")  # the button that copies
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.localName") == "textarea"
    page.keyboard.press("Control+End")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("print('in')")
    assert chapter.area(number).input_value().endswith("\n        print('in')")
    page.keyboard.press("Control+Z")
    page.keyboard.press("Control+A")
    page.keyboard.type("6 * 7")
    page.keyboard.press("Shift+Enter")
    assert chapter.finished(number)["output"] == "42"


def test_live_cells_are_accessible(chapter):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe().axe_script
    number = chapter.cell("def latch")
    chapter.run(number, "print('a')\nimport sys; print('b', file=sys.stderr)\n1 / 0")
    page = chapter.page
    page.evaluate(
        """n => { const box = document.getElementById(`live-cell-${n}`).closest("div.cell");
                  const line = document.querySelector(".live-line");
                  document.querySelector("article").replaceChildren(line, box); }""",
        number,
    )
    page.evaluate(axe)
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme)
        page.wait_for_function("t => document.documentElement.dataset.theme === t", arg=theme)
        assert page.evaluate(AXE.replace("document", "document.querySelector('article')"), {}) == []


def test_edits_outlast_the_page_and_reset_brings_the_original_back(open_page):
    page = open_page("chapters/04_cell.html")
    number = page.cell("def latch")
    page.edit(number, "1 + 1  # mine")
    page.page.reload()
    assert page.area(number).input_value() == "1 + 1  # mine"
    page.press(number, "Reset")
    code = page.page.locator(f"div.cell:has(#live-cell-{number}) .cell_input pre")
    assert code.text_content().startswith("def latch")
    page.page.reload()
    assert not page.area(number).count()


@plt.rc_context()  # the chapter sets the style of its figures
def test_chapter_10_trains_in_the_page_to_the_loss_that_it_has_outside(open_page):
    cells = stored("10_dinosaurs")
    sources = [cell.source for cell in cells]
    (place,) = (i for i, s in enumerate(sources) if "epochs=35" in s)
    edited = sources[place].replace("epochs=35", "epochs=2")
    edited += '\nprint(*(f"{nats:.9f}" for nats in history.train_loss + history.validation_loss))'
    page = open_page("chapters/10_dinosaurs.html")
    here = page.run(page.cell("epochs=35"), edited)
    assert here["state"] == "done", here

    printed = []
    session = Session(lambda kind, text: printed.append(text) if kind == "stdout" else None)
    session.variables = {"__name__": "__main__"}
    parts = [
        {"source": s, "done": False, "long": "live-skip" in c.metadata.get("tags", [])}
        for s, c in zip(sources, cells, strict=True)
    ]
    parts[place]["source"] = edited
    for i in plan(parts[: place + 1])[1]:
        session.run(sources[i])
    printed.clear()
    assert session.run(edited) == "done"
    numbers = r"\d\.\d{9}"
    there = [float(x) for x in re.findall(numbers, "".join(printed))]
    assert len(there) == 4
    assert [float(x) for x in re.findall(numbers, here["output"])] == pytest.approx(there, rel=1e-5)


def official(name):
    """The content of a file of Pyodide, out of the script that holds it."""
    text = (RUNTIME.parent / f"{name}.js").read_text(encoding="ascii")
    zipped, packed = re.fullmatch(r'Live\.file\("[^"]+", (true|false), "(.*)"\);\n', text).groups()
    content = base64.b64decode(packed)
    return gzip.decompress(content) if zipped == "true" else content


def test_without_python_next_to_the_book_the_page_offers_a_public_address(browser):
    page = Live(browser, (HTML / "chapters" / "04_cell.html").as_uri())
    page.page.evaluate("version => { Live.runtime = { version, files: null }; }", VERSION)

    def answer(route):
        name = route.request.url.split("/")[-1]
        headers = {"Access-Control-Allow-Origin": "*", "Content-Type": "application/octet-stream"}
        headers["Content-Type"] = {"js": "text/javascript", "wasm": "application/wasm"}.get(
            name.split(".")[-1], headers["Content-Type"]
        )
        route.fulfill(body=official(name), headers=headers)

    page.context.route(f"{HOST}**", answer)
    number = page.cell("def latch")
    page.edit(number, "import numpy\nnumpy.arange(3).sum() + 39")
    page.press(number)
    offer = page.page.locator(".live-offer")
    offer.wait_for()
    assert "10 MB" in offer.text_content()
    assert "asks another host" in offer.text_content()
    assert not page.outside()
    offer.get_by_role("button").click()
    said = page.finished(number)
    assert "42" in said["output"], (said, page.complaints)
    assert page.outside()
    assert all(url.startswith(f"{HOST}pyodide/v{VERSION}/full/") for url in page.outside())
    page.context.close()
