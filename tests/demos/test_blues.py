"""The blues: what the demo writes, judges, spells and plays is what rnnlib would."""

import re

import numpy as np
import pytest
from helpers import experiment
from scripts import Script, demo_data, unpack

import rnnlib as rl
from rnnlib.datasets.music.chords import tokens
from rnnlib.datasets.music.judging import written_key
from rnnlib.datasets.music.sound import final_chord, voicings, walking_bass
from rnnlib.functional import softmax

chords = experiment("blues")
weights = experiment("demo_weights")
CHORDS, KEYS = chords.CHORDS, rl.music.KEYS


@pytest.fixture(scope="module")
def js():
    return Script("blues")


@pytest.fixture(scope="module")
def pieces():
    """Pieces of both forms in all keys."""
    return rl.music.blues(60, np.random.default_rng(5), chords.FORMS)


def numbers(piece):
    return [CHORDS.index(chord) for chord in piece]


def test_what_is_expected_is_the_networks_softmax_for_random_weights(js, rng):
    model = rl.LanguageModel(73, 6, "lstm", embedding_dim=5, rng=rng, dtype=np.float64)
    for name, w in model.params.items():
        whole = name in ("embedding.W", "layer0.W_xh")  # their product is packed, in float16
        w[...] = rng.integers(-2, 3, w.shape) if whole else rng.normal(size=w.shape)
        w[...] = w.astype(np.float16)
    piece = rng.integers(0, 72, 12).tolist()
    code = "Demos.all.blues.expects(Demos.network(packed), piece).map(z => Demos.softmax(z))"
    found = js.run(code, packed=weights.pack_network(model), piece=piece)
    logits, _, _ = model.forward(np.array([0, *(1 + np.array(piece))])[:, None])
    np.testing.assert_allclose(found, softmax(logits[:, 0]), atol=1e-5)


def test_it_writes_ninety_legal_blues_of_a_hundred_or_more_over_all_keys(js):
    data = demo_data("blues")
    code = """(() => {
        const net = Demos.network(data.network), { writeOn, transpose } = Demos.all.blues;
        return data.openings.flatMap(([, head], k) => Array.from({ length: 20 }, (_, seed) =>
            transpose(writeOn(net, head, 0.5, Demos.random(100 * k + seed)), seed % 12))); })()"""
    written = [[CHORDS[i] for i in piece] for piece in js.run(code, data=data)]
    assert len(written) == 100
    verdicts = [rl.music.judge(piece) for piece in written]
    assert sum(v.obeys and v.form in chords.FORMS for v in verdicts) >= 90
    assert {chords.tonic(piece) for piece in written} == set(range(12))


def test_the_verdict_is_that_of_the_judge(js, rng, pieces):
    rules = demo_data("blues")["rules"]
    could_be = """(() => { const found = Demos.all.blues.judge(rules, told);
        return Array.from(found.allowed[found.violation].keys()); })()"""
    wrong = 0
    for piece in pieces:
        for spoilt in (piece, piece[:9], (*piece, piece[0]), spoil(piece, rng)):
            verdict = rl.music.judge(spoilt)
            told = numbers(chords.as_intervals(spoilt))
            found = js.call("judge", rules, told)
            legal = verdict.obeys and verdict.form in chords.FORMS
            assert (found["violation"] is None) == legal
            if verdict.form in chords.FORMS and verdict.key == KEYS[chords.tonic(spoilt)]:
                assert found["violation"] == verdict.violation
                wrong += not legal
                if not legal:
                    could = js.run(could_be, rules=rules, told=told)
                    expected = numbers(chords.transpose(verdict.expected, -chords.tonic(spoilt)))
                    assert set(expected) == set(could)
    assert wrong > 60


def spoil(piece, rng):
    """Replace one chord of the last eight bars by a random one."""
    bar = int(rng.integers(4, 12))
    return (*piece[:bar], str(rng.choice(CHORDS)), *piece[bar + 1 :])


def test_the_rules_probabilities_are_exact(js, pieces):
    rules = demo_data("blues")["rules"]
    assert len(rules["states"]) == 42
    odds = {p: q / 2 for form in chords.FORMS for p, q in rl.music.odds(form, "C").items()}
    for piece in {chords.as_intervals(p) for p in pieces}:
        at, share = rules["start"], 1.0
        for chord in numbers(piece):
            _, p, at = next(way for way in rules["states"][at] if way[0] == chord)
            share *= p
        assert not rules["states"][at]
        np.testing.assert_allclose(share, odds[piece], rtol=1e-4)


def test_chords_are_spelt_as_players_write_them(js, pieces):
    for piece in pieces:
        verdict = rl.music.judge(piece)
        key = js.call("writtenKey", chords.tonic(piece), numbers(piece))
        assert key == written_key(verdict, list(piece)).replace("b", "♭").replace("#", "♯")
        found = [js.call("spell", chord, key) for chord in numbers(piece)]
        assert found == list(rl.music.spell(piece))
    for key in ("C", "D♭", "C♯", "F♯", "G♭", "G♯", "B", "E♭"):
        code = "chords.map(c => Demos.all.blues.spell(c, key))"
        found = js.run(code, chords=list(range(72)), key=key)
        assert found == list(rl.music.spell(CHORDS, key))


def test_voices_and_bass_are_those_of_rnnlib(js, pieces):
    shuffled = np.random.default_rng(6).integers(0, 72, (60, 12))
    for told in shuffled.tolist():  # whatever the chords
        piece = [CHORDS[i] for i in told]
        final = CHORDS.index(final_chord(piece))
        assert js.call("voicings", told) == [list(v) for _, v in voicings(piece)]
        assert js.call("walkingBass", told, final) == [list(bar) for bar in walking_bass(piece)]
    for piece in pieces[:25]:
        final, told = final_chord(piece), numbers(piece)
        minor = rl.music.judge(piece).form == "minor blues"
        assert CHORDS[js.call("finalChord", told, chords.tonic(piece), minor)] == final
        assert js.call("voicings", told) == [list(v) for _, v in voicings(piece)]
        assert js.call("walkingBass", told, CHORDS.index(final)) == [
            list(bar) for bar in walking_bass(piece)
        ]


def sheet(page):
    """Return the chords on the sheet, as rnnlib spells them."""
    return page.locator(".blues-sheet b").all_inner_texts()


def test_a_key_that_is_called_by_mouse_moves_the_same_piece(open_demo):
    page = open_demo("blues")
    in_g_flat = sheet(page)
    assert rl.music.judge(in_g_flat).key == "Gb"
    page.locator("label", has_text=re.compile("^E$")).click()
    in_e = sheet(page)
    assert rl.music.judge(in_e).key == "E"
    up = chords.transpose(tokens(in_g_flat), -2)
    assert list(up) == tokens(in_e)
    assert page.locator(".blues-verdict").inner_text() == "By the rules, a blues in E."


def test_with_the_keyboard_a_bar_shows_what_the_network_expects_in_it(open_demo):
    page = open_demo("blues")
    page.get_by_role("button", name="Bar 5").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    pressed = page.locator(".blues-bar[aria-pressed=true]")
    assert pressed.get_attribute("aria-label").startswith("Bar 7")
    piece = tokens(sheet(page))
    p = expected(piece[:6])
    rows = page.locator(".blues-bets tbody tr").all_inner_texts()
    assert rows
    for row in rows:
        name, *_, network, _ = re.split(r"[\t\n]+", row.strip())
        (chord,) = tokens([name.split(" ")[0]])
        (told,) = chords.transpose([chord], -chords.tonic(piece))
        assert abs(p[1 + CHORDS.index(told)] - float(network)) < 0.011


def expected(begun):
    """Return what the demo's network expects after a beginning, computed by rnnlib."""
    packed = demo_data("blues")["network"]
    model = rl.LanguageModel(73, packed["hidden"], "lstm", rng=np.random.default_rng(0))
    for name, w in model.params.items():
        w[...] = unpack(packed[name.split(".")[1]]).reshape(w.shape)
    told = numbers(chords.as_intervals(begun))
    logits, _, _ = model.forward(np.array([0, *(1 + np.array(told))])[:, None])
    return softmax(logits[-1, 0])


def test_what_the_chapter_says_to_try_is_so(open_demo):
    page = open_demo("blues")

    def bets():
        rows = page.locator(".blues-bets tbody tr").all_inner_texts()
        return [[float(n) for n in re.split(r"[\t\n]+", row.strip())[-2:]] for row in rows]

    page.get_by_role("button", name="Bar 5").click()
    assert bets() == [[0.98, 1.0]]
    page.get_by_role("button", name="Bar 6").click()
    in_g_flat = bets()
    assert [rules for _, rules in in_g_flat] == [0.25] * 4
    assert all(0.2 < network < 0.3 for network, _ in in_g_flat)
    for key in "DAB":
        page.locator("label", has_text=re.compile(f"^{key}$")).click()
        assert bets() == in_g_flat
        assert rl.music.judge(sheet(page)).obeys
    page.get_by_label("Temperature").fill("2")
    assert page.locator(".wrong button").get_attribute("aria-label").startswith("Bar 6:")
    page.get_by_label("Temperature").fill("0.5")
    assert page.locator(".wrong").count() == 0


def test_it_plays_only_when_asked_marks_the_bar_and_stops(open_demo):
    page = open_demo("blues")
    assert page.locator(".sounding").count() == 0
    page.get_by_label("Beats a minute").fill("220")
    page.get_by_role("button", name="Play").click()
    page.wait_for_selector(".blues-sheet li:nth-child(2).sounding")
    page.get_by_role("button", name="Stop").click()
    assert page.locator(".sounding").count() == 0
    assert page.get_by_role("button", name="Play").count() == 1


def test_a_high_temperature_breaks_the_rules_and_the_page_says_where(open_demo):
    page = open_demo("blues")
    page.get_by_label("Temperature").fill("2")
    another = page.get_by_role("button", name="Write another")
    for _ in range(20):
        if page.locator(".blues-sheet .wrong").count():
            break
        another.click()
    verdict = rl.music.judge(sheet(page))
    assert not verdict.obeys and verdict.key == "Gb"
    wrong = page.locator(".wrong button").get_attribute("aria-label")
    assert wrong.startswith(f"Bar {verdict.violation + 1}:")
    assert f"bar {verdict.violation + 1}," in page.locator(".blues-verdict").inner_text()
