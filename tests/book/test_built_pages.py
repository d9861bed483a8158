"""Articles of built pages for paper and e-readers: open, whole, and with nothing to click."""

import pytest
import small_book

from tools.built_pages import INSTEAD_OF_DEMO, Article, parts, read_article

NAME = "chapters/01_sequences"


@pytest.fixture
def article(tmp_path):
    return read_article(NAME, small_book.write(tmp_path))


def test_a_chapter_knows_its_number_title_and_sections(article):
    assert (article.number, article.title) == ("1", "What is one?")
    assert article.sections()[-1] == ("answers", "Answers")


def test_nothing_is_folded_and_nothing_can_be_clicked(article):
    html = article.html()
    for gone in ("<details", "<summary", "<button", "headerlink", "for a phone"):
        assert gone not in html
    assert INSTEAD_OF_DEMO in html and "rl.demo" not in html
    assert small_book.LONG_LINE in html


def test_a_figure_comes_before_its_code_and_keeps_its_spelling(article):
    html = article.html()
    assert html.index("It falls.") < html.index("Code for figure 1.1")
    assert "<clipPath" in html and "viewBox" in html


def test_answers_are_at_the_end_of_the_chapter_with_their_numbers(article):
    html = article.html()
    answers = html[html.index('<section class="answers"') :]
    assert "<p><strong>1.</strong> Because of 1.</p>" in answers
    assert html.index("Why?") < html.index("Exercise 1.1") < html.index("Because of 1.")


def test_links_lead_to_pages_that_are_there_and_others_become_words(article):
    article.join_links({NAME, "chapters/02_counting"}, lambda page, anchor: f"#{page}+{anchor}")
    links = {link.text_content(): link.get("href") for link in article.root.iter("a")}
    assert links == {
        "chapter 2": "#chapters/02_counting+second",
        "answers": "#chapters/01_sequences+answers",
    }
    assert "the package" in article.root.text_content()
    assert "Solution" not in article.root.text_content()


def test_the_introduction_to_a_part_is_taken_out_and_has_no_links(article):
    assert article.introduction() == "<p>Counts and states.</p>"
    assert "Counts and" not in article.html()


def test_ids_of_a_page_and_of_its_drawings_are_renamed_together(article):
    article.rename_ids(lambda name: f"one-{name}")
    html = article.html()
    assert 'id="one-f1-w-p1"' in html and "url(#one-f1-w-p1)" in html
    assert 'id="one-fig-one"' in html


def test_a_page_without_an_article_is_an_error():
    with pytest.raises(ValueError, match="no section in the article of chapters/x"):
        Article("chapters/x", "<html><body></body></html>")


def test_the_package_is_left_out_and_solutions_only_taken_when_asked_for():
    captions = {
        "Part I · One": ["chapters/01_one"],
        "The package": ["reference/nn"],
        "Solutions": ["solutions/01_one"],
        "Back matter": ["reference/ledger", "notation"],
    }
    toc = {
        "parts": [
            {"caption": caption, "chapters": [{"file": page} for page in pages]}
            for caption, pages in captions.items()
        ]
    }
    assert [part.title for part in parts(toc)] == ["Part I · One", "Back matter"]
    assert "Solutions" in [part.title for part in parts(toc, solutions=True)]
