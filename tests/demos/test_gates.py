"""Gates along a line: the demo's numbers are those of rnnlib, and of chapter 13's cells."""

import re

import numpy as np
import pytest
from helpers import experiment
from scripts import Script, demo_data, unpack

import rnnlib as rl
from rnnlib.functional import softmax

one_number = experiment("one_number")
weights = experiment("demo_weights")
VOCAB, ROUND, SQUARE = one_number.VOCAB, one_number.ROUND, one_number.SQUARE


@pytest.fixture(scope="module")
def js():
    return Script("gates")


def along(js, packed, ids, edit=None):
    """Return what the demo computes for a line: a list of dicts."""
    code = "Demos.all.gates.along(Demos.network(packed), ids, edit)"
    return js.run(code, packed=packed, ids=[int(i) for i in ids], edit=edit)


def halved(model):
    """Round a model's weights as the page has them."""
    for w in model.params.values():
        w[...] = w.astype(np.float16)
    return model


def load(packed):
    """Return a model with the weights of the demo, each read by NumPy alone."""
    H, V = packed["hidden"], len(unpack(packed["b_y"]))
    model = rl.LanguageModel(V, H, "lstm", rng=np.random.default_rng(0), dtype=np.float64)
    for name, w in model.params.items():
        w[...] = unpack(packed[name.split(".")[1]]).reshape(w.shape)
    return model


def chapter_gates(network, ids):
    """i, f, g, o, c and h, each (T, H): `gates_along` of the chapter."""
    layer = network.recurrent.layers[0]
    xs = network.embedding.forward(ids)[0] if network.embedding else ids
    _, _, cache = layer.forward(xs)
    found = {k: np.array([getattr(s, k)[0] for s in cache.steps]) for k in "ifgo"}
    c, cs = 0.0, []
    for i, f, g in zip(*(found[k] for k in "ifg"), strict=True):
        c = f * c + i * g
        cs.append(c)
    return found | {"c": np.array(cs), "h": found["o"] * np.tanh(cs)}


def chapter_closers(model, before, after, unit, factor):
    """Probabilities of all symbols after a line; edit between its parts: `closers`."""
    _, ((h, c),), _ = model.forward(VOCAB.encode("\n" + before)[:, None])
    c = c.copy()
    c[:, unit] *= factor
    logits, _, _ = model.forward(VOCAB.encode(after)[:, None], ((h, c),))
    return softmax(logits[-1, 0])


def test_gates_and_memory_along_random_lines_are_the_chapters(js, rng):
    model = rl.LanguageModel(10, 7, "lstm", rng=rng, dtype=np.float64)
    for w in model.params.values():
        w[...] = 2 * rng.normal(size=w.shape)
    packed = weights.pack_network(halved(model))
    for length in (1, 2, 9):
        ids = rng.integers(0, 10, length)
        found = along(js, packed, ids)
        for key, values in chapter_gates(model, ids[:, None]).items():
            np.testing.assert_allclose([step[key] for step in found], values, atol=1e-5)
        logits, _, _ = model.forward(ids[:, None])
        np.testing.assert_allclose([s["p"] for s in found], softmax(logits[:, 0]), atol=1e-5)


def test_an_edit_gives_the_chapters_closers_wherever_it_is_made(js, rng):
    task = demo_data("gates")["brackets"]
    model = load(task["network"])
    for line in one_number.bracket_lines(6, rng, 2, 12):
        at = int(rng.integers(1, len(line)))  # letters before the edit
        unit, factor = int(rng.integers(32)), float(rng.uniform(-2, 2))
        edit = dict(at=at, unit=unit, factor=factor)
        found = along(js, task["network"], VOCAB.encode("\n" + line), edit)[-1]["p"]
        expected = chapter_closers(model, line[:at], line[at:], unit, factor)
        np.testing.assert_allclose(found, expected, atol=1e-5)
        everywhere = along(js, task["network"], VOCAB.encode("\n" + line), edit | dict(unit=None))
        expected = chapter_closers(model, line[:at], line[at:], slice(None), factor)
        np.testing.assert_allclose(everywhere[-1]["p"], expected, atol=1e-5)


def test_the_demos_unit_turns_the_brackets_and_no_other_does():
    task = demo_data("gates")["brackets"]
    model = load(task["network"])
    first, second, needed = one_number.edits(model)
    assert first == 1 and second == 0 and needed == 1
    assert weights.bracket_unit(model) == task["unit"]


def test_what_the_chapter_says_to_try_is_so():
    task = demo_data("gates")["brackets"]
    model, unit = load(task["network"]), task["unit"]

    def closers(before, after, factor, which=unit):
        return chapter_closers(model, before, after, which, factor)[[ROUND, SQUARE]]

    def prefers_square(*arguments):
        a, b = closers(*arguments)
        return b > 2 * a

    before, after = "ab(cadee", "cdabe"
    np.testing.assert_allclose(closers(before, after, 1), [0.77, 0.01], atol=0.005)
    np.testing.assert_allclose(closers(before, after, -1), [0.08, 0.54], atol=0.005)
    assert prefers_square(before, after, -0.5)
    assert not prefers_square(before, after, -0.3)
    assert not prefers_square("ab(", "cadeecdabe", -1)  # the next letters write it again
    assert prefers_square("ab(cad", "eecdabe", -1)
    assert not prefers_square("ab(cadeecdab", "e", -1)  # too late
    others = [u for u in range(32) if u != unit]
    assert not any(prefers_square(before, after, -1, u) for u in others)


@pytest.fixture
def shown(open_demo):
    """Open the demo; return the page and a function that reads its table."""
    page = open_demo("gates")

    def read():
        rows = page.locator(".gates-result tbody tr").all_inner_texts()
        return [[float(p) for p in row.split("\t")[1:]] for row in rows]

    return page, read


def test_names_hardly_ask_for_a_memory(js):
    task = demo_data("gates")["names"]
    ids = [task["symbols"].index(s) for s in "\nteacupsaurus"]
    ends = [
        along(js, task["network"], ids, edit)[-1]["p"][0]
        for edit in (None, dict(at=10, unit=None, factor=0))
    ]
    np.testing.assert_allclose(ends, [0.99, 0.97], atol=0.005)


def expected_table(edit):
    before, after = "ab(cadeecdabe"[: edit["at"]], "ab(cadeecdabe"[edit["at"] :]
    model = load(demo_data("gates")["brackets"]["network"])
    pair = [chapter_closers(model, before, after, edit["unit"], f) for f in (1, edit["factor"])]
    return np.round([[p[symbol] for p in pair] for symbol in (ROUND, SQUARE)], 2)


def test_with_the_keyboard_the_factor_changes_what_follows(shown):
    page, read = shown
    unit = demo_data("gates")["brackets"]["unit"]
    np.testing.assert_allclose(read(), expected_table(dict(at=8, unit=unit, factor=-1)), atol=0.011)
    factor = page.get_by_label("Multiply it by")
    factor.focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    assert float(factor.input_value()) == 0
    np.testing.assert_allclose(read(), expected_table(dict(at=8, unit=unit, factor=0)), atol=0.011)
    page.wait_for_function("/as read/.test(document.querySelector('[role=status]').textContent)")


def test_with_the_mouse_a_click_on_a_column_moves_the_edit(shown):
    page, read = shown
    unit = demo_data("gates")["brackets"]["unit"]
    page.locator(".gates-pick").nth(3).click()
    assert page.get_by_label("Edit after symbol").input_value() == "3"
    np.testing.assert_allclose(read(), expected_table(dict(at=3, unit=unit, factor=-1)), atol=0.011)


def test_symbols_that_it_does_not_know_are_left_out_and_named(shown):
    page, read = shown
    page.get_by_label("A line to read").fill("ab(xyz")
    assert "reads only" in page.locator(".gates-unknown").inner_text()
    assert page.locator(".gates-pick").count() == 4  # the end mark, a, b and (
    page.get_by_label("A line to read").fill("")
    assert page.locator(".gates-pick").count() == 1
    assert np.isfinite(read()).all()


def test_the_network_on_names_says_which_letters_it_expects(shown):
    page, read = shown
    page.locator("label", has_text=re.compile("^names$")).click()
    assert len(read()) == 3
    task = demo_data("gates")["names"]
    model = load(task["network"])
    ids = [task["symbols"].index(s) for s in "\n" + task["line"]]
    logits, _, _ = model.forward(np.array(ids)[:, None])
    best = np.sort(softmax(logits[-1, 0]))[::-1][:3]
    np.testing.assert_allclose([row[0] for row in read()], best, atol=0.011)
