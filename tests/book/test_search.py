"""Searching and asking for terms in the built book, opened as a file, by keyboard and by touch."""

from pathlib import Path

import pytest

from tools.look import chromium

HTML = Path(__file__).parents[2] / "_build" / "html"
FOUND = """() => Object.fromEntries([...document.querySelectorAll(".found section")].map(section =>
  [section.ariaLabel, [...section.querySelectorAll("a")].map(a => [a.textContent, a.href])]))"""

pytestmark = [
    pytest.mark.skipif(not chromium(), reason="no Chromium on this machine"),
    pytest.mark.skipif(
        not (HTML / "search.html").exists(), reason="the book is not built: make book"
    ),
]


def search(page, words):
    """Return what the page of results has for some words, by its kind."""
    page.goto(f"{(HTML / 'search.html').as_uri()}?q={words}")
    page.wait_for_selector(".found-count:not(:empty)")
    return page.evaluate(FOUND)


def test_a_search_finds_pages_headings_terms_and_functions(page, complaints):
    found = search(page, "beam search")
    assert found["Terms"][0][0] == "beam search"
    assert [text for text, _ in found["rnnlib"]][:1] == ["rl.beam_search"]
    assert any("#" in href for _, href in found["Pages"]) or len(found["Pages"]) > 3
    assert any("09_sampling" in href for _, href in found["Pages"])
    assert not complaints


def test_a_heading_that_is_found_leads_to_its_place(page, complaints):
    headings = [href for text, href in search(page, "six bugs")["Pages"] if text == "Six bugs"]
    assert len(headings) == 1
    page.goto(headings[0])
    assert page.evaluate("document.querySelector(location.hash + ' h2').textContent[0]") == "S"
    assert page.evaluate("document.querySelector(location.hash).getBoundingClientRect().top") < 200
    assert not complaints


def test_a_page_is_found_by_a_word_in_the_middle_of_it_and_in_another_form(page, complaints):
    assert any("09_sampling" in href for _, href in search(page, "monkeys typewriters")["Pages"])
    assert not complaints


def test_what_is_not_there_is_not_found_and_said(page, complaints):
    assert search(page, "xyzzyx") == {}
    assert page.text_content(".search-page .found-count") == "Nothing found."
    assert not complaints


def test_search_opens_over_any_page_and_works_by_keyboard(page, complaints):
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto((HTML / "chapters" / "06_bptt.html").as_uri())
    page.keyboard.press("Control+k")
    page.keyboard.type("half-life")
    page.wait_for_selector("#pst-search-dialog .found a")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent") == "half-life"
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.localName") == "input"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/glossary.html#term-half-life")
    assert not complaints


def card(page):
    return page.evaluate(
        "(c => c.hidden ? '' : c.textContent)(document.getElementById('ref-card'))"
    )


def test_the_card_of_a_term_opens_on_focus_and_on_hover_and_closes(page, complaints):
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto((HTML / "chapters" / "06_bptt.html").as_uri())
    term = page.locator("a.term", has_text="central differences")
    for ask, leave in (
        (term.focus, lambda: page.keyboard.press("Escape")),
        (term.hover, lambda: page.mouse.move(2, 2)),
    ):
        assert card(page) == ""
        ask()
        assert card(page).startswith("The slope between a step up and the same step down")
        assert card(page).endswith("Introduced in chapter 1.")
        leave()
    assert card(page) == ""
    assert not complaints


def test_the_first_tap_on_a_term_opens_its_card_and_the_second_its_entry(browser):
    context = browser.new_context(has_touch=True, viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto((HTML / "chapters" / "06_bptt.html").as_uri())
    term = page.locator("a.term", has_text="central differences")
    term.tap()
    assert card(page).startswith("The slope")
    assert page.url.endswith("06_bptt.html")
    term.tap()
    page.wait_for_url("**/glossary.html#term-central-difference")
    context.close()


def test_a_source_leads_back_to_the_chapters_that_cite_it(page, complaints):
    page.goto((HTML / "bibliography.html").as_uri())
    entry = page.locator(".citation", has_text="Finding structure in time")
    href = entry.locator(".cited-in a").first.evaluate("a => a.href")
    page.goto(href)
    assert "Elman" in page.evaluate("document.querySelector(location.hash).textContent")
    assert not complaints
