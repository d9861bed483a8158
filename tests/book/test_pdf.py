"""The printed book: its page numbers are right, and no page cuts anything."""

import re

import pytest
import small_book
from helpers import ROOT
from pypdf import PdfReader, PdfWriter

from tools import pdf
from tools.look import chromium

BOOK = ROOT / "_build" / "naming-dinosaurs.pdf"
needs_chromium = pytest.mark.skipif(not chromium(), reason="no Chromium on this machine")
needs_book = pytest.mark.skipif(not BOOK.exists(), reason="the PDF is not there: make pdf")


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """The faults of printing two small chapters, and the PDF."""
    pytest.importorskip("playwright.sync_api")
    folder = small_book.write(tmp_path_factory.mktemp("book"))
    faults = pdf.print_book(folder / "book.pdf", folder, set(small_book.PAGES))
    return faults, PdfReader(folder / "book.pdf")


def words(page):
    return " ".join(page.extract_text().split())


def contents_numbers(reader):
    """Return the pages that the contents promise, by the last words of the title before each."""
    pages = [words(page) for page in reader.pages[:6]]
    first = next(n for n, text in enumerate(pages) if "Contents" in text)
    return re.findall(r"(\w+)\W+ (\d+)(?= |$)", pages[first])


def flat(outline, depth=0):
    for item in outline:
        if isinstance(item, list):
            yield from flat(item, depth + 1)
        else:
            yield depth, item


def outside(reader, step=1):
    """Return what is written outside of its page's box, on every page or on each `step`-th."""
    found = []
    for number in range(1, len(reader.pages) + 1, step):
        page = reader.pages[number - 1]
        width, height = page.mediabox.width, page.mediabox.height

        def note(text, cm, tm, font, size, number=number, width=width, height=height):
            x = cm[0] * tm[4] + cm[2] * tm[5] + cm[4]
            y = cm[1] * tm[4] + cm[3] * tm[5] + cm[5]
            if text.strip() and not (0 <= x <= width and 0 <= y <= height):
                found.append(f"page {number}: {text!r} at {x:.0f}, {y:.0f}")

        page.extract_text(visitor_text=note)
    return found


@needs_chromium
def test_the_contents_and_references_name_the_pages_where_chapters_begin(printed):
    faults, reader = printed
    assert faults == []
    texts = [words(page) for page in reader.pages]
    begins = {
        t: n for n, text in enumerate(texts, 1) for t in ("More is in", "Back to") if t in text
    }
    assert [int(n) for _, n in contents_numbers(reader)] == list(begins.values())
    assert f"chapter 2 (p. {begins['Back to']})" in texts[begins["More is in"] - 1]


@needs_chromium
def test_the_pdf_is_tagged_and_has_title_author_and_an_outline(printed):
    _, reader = printed
    assert (reader.metadata.title, reader.metadata.author) == (
        "Naming Dinosaurs",
        "The Naming Dinosaurs authors",
    )
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and root["/Lang"].startswith("en")
    outline = [(depth, item.title) for depth, item in flat(reader.outline)]
    assert (0, "Part I · Sequences") in outline
    assert (1, "1 What is one?") in outline and (2, "Exercises") in outline


@needs_chromium
def test_heads_and_numbers_are_on_every_page_of_a_chapter(printed):
    _, reader = printed
    texts = [words(page) for page in reader.pages]
    first = next(n for n, text in enumerate(texts) if "More is in" in text)
    head = "Part I · Sequences" if first % 2 else "1 · What is one?"
    assert head in texts[first] and re.search(rf"\b{first + 1}\b", texts[first])


@needs_chromium
def test_links_between_chapters_lead_to_their_pages(printed):
    _, reader = printed
    targets = set()
    for page in reader.pages:
        for annotation in page.get("/Annots", []):
            targets.add(annotation.get_object().get("/Dest"))
    assert {"/chapters-02_counting--second", "/chapters-01_sequences"} <= targets
    assert targets - {None} <= set(reader.named_destinations)


@needs_chromium
def test_long_code_is_wrapped_and_nothing_lies_outside_the_page(printed):
    _, reader = printed
    assert "number_39" in "".join(words(page).replace(" ", "") for page in reader.pages)
    assert outside(reader) == []


@needs_chromium
def test_text_outside_of_a_page_would_be_seen(printed):
    _, reader = printed
    narrow = PdfWriter(clone_from=reader)
    narrow.pages[4].mediabox.right = 100
    assert outside(narrow)[0].startswith("page 5: ")


@needs_chromium
def test_what_is_wider_than_the_text_is_told(tmp_path):
    wide = small_book.TWO + '<div style="width: 900px">wide</div>'
    folder = small_book.write(tmp_path, **{"chapters/02_counting": wide})
    faults = pdf.print_book(tmp_path / "book.pdf", folder, {"chapters/02_counting"})
    assert faults and all("is too wide: wide" in fault for fault in faults)


@needs_book
def test_every_chapter_of_the_book_begins_where_its_contents_say():
    reader = PdfReader(BOOK)
    chapters = [
        (item.title, reader.get_destination_page_number(item) + 1)
        for _, item in flat(reader.outline)
        if re.match(r"\d+ ", item.title)
    ]
    promised = {int(n) for _, n in contents_numbers(reader)}
    assert len(chapters) >= 21
    for title, page in chapters:
        number, question = title.split(" ", 1)
        text = re.sub(r"\s", "", reader.pages[page - 1].extract_text())
        assert number in text and re.sub(r"\s", "", question)[:20] in text, title
        assert page in promised, title


@needs_book
def test_no_text_of_the_book_lies_outside_its_page():
    # All pages take minutes; the print itself tells of anything too wide.
    assert outside(PdfReader(BOOK), step=10) == []
    assert BOOK.stat().st_size < 40e6
