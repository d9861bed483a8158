"""The names that the page draws are drawn as rnnlib draws them, and judged as it judges."""

import numpy as np
import pytest
from helpers import experiment
from scripts import Script, demo_data

import rnnlib as rl

DATA = demo_data("names")
TRAIN, HELD_OUT = DATA["train"].split(), DATA["heldOut"].split()
VOCAB = rl.Vocabulary(DATA["symbols"])


@pytest.fixture(scope="module")
def model():
    """The page's network in rnnlib: the embedding is in W_xh, so it reads one-hot vectors."""
    return experiment("demo_weights").unpack_network(DATA)


@pytest.fixture(scope="module")
def js():
    script = Script("names")
    script.run("globalThis.data = given, 0", given=DATA)
    script.run("globalThis.network = Demos.network(data.network), 0")
    return script


SETTINGS = [
    ("", {}),
    ("tri", {"temperature": 0.5}),
    ("tyrannosau", {"temperature": 1.5, "top_k": 5}),
    ("sau", {"top_p": 0.9}),
    ("zu", {"temperature": 2.0, "top_k": 20, "top_p": 0.7}),
    ("micropachy", {"temperature": 0}),
]


def test_a_reader_who_tries_what_chapter_9_says_sees_it(js):
    def symbols_left(letters, **settings):
        code = "Demos.distribution(Demos.all.names.logitsAfter(network, data.symbols, l), s)"
        return sum(p > 0 for p in js.run(code, l=letters, s=settings))

    write = "Demos.all.names.write(network, data.symbols, {temperature: 0}, () => 0.5)"
    assert js.run(write) == "antanosaurus"
    assert symbols_left("tyrannosau", topP=0.9) == 1
    assert symbols_left("", topP=0.9) == 19
    assert symbols_left("tyrannosau", topK=5) == symbols_left("", topK=5) == 5


@pytest.mark.parametrize(("letters", "settings"), SETTINGS)
def test_the_bars_are_rnnlibs_distribution(js, model, letters, settings):
    logits = model.forward(VOCAB.encode("\n" + letters)[:, None])[0][-1, 0]
    given = {{"top_k": "topK", "top_p": "topP"}.get(k, k): v for k, v in settings.items()}
    found = js.run(
        "Demos.distribution(Demos.all.names.logitsAfter(network, data.symbols, letters), settings)",
        letters=letters,
        settings=given,
    )
    expected = rl.next_symbol_distribution(logits, **settings)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_at_temperature_zero_the_page_writes_the_name_that_generate_writes(js, model, rng):
    for prompt in ("", "tri", "zz"):
        found = js.run(
            "Demos.all.names.write(network, data.symbols, {temperature: 0}, () => 0.5, prompt)",
            prompt=prompt,
        )
        assert found == rl.generate(
            model, VOCAB, prompt, stop="\n", length=40, temperature=0, rng=rng
        )


def test_the_network_scores_on_unseen_names_what_the_ledger_says(model):
    ledger = experiment("names")
    row = next(
        row
        for row in rl.read_ledger(ledger.LEDGER)
        if (row["model"], row["split"]) == ("best RNN", 0)
    )
    test = ledger.load_split(0).test
    score = rl.evaluate(model, rl.padded_batches(VOCAB, test, 256))
    assert score == pytest.approx(row["test"], abs=0.002)  # float16, and another processor


def test_the_names_are_the_split_that_the_network_was_trained_on():
    train, valid, test = rl.split(rl.dinosaur_names())
    assert (train, valid + test) == (TRAIN, HELD_OUT)


def test_the_page_judges_names_as_a_novelty_report_does(js):
    generated = [TRAIN[3], HELD_OUT[5], "antanosaurus", "rexosaurus", "q"]
    found = js.run("names.map(n => Demos.all.names.judge(n, T, H))",
                   names=generated, T=TRAIN, H=HELD_OUT)  # fmt: skip
    report = rl.novelty_report(generated, TRAIN, HELD_OUT).names
    for mine, theirs in zip(found, report, strict=True):
        assert (mine["near"], mine["distance"]) == (theirs.nearest, theirs.distance)
        assert (mine["verdict"] == "copied") == theirs.copied
        assert (mine["verdict"] == "rediscovered") == theirs.rediscovered


def test_sliders_are_moved_by_keyboard_and_the_bars_follow(open_demo, model):
    page = open_demo("names")
    page.get_by_label("The name so far").fill("tyrannosau")
    page.get_by_label("Top-p").focus()
    for _ in range(2):
        page.keyboard.press("ArrowLeft")
    logits = model.forward(VOCAB.encode("\ntyrannosau")[:, None])[0][-1, 0]
    p = rl.next_symbol_distribution(logits, top_p=0.9)
    assert (p > 0).sum() == 1
    assert "1 of 27 symbols" in page.locator(".names-facts").inner_text()
    top = VOCAB.symbols[p.argmax()]
    assert page.locator(".demo-bars").get_attribute("aria-label").endswith(f": {top} 100 %")
    page.get_by_role("button", name="To the end").press("Enter")
    name = page.get_by_label("The name so far").input_value()
    assert name.startswith("tyrannosaur")
    kind = "copied" if name in TRAIN else "new"
    assert page.locator(".names-verdict").inner_text().startswith(f"“{name}” is {kind}")


def test_ten_names_at_temperature_zero_are_ten_times_the_same(open_demo, model, rng):
    page = open_demo("names", width=390)
    page.get_by_label("Temperature").focus()
    page.keyboard.press("Home")
    page.get_by_role("button", name="Ten names").click()
    greedy = rl.generate(model, VOCAB, stop="\n", temperature=0, rng=rng)
    assert page.locator(".names-list tbody th").all_inner_texts() == [greedy] * 10
    page.wait_for_function("document.querySelector('.demo [role=status]').textContent.length > 50")
