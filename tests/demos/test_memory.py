"""The unit that remembers an s is rnnlib's cell, and rests where mathematics says."""

import numpy as np
import pytest
from scripts import Script, demo_data

import rnnlib as rl

NAMES = demo_data("memory")["names"].split()
VOCAB = rl.Vocabulary.from_text(rl.dinosaur_names())
WEIGHTS = [(6, 3, -1), (6, 0.9, -0.1), (6, -3, 0), (-2.5, 1.3, 0.4)]


@pytest.fixture(scope="module")
def js():
    return Script("memory")


def values(word, u, w, b):
    """The unit after each letter, by rnnlib."""
    layer = rl.Recurrent(rl.RNNCell(), 27, 1, np.random.default_rng(0), dtype=np.float64)
    layer.params["W_xh"][...] = 0
    layer.params["W_xh"][VOCAB.encode("s")] = u
    layer.params["W_hh"][...], layer.params["b_h"][...] = w, b
    return layer.forward(VOCAB.encode(word)[:, None])[0][:, 0, 0]


@pytest.mark.parametrize("weights", WEIGHTS)
def test_the_unit_is_that_of_rnnlib(js, weights):
    for word in ("hypsilophodon", "s", "diplodocus"):
        np.testing.assert_allclose(
            js.call("trace", word, weights), values(word, *weights), atol=1e-5
        )


def test_all_names_are_read(js):
    assert rl.dinosaur_names() == NAMES


@pytest.mark.parametrize("weights", WEIGHTS)
def test_names_are_counted_right_at_their_ends_and_forty_letters_later(js, weights):
    names = NAMES[::29]
    ends = [(values(name + "a" * 40, *weights)[[len(name) - 1, -1]], "s" in name) for name in names]
    expected = [sum(h[k] > 0 if has else h[k] < 0 for h, has in ends) for k in (0, 1)]
    assert js.call("score", names, weights) == expected


IN_CHAPTER_4 = {
    (6, 3, -1): [1372, 1372],
    (6, 0.9, -0.1): [1311, 375],
    (6, 3, 0): [997, 997],
    (4, 3, -1): [1304, 540],
}


@pytest.mark.parametrize("weights", IN_CHAPTER_4)
def test_a_reader_who_tries_what_chapter_4_says_sees_it(js, weights):
    assert js.call("score", NAMES, weights) == IN_CHAPTER_4[weights]


def test_without_a_bias_right_are_the_names_with_an_s_and_faded_those_without():
    assert sum("s" in name for name in NAMES) == 997 == 1372 - 375


@pytest.mark.parametrize(("w", "b"), [(3, -1), (0.9, -0.1), (1, 0.4), (4, 0), (-3, 0), (-0.5, 0.2)])
def test_the_places_to_rest_are_the_zeros_of_tanh_minus_h(js, w, b):
    found = js.call("rests", (6, w, b))
    h = np.linspace(-1, 1, 1_000_001)
    above = np.tanh(w * h + b) > h
    crossings = h[:-1][above[1:] != above[:-1]]
    np.testing.assert_allclose([place["h"] for place in found], crossings, atol=1e-5)
    for place in found:  # a small deviation dies out, or it grows
        a = place["h"] + 1e-4
        for _ in range(3):
            a = np.tanh(w * a + b)
        assert place["stable"] == (abs(a - place["h"]) < 1e-4)


def test_a_unit_is_set_by_keyboard_and_followed_letter_by_letter(open_demo):
    page = open_demo("memory")
    page.get_by_label("Fading").focus()
    page.keyboard.press("Space")
    page.get_by_label("A word to read").fill("Hypsilophodon")
    expected = values("hypsilophodon", 6, 0.9, -0.1)
    drawn = page.locator(".memory-path").get_attribute("aria-label").split(": ")[1].split(", ")
    assert drawn == [
        f"{letter} {h:.2f}".replace("-", "−")
        for letter, h in zip("hypsilophodon", expected, strict=True)
    ]
    assert "It says there was none: wrong." in page.locator(".memory-verdict").inner_text()
    page.get_by_label("Letters read").focus()
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    assert "After “hypsiloph”" in page.locator(".memory-verdict").inner_text()
    assert "It says there was an s: right." in page.locator(".memory-verdict").inner_text()


def test_a_unit_is_set_by_mouse_and_counts_the_names(open_demo):
    page = open_demo("memory", width=390)
    page.get_by_label("Latch").click()
    assert "1,372 of 1,372 names" in page.locator(".memory-verdict").inner_text()
    page.get_by_label("b, always").focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    with_s = sum("s" in name for name in NAMES)
    assert f"{with_s:,} of 1,372 names" in page.locator(".memory-verdict").inner_text()
    assert page.get_by_label("Your own").is_checked()
