"""The extensions that finish a page: inline figures, named folds, fonts, the list of pages."""

import re
from types import SimpleNamespace

import matplotlib
import nbformat
import pytest
from docutils import nodes

from tools import look, notebooks, page_figures, page_fonts, page_html

matplotlib.use("agg")

import matplotlib.pyplot as plt

from rnnlib.svg import figure_svg


@pytest.fixture
def svg():
    """A figure of two panels as it is in a notebook."""
    with plt.style.context("rnnlib.course"):
        figure, axes = plt.subplots(1, 2, figsize=(8, 3))
        for ax in axes:
            ax.plot([0, 1], [0, 1], "o-")
        yield figure_svg(figure)
        plt.close(figure)


def test_both_drawings_of_a_figure_come_onto_the_page_with_its_words(svg):
    html = page_figures.inline(svg, "f1", 'A line & a "sign"')
    assert re.findall(r'<svg class="fig (\w+)"', html) == ["wide", "narrow"]
    assert html.count('aria-label="A line &amp; a &quot;sign&quot;"') == 2
    assert 'display="none"' not in html  # the style of the page says which one is shown
    assert "xlink" not in html


def test_ids_of_figures_differ_on_one_page_and_lead_where_they_did(svg):
    html = page_figures.inline(svg, "f1", "") + page_figures.inline(svg, "f2", "")
    ids = re.findall(r' id="([^"]+)"', html)
    assert ids
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'(?:url\(#|href="#)([\w-]+)', html)) == set(ids)


def label(source="", written="Show code cell source", number=None, is_first=False):
    """What the fold of a cell is called."""
    cell = nodes.container(prompt_show=written)
    cell += nodes.literal_block(source, source)
    if number:
        cell += nodes.figure(ids=["fig-a"])
    figures = {"page": {"figure": {"fig-a": number}}}
    app = SimpleNamespace(env=SimpleNamespace(toc_fignumbers=figures))
    return page_figures.fold_label(app, "page", cell, is_first)


def test_a_fold_says_what_it_hides():
    assert label("import numpy as np", is_first=True) == "Set-up"
    assert label("plt.show()", number=(6, 2)) == "Code for figure 6.2"
    assert label('rl.demo("names")') == "Code for a notebook"
    assert label("assert x == 1\nassert all(\n    y\n)") == "Checks"
    assert label("x = 1\nassert x") == "Code"
    assert label("x = 1", written="Code for the table") == "Code for the table"


def cell(source, *tags):
    return nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)})


def test_what_is_folded_on_the_page_is_folded_in_jupyter_and_nothing_else():
    notebook = nbformat.v4.new_notebook(cells=[cell("x = 1", "hide-input"), cell("x")])
    notebook.cells[1].metadata["jupyter"] = {"source_hidden": True}
    notebooks.normalise(notebook)
    hidden = [cell.metadata.get("jupyter") for cell in notebook.cells]
    assert hidden == [{"source_hidden": True}, None]


@pytest.fixture(scope="module")
def fonts(tmp_path_factory):
    for face in page_fonts.FACES:
        pytest.importorskip(face.package.replace("-", "_"))
    pytest.importorskip("brotli")
    folder = tmp_path_factory.mktemp("fonts")
    page_fonts.write_fonts(folder, "∝")
    return folder


def test_each_font_is_named_in_the_style_and_has_its_license(fonts):
    rules = (fonts / "fonts.css").read_text("utf-8")
    files = re.findall(r'url\("([^"]+)"\)', rules)
    assert len(files) == len(page_fonts.FACES)
    assert {path.name for path in fonts.glob("*.woff2")} == set(files)
    for file in files:
        text = (fonts / file.replace(".woff2", "-LICENSE.txt")).read_text("utf-8")
        assert "Copyright" in text or "(c)" in text
    assert sum((fonts / file).stat().st_size for file in files) < 400_000


def test_the_fonts_have_all_letters_digits_and_signs_that_were_asked_for(fonts):
    ttlib = pytest.importorskip("fontTools.ttLib")
    has = {}
    for path in fonts.glob("*.woff2"):
        with ttlib.TTFont(path) as font:
            has[path.stem] = set(font.getBestCmap())
    signs = has.pop("book-signs-normal")
    assert all({*map(ord, "aZ09é")} <= found for found in has.values())
    assert {*map(ord, "∝⏎␣")} <= signs
    assert ord("α") in has["book-serif-italic"]


def test_fonts_are_made_once(fonts):
    before = {path: path.stat().st_mtime_ns for path in fonts.iterdir()}
    page_fonts.write_fonts(fonts, "∝")
    assert {path: path.stat().st_mtime_ns for path in fonts.iterdir()} == before


def test_without_the_packages_of_fonts_no_style_names_them(tmp_path, monkeypatch):
    monkeypatch.setattr(page_fonts, "find_spec", lambda name: None)
    page_fonts.write_fonts(tmp_path, "")
    assert (tmp_path / "fonts.css").read_text("utf-8") == ""


LIST = """<p class="caption" role="heading"><span class="caption-text">Part I</span></p>
<ul class="nav"><li><a class="reference" href="a.html">10. Ten &amp; more</a></li></ul>
<p class="caption" role="heading"><span class="caption-text">Solutions</span></p>
<ul class="{}nav"><li><a class="reference" href="b.html">Solutions to chapter 1</a></li></ul>
<p class="caption" role="heading"><span class="caption-text">Back matter</span></p>
<ul class="nav"><li><a class="reference" href="c.html">Notation</a></li></ul>"""


@pytest.mark.parametrize(("current", "open_"), [("", False), ("current ", True)])
def test_the_list_of_pages_has_numbers_apart_and_solutions_folded(current, open_):
    html = page_html.finish_sidebar(LIST.format(current))
    assert '<span class="n">10</span>Ten &amp; more</a>' in html
    assert html.count("<details") == 1
    (fold,) = re.findall(r"<details.*?</details>", html, re.S)
    assert ("open" in fold.split(">")[0]) == open_
    assert "Solutions to chapter 1" in fold
    assert "Notation" not in fold and "Ten" not in fold


DRAWING = '<svg class="fig wide" viewBox="0 0 300 200" style="width:300px;height:200px">{}</svg>'
FAULTS = {
    "": [],
    '<text x="20" y="50" fill="#28241f">fine</text>': [],
    '<text x="280" y="50" fill="#28241f">far too far</text>': ['"far too far" is cut'],
    '<text x="20" y="50" fill="#28241f" font-size="8">tiny</text>': ['"tiny" has 8.0 px'],
    '<text x="20" y="50" fill="#bbbbbb">pale</text>': ['"pale" has a contrast of 1.8'],
    '<text x="20" y="50" fill="#28241f">one</text><text x="22" y="52" fill="#28241f">two</text>': [
        '"two" lies on "one"'
    ],
}


def test_the_faults_of_a_drawing_are_found():
    sync_api = pytest.importorskip("playwright.sync_api")
    if not look.chromium():
        pytest.skip("no Chromium on this machine")
    with sync_api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=look.chromium(), args=["--no-sandbox"])
        page = browser.new_page()
        for inside, faults in FAULTS.items():
            figure = f'<figure id="fig-x">{DRAWING.format(inside)}</figure>'
            page.set_content(f'<body style="background:#fbf8f1;font:13px sans-serif">{figure}')
            assert page.evaluate(look.FIGURE_FAULTS) == [f"fig-x: {fault}" for fault in faults]
        browser.close()


def test_the_page_of_a_look_shows_each_figure_with_its_cell_and_caption(svg):
    drawn = cell("plt.show()")
    drawn.outputs = [nbformat.v4.new_output("display_data", {"image/svg+xml": svg})]
    drawn.metadata["mystnb"] = {"figure": {"caption": "A < B."}, "image": {"alt": "two lines"}}
    hidden = cell("plt.show()", "remove-output")
    hidden.outputs = drawn.outputs
    notebook = nbformat.v4.new_notebook(cells=[cell("x = 1"), drawn, hidden])
    html = look.page(notebook, "dark", 350)
    assert re.findall(r'<figure id="([^"]+)"', html) == ["cell-1"]
    assert "A &lt; B." in html and 'aria-label="two lines"' in html
    assert 'data-theme="dark"' in html and "width:350px" in html
