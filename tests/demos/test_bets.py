"""Bets are paid as chapter 11 pays them, and the others' surprise is theirs."""

import numpy as np
import pytest
from helpers import experiment
from hypothesis import given
from hypothesis import strategies as st
from scripts import Script, demo_data

import rnnlib as rl

DATA = demo_data("bets")
NAMES = DATA["names"].split()
SYMBOLS = "abcdefghijklmnopqrstuvwxyz."


@pytest.fixture(scope="module")
def js():
    return Script("bets")


def chapter_bet(chips):
    """Probabilities by the formula of the house: chips count nine tenths, the rest is even."""
    return np.array([0.9 * chips.count(s) / len(chips) + 0.1 / 27 for s in SYMBOLS])


@given(st.text("aeiours.", min_size=1, max_size=20))
def test_a_bet_is_that_of_the_formula(js, chips):
    found = js.call("bet", chips)
    np.testing.assert_allclose(found, chapter_bet(chips), atol=1e-12)
    assert sum(found) == pytest.approx(1)


def test_a_bet_on_nothing_is_even_and_what_is_no_symbol_does_not_count(js):
    np.testing.assert_allclose(js.call("bet", ""), 1 / 27)
    assert js.call("bet", "A, a-r!") == js.call("bet", "aar")
    assert js.call("surprise", "aar", "a") == pytest.approx(-np.log(0.6 + 0.1 / 27))


def test_the_names_are_those_that_nobody_trained_on_without_the_one_that_the_chapter_shows():
    _, _, (_, *unseen) = rl.split(rl.dinosaur_names())
    assert unseen == NAMES


def test_the_counter_is_that_of_the_chapter():
    known = rl.split(rl.dinosaur_names())[0]
    rows = rl.KneserNey(8, 0.95).fit(known).symbol_probabilities(NAMES)
    for mine, p in zip(DATA["counter"], rows, strict=True):
        np.testing.assert_allclose(mine, -np.log(p), atol=6e-5)


def test_the_network_is_that_of_the_names_demo():
    network = experiment("demo_weights").unpack_network(demo_data("names"))
    vocab = rl.Vocabulary(demo_data("names")["symbols"])
    for name, nats in list(zip(NAMES, DATA["network"], strict=True))[::20]:
        assert len(nats) == len(name) + 1
        score = rl.evaluate(network, rl.padded_batches(vocab, [name], 1))
        assert np.mean(nats) == pytest.approx(score, abs=1e-4)


def scores(page):
    return [row.split("\t")[1:] for row in page.locator(".bets-scores tbody tr").all_inner_texts()]


def test_a_whole_name_is_bet_on_by_keyboard(open_demo):
    page = open_demo("bets")
    box, name = page.get_by_label("Your chips"), NAMES[0] + "."
    mine = []
    box.focus()
    for i, symbol in enumerate(name):
        chips = ["aei", symbol, f"{symbol}{symbol}x"][i % 3]
        page.keyboard.type(chips)
        page.keyboard.press("Enter" if i % 2 else "Space")
        mine.append(-np.log(chapter_bet(chips)[SYMBOLS.index(symbol)]))
    expected = [f"{np.mean(v):.2f}" for v in (mine, DATA["counter"][0], DATA["network"][0])]
    assert scores(page) == [[mean, mean] for mean in expected]
    assert NAMES[0] in page.locator(".bets-name").inner_text()
    page.wait_for_function("""document.querySelector('.demo [role=status]').textContent
        .startsWith('The name ends. You ')""")
    page.keyboard.press("Enter")  # on to the next
    assert "Name 2 of 136" in page.locator(".bets-name").inner_text()
    assert [row[0] for row in scores(page)] == ["–"] * 3


def test_a_name_that_one_knows_does_not_count(open_demo):
    page = open_demo("bets", width=390)
    page.get_by_label("Your chips").fill(2 * NAMES[0][0])
    page.get_by_role("button", name="Place the bet").click()
    assert scores(page)[0] == [f"{-np.log(0.9 + 0.1 / 27):.2f}", "–"]
    page.get_by_role("button", name="I know this name").click()
    assert "Name 2 of 136" in page.locator(".bets-name").inner_text()
    assert "(0)" in page.locator(".bets-scores thead").inner_text()
