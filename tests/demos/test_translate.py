"""Translate: what the demo writes, and where it looks, is what rnnlib would."""

import re

import numpy as np
import pytest
from helpers import experiment
from scripts import Script, demo_data, unpack

import rnnlib as rl
from rnnlib.functional import softmax
from rnnlib.generation.translation import translate_ids
from rnnlib.text.pair_batches import PairInputs

weights = experiment("demo_weights")
END = "⏎"


@pytest.fixture(scope="module")
def js():
    return Script("translate")


@pytest.fixture(scope="module")
def translator():
    """The demo's network in rnnlib: source and target vocabulary, and model."""
    data = demo_data("translate")
    packed = data["network"]["weights"]
    sizes = len(data["source"]), len(data["target"]), data["network"]["hidden"]
    narrow = packed["source_embedding.W"]["shape"][1]
    model = rl.Seq2Seq(*sizes, embedding_dim=narrow, rng=np.random.default_rng(0), dtype=np.float64)
    for name, w in model.params.items():
        w[...] = restored(packed[name])
    return rl.Vocabulary(data["source"]), rl.Vocabulary(data["target"]), model


def restored(packed):
    if isinstance(packed, str):
        return unpack(packed)
    ints = np.frombuffer(weights.base64.b64decode(packed["ints"]), np.int8)
    return ints.reshape(packed["shape"]) * unpack(packed["scale"]).astype(float)[:, None]


def test_a_row_of_bytes_is_within_half_a_step_of_the_row(rng):
    matrix = rng.normal(size=(30, 20)) * np.exp(rng.normal(size=(30, 1)))
    ints, scale = weights.in_bytes(matrix)
    error = np.abs(ints * scale[:, None].astype(float) - matrix).max(axis=1)
    assert (error <= 0.5001 * scale).all()
    np.testing.assert_array_equal(
        restored(weights.pack_small(matrix)), ints * scale[:, None].astype(float)
    )


def test_a_random_network_reads_writes_and_looks_as_rnnlib_does(js, rng):
    model = rl.Seq2Seq(9, 8, 6, embedding_dim=4, rng=rng, dtype=np.float64)
    for w in model.params.values():
        w[...] = 1.5 * rng.normal(size=w.shape)
    packed = {
        k: weights.pack_small(w) if w.ndim == 2 else weights.pack(w)
        for k, w in model.params.items()
    }
    for name, w in model.params.items():
        w[...] = restored(packed[name])
    network = {"hidden": 6, "weights": packed}
    for length in (1, 2, 7):
        source = rng.integers(0, 9, length)
        code = "Demos.all.translate.translate(Demos.all.translate.network(network), source, 9)"
        found = js.run(code, network=network, source=source.tolist())
        (written,) = translate_ids(model, [source], end=0, max_length=9)
        assert [step["id"] for step in found if step["id"]] == written.tolist()
        target = np.array([0, *(step["id"] for step in found[:-1])])
        logits, _, cache = model.forward(
            PairInputs(source[:, None], np.array([length]), target[:, None])
        )
        np.testing.assert_allclose([s["p"] for s in found], softmax(logits[:, 0]), atol=1e-5)
        looks = cache.decoder.attention.weights[0]
        np.testing.assert_allclose([s["weights"] for s in found], looks, atol=1e-5)


def test_sentences_it_never_met_are_translated_as_rnnlib_translates_them(js, translator):
    data = demo_data("translate")
    code = """(() => {
        const { network, translate } = Demos.all.translate, net = network(data.network);
        return data.asked.slice(0, 25).map(([english]) => translate(net,
            english.split(" ").map(w => data.source.indexOf(w))).map(step => step.id)); })()"""
    found = js.run(code, data=data)
    source, _, model = translator
    ids = [source.encode(english.split(" ")) for english, _ in data["asked"][:25]]
    expected = translate_ids(model, ids, end=0, max_length=25)
    assert [[*e, 0] for e in map(list, expected)] == found


def test_of_all_held_out_sentences_at_least_95_in_a_hundred_are_exact(translator):
    translation = experiment("translation")
    _, test = translation.load(20_000, 0)
    pairs = [pair for part in test.values() for pair in part]
    assert translation.right(*translator, pairs[::4]).mean() > 0.95
    heard = {" ".join(english) for english, _ in pairs}
    assert all(english in heard for english, _ in demo_data("translate")["asked"])


def test_words_are_cut_as_the_grammar_cuts_them(js):
    assert js.call("cut", "The king's  map is old.") == [
        "the",
        "king",
        "'s",
        "map",
        "is",
        "old",
        ".",
    ]
    assert js.call("cut", " The king’s map ") == ["the", "king", "'s", "map", "."]
    assert js.call("cut", " . ") == []


def test_what_the_chapter_says_to_try_is_so(translator):
    source, target, model = translator

    def tell(*words):
        (french,) = rl.translate(model, source, target, [[*words, "."]])
        looks = rl.alignment(model, source, target, [*words, "."], french.split())
        return french.split(), looks

    english = ["a", "small", "white", "stone", "shines"]
    french, looks = tell(*english)
    assert french == ["une", "petite", "pierre", "blanche", "brille", "."]
    for own, seen in (("petite", "small"), ("blanche", "white")):
        assert looks[french.index(own), english.index(seen)] > 0.9
    english = ["some", "strange", "queens", "discovered", "a", "red", "star"]
    french, looks = tell(*english)
    assert 0.2 < looks[french.index("une"), english.index("star")] < 0.3
    french, _ = tell("the", "king", "'s", "map", "is", "old")
    assert french == ["la", "carte", "du", "roi", "est", "partie", "."]
    asked = demo_data("translate")["asked"]
    written = rl.translate(model, source, target, [e.split(" ") for e, _ in asked])
    assert sum(w == f for w, (_, f) in zip(written, asked, strict=True)) == 96


def looked(page):
    """Return where the chosen French word looked: a share for each English word."""
    spans = page.locator(".translate-seen i").all()
    return [float(re.search(r"opacity: ?([\d.]+)", s.get_attribute("style"))[1]) for s in spans]


def written(page):
    return page.locator(".translate-word").all_inner_texts()


@pytest.fixture
def opened(open_demo):
    """The demo for a reader who wants no motion: the translation is there at once."""
    return open_demo("translate", reduced_motion="reduce")


def test_by_keyboard_a_sentence_is_typed_and_the_words_are_walked_along(opened, translator):
    source, target, model = translator
    box = opened.get_by_label("An English sentence")
    box.fill("the king's map is old.")
    box.press("Enter")
    words = ["the", "king", "'s", "map", "is", "old", "."]
    (expected,) = rl.translate(model, source, target, [words])
    assert written(opened) == [*expected.split(), END]
    looks = rl.alignment(model, source, target, words, expected.split())
    np.testing.assert_allclose(looked(opened), looks[0], atol=0.001)
    opened.locator(".translate-word").first.focus()
    for key, row in (("ArrowRight", 1), ("ArrowRight", 2), ("End", -1), ("Home", 0)):
        opened.keyboard.press(key)
        np.testing.assert_allclose(looked(opened), looks[row], atol=0.001)
        index = row % len(looks)
        assert opened.evaluate("document.activeElement.textContent") == written(opened)[index]
    opened.wait_for_function(
        "/looked at/.test(document.querySelector('[role=status]').textContent)"
    )


def test_by_mouse_a_row_of_the_picture_shows_where_its_word_looked(opened, translator):
    source, target, model = translator
    words = ["a", "small", "white", "stone", "shines", "."]
    opened.locator(".translate-pick").nth(2).click()
    looks = rl.alignment(model, source, target, words, written(opened)[:-1])
    np.testing.assert_allclose(looked(opened), looks[2], atol=0.001)
    assert opened.locator(".translate-word[aria-pressed=true]").inner_text() == written(opened)[2]
    opened.locator(".translate-word").nth(4).hover()
    np.testing.assert_allclose(looked(opened), looks[4], atol=0.001)


def test_a_word_it_never_learnt_is_named_and_near_ones_are_offered(opened):
    box = opened.get_by_label("An English sentence")
    go = opened.get_by_role("button", name="Translate")
    box.fill("the dinosaurs devour the king.")
    assert "never learnt “devour”" in opened.locator(".translate-hints").inner_text()
    assert go.is_disabled() and box.get_attribute("aria-invalid") == "true"
    offered = opened.locator(".translate-hint").first
    word = offered.inner_text()
    offered.click()
    assert box.input_value() == f"the dinosaurs {word} the king."
    assert go.is_enabled()


def test_words_that_begin_as_the_one_being_typed_are_offered(opened):
    box = opened.get_by_label("An English sentence")
    box.fill("the dinos")
    offered = opened.locator(".translate-hint").all_inner_texts()
    assert offered == [w for w in demo_data("translate")["source"] if w.startswith("dinos")]
    opened.locator(".translate-hint").first.click()
    assert box.input_value() == f"the {offered[0]} "


def test_word_by_word_the_translation_of_a_new_sentence_appears_and_is_marked(open_demo):
    page = open_demo("translate")
    page.get_by_role("button", name="A sentence it never met").click()
    _, french = demo_data("translate")["asked"][0]
    page.wait_for_function("document.querySelector('.translate-verdict').textContent")
    if " ".join(written(page)[:-1]) == french:
        assert page.locator(".translate-verdict").inner_text() == "Right, word for word."
    else:
        assert french in page.locator(".translate-verdict").inner_text()
