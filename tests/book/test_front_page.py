"""The front page computes as rnnlib does, shows ledger and chapters, and serves everybody."""

import base64
import csv
import json
import re
from collections import defaultdict

import numpy as np
import pytest
import yaml
from browsing import CHROMIUM, PATIENCE
from bs4 import BeautifulSoup
from helpers import ROOT
from py_mini_racer import MiniRacer
from test_pages import AXE, COLOURS

import rnnlib as rl
from rnnlib.functional import softmax
from tools import front_page

INDEX = ROOT / "_build" / "html" / "index.html"
NAMES = json.loads(front_page.read_data(ROOT, "names"))
QUIZ = json.loads(front_page.read_data(ROOT, "quiz"))

built = pytest.mark.skipif(not INDEX.is_file(), reason="the book is not built: make book")

PREFIXES = ["", "t", "tri", "tyrann", "micropachycephalosaur", "qqxzj", "ankylos", "mei", "zby"]

# What it computes -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def compute():
    """Return the value of an expression, in which `model` is the page's."""
    engine = MiniRacer()
    for script in front_page.SCRIPTS:
        engine.eval((ROOT / script).read_text(encoding="utf-8"))
    engine.eval(f"const model = FrontModel({json.dumps(NAMES)})")
    plain = "(key, v) => ArrayBuffer.isView(v) ? Array.from(v) : v"
    return lambda code, value=None: json.loads(
        engine.eval(f"JSON.stringify(((it) => ({code}))({json.dumps(value)}), {plain})")
    )


def network(blur=None):
    """Return the network of the data in rnnlib; `blur` undoes the rounding of its weights."""
    packed = NAMES["network"]
    model = rl.LanguageModel(
        len(NAMES["symbols"]),
        packed["hidden"],
        rng=np.random.default_rng(0),
        dtype=np.float64 if blur is None else np.float32,
    )
    for name, value in model.params.items():
        stored = floats(packed[name.split(".")[1]]).reshape(value.shape)
        value[...] = stored if blur is None else unround(stored, blur)
    return model


def floats(text):
    """Read float16 in base64 with NumPy."""
    return np.frombuffer(base64.b64decode(text), "<f2").astype(np.float64)


def unround(values, rng):
    """Return float32 numbers, other than these, that float16 rounds to these."""
    half_step = 0.49 * np.spacing(np.abs(values).astype(np.float16)).astype(np.float64)
    found = (values + rng.uniform(-half_step / 2, half_step)).astype(np.float32)
    return np.where(found.astype(np.float16) == values.astype(np.float16), found, values)


def next_letters(model, prefix):
    """Return rnnlib's probabilities of the symbol after a prefix."""
    vocab = rl.Vocabulary(NAMES["symbols"])
    logits = model.forward(vocab.encode("\n" + prefix)[:, None])[0][-1, 0]
    return softmax(logits.astype(np.float64))


def expected(compute, temperature=1.0):
    """Return the page's probabilities after each prefix: the network's and the counter's."""
    code = f"it.map(t => model.expected(t, model.read(t).at(-1), {temperature}))"
    rows = compute(code, PREFIXES)
    return [np.array([row[kind] for row in rows]) for kind in ("network", "counter")]


def test_the_network_of_the_page_is_that_of_rnnlib(compute):
    ours, _ = expected(compute)
    same = network()
    theirs = [next_letters(same, prefix) for prefix in PREFIXES]
    np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_rounding_the_weights_to_float16_changes_no_probability_by_a_thousandth(compute):
    ours, _ = expected(compute)
    exact = network(blur=np.random.default_rng(1))
    theirs = np.array([next_letters(exact, prefix) for prefix in PREFIXES])
    assert 1e-7 < np.abs(ours - theirs).max() < 1e-3


def test_the_network_of_the_page_has_the_score_of_the_ledger():
    (row,) = (
        row
        for row in rl.read_ledger(ROOT / "results" / "names.csv")
        if row["model"] == "best RNN" and row["split"] == 0
    )
    vocab = rl.Vocabulary(NAMES["symbols"])
    test = rl.split(rl.dinosaur_names(), seed=0)[2]
    assert set(test) < set(NAMES["heldOut"].split())
    score = rl.evaluate(network(), rl.padded_batches(vocab, test, 256))
    assert score == pytest.approx(row["test"], abs=0.03)  # another processor trains another network


def test_the_counter_of_the_page_is_that_of_rnnlib(compute):
    _, ours = expected(compute)
    counter = rl.NGram(4).fit(NAMES["train"].split())
    theirs = [counter.probabilities(prefix) for prefix in PREFIXES]
    np.testing.assert_allclose(ours, theirs, atol=1e-12)


def test_temperature_tilts_both(compute):
    counter = rl.NGram(4).fit(NAMES["train"].split())
    found = expected(compute, 0.5)
    for row, prefix in enumerate(PREFIXES):
        for ours, p in zip(
            found, (next_letters(network(), prefix), counter.probabilities(prefix)), strict=True
        ):
            np.testing.assert_allclose(ours[row], p**2 / (p**2).sum(), atol=1e-5)


def test_names_are_judged_as_rnnlib_does(compute):
    train, held_out = NAMES["train"].split(), NAMES["heldOut"].split()
    assert sorted(train + held_out) == sorted(rl.dinosaur_names())
    for name in ("trinoceratops", "qqq", train[3], held_out[5], "mei"):
        others = [other for other in train + held_out if other != name]
        (report,) = rl.novelty_report([name], others).names
        kind = "seen" if name in train else "unseen" if name in held_out else "new"
        found = compute("model.judge(it)", name)
        assert found == {"kind": kind, "nearest": report.nearest, "distance": report.distance}


def test_the_quiz_is_of_test_names_and_of_names_that_nobody_has():
    test = rl.split(rl.dinosaur_names(), seed=0)[2]
    real, invented = ([row[0] for row in QUIZ[kind]] for kind in ("real", "invented"))
    with (ROOT / "data" / "dinosaurs_removed.csv").open(encoding="utf-8") as file:
        removed = {row["genus"].lower() for row in csv.DictReader(file)}
    assert len(set(real)) == len(set(invented)) == 30
    assert set(real) <= set(test)
    assert not set(invented) & (set(rl.dinosaur_names()) | removed)
    report = rl.novelty_report(invented, rl.dinosaur_names())
    assert [row[2] for row in QUIZ["invented"]] == [row.distance for row in report.names]


# What it draws ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("layout", "width"), [("wide", 1160), ("narrow", 358)])
@pytest.mark.parametrize("letters", [1, 5, 12, 16, 20, 24])
def test_any_name_fits_between_the_first_bead_and_the_head(compute, layout, width, letters):
    now = compute("FrontDrawing.posture(it[0], it[1])", [layout, letters])
    beads = now["beads"][1:]
    assert len(beads) == letters
    assert all(bead["x"] - now["shift"] - bead["radius"] > 0 for bead in beads)
    assert now["tip"][0] - now["shift"] < width
    smallest = min(bead["letter"] for bead in beads) * (288 / 358 if layout == "narrow" else 0.7)
    assert smallest >= 11, "letters cannot be read on the smallest screen"


def test_the_bars_are_as_high_as_the_letters_are_probable(compute):
    p = [0.0] * 27
    p[3], p[20] = 0.2, 0.04
    found = compute("FrontDrawing.heights('wide', it, it, 3)", p)
    assert found["top"] == "25 %"
    assert found["columns"][3] == {"network": 0.8, "counter": 0.8, "label": "20 %"}
    assert found["columns"][20]["network"] == pytest.approx(0.16)


# What it shows ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def html():
    return BeautifulSoup(INDEX.read_text(encoding="utf-8"), "html.parser")


@built
def test_title_is_said_once(html):
    assert html.title.string == (
        "Naming Dinosaurs: recurrent neural networks from first principles"
    )
    assert [h1.get_text(strip=True).rstrip("#") for h1 in html.find_all("h1")] == [
        "Naming Dinosaurs"
    ]


@built
def test_ledger_has_all_rows_of_the_table(html):
    scores = defaultdict(list)
    with (ROOT / "results" / "names.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            scores[row["model"]].append((float(row["test"]), float(row["mixed"])))
    means = {model: np.mean(pairs, axis=0) for model, pairs in scores.items()}
    rows = html.select("#rows tbody tr")
    shown = {row["data-model"]: [cell.string for cell in row.select(".number")] for row in rows}
    assert shown == {
        model: [f"{alone:.2f}", f"{both:.2f}"] for model, (alone, both) in means.items()
    }
    assert len(html.select("#rows tbody tr:not(.more)")) == 6


@built
def test_chapters_are_those_of_the_table_of_contents(html):
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    parts = [part for part in contents["parts"] if part.get("numbered")]
    files = [chapter["file"] for part in parts for chapter in part["chapters"]]
    links = html.select(".part li a")
    assert [link["href"] for link in links] == [f"{file}.html" for file in files]
    for link, file in zip(links, files, strict=True):
        notebook = json.loads((ROOT / f"{file}.ipynb").read_text(encoding="utf-8"))
        title = "".join(notebook["cells"][0]["source"]).splitlines()[0]
        assert title.replace("'", "’") == f"# {link.string}"
        item = link.find_parent("li")
        assert item.input["data-number"] == str(int(re.search(r"\d+", file)[0]))
        level = notebook["metadata"]["book"]["level"]
        assert item.select_one(".level")["aria-label"] == f"level {level} of 3"
        assert re.match(r"\d+ min", item.select_one(".facts").get_text())
        assert item.small, "intro.md has no topic for it"
    assert len(html.select(".part")) == len(parts)


# How it behaves ---------------------------------------------------------------------------------

in_browser = pytest.mark.skipif(
    not (CHROMIUM and INDEX.is_file()), reason="needs Chromium and the built book"
)


@pytest.fixture
def visit(browser):
    """Open the front page; errors and requests to other hosts fail the test."""
    complaints, contexts = [], []

    def visit(width=1280, **options):
        options = {"reduced_motion": "reduce", **options}
        context = browser.new_context(viewport={"width": width, "height": 844}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        page.on(
            "request",
            lambda r: None if r.url.startswith("file:") else complaints.append(f"asks for {r.url}"),
        )
        page.goto(INDEX.as_uri())
        if options.get("java_script_enabled", True):
            page.wait_for_selector("#panel .case")
        return page

    yield visit
    for context in contexts:
        context.close()
    assert not complaints


def name_it(page, start):
    """Type the start of a name, press Enter, and return what a screen reader is told."""
    page.fill("#prompt", start)
    page.press("#prompt", "Enter")
    page.wait_for_function("document.getElementById('status').textContent.length > 9")
    return page.text_content("#status")


@in_browser
def test_a_keyboard_is_enough_to_write_a_name_and_to_step_along_it(visit):
    page = visit()
    assert page.text_content("#status") == "", "it spoke before it was asked"
    page.focus("#prompt")
    page.keyboard.press("Control+A")
    page.keyboard.type("Tyr-ann 9")
    assert page.input_value("#prompt") == "tyrann"
    said = name_it(page, "tyrann")
    assert re.match(r"Tyrann[a-z]*: (New|A real dinosaur).*, \d+ letters? away\.$", said)
    neck = page.locator(".stage.wide .neck")
    neck.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    assert neck.get_attribute("aria-valuenow") == "1"
    assert neck.get_attribute("aria-valuetext").startswith("after t: ")
    page.keyboard.press("End")
    assert neck.get_attribute("aria-valuenow") == neck.get_attribute("aria-valuemax")
    assert page.locator(".stage.wide .bead.given").count() == 6


@in_browser
def test_the_chart_on_the_page_shows_what_the_network_expects(visit):
    page = visit()
    page.fill("#prompt", "ankylos")
    p = next_letters(network(), "ankylos") ** (1 / 0.8)
    p /= p.sum()
    top = float(page.text_content(".stage.wide .full").rstrip(" %")) / 100
    scales = page.eval_on_selector_all(
        ".stage.wide .tree rect", "bars => bars.map(b => b.style.transform.match(/\\(([^)]+)/)[1])"
    )
    np.testing.assert_allclose(np.array(scales, float) * top, np.maximum(p, 0.004 * top), atol=1e-3)


@in_browser
def test_a_keyboard_is_enough_to_play(visit):
    page = visit()
    page.focus("#panel button")
    right = 0
    for _ in range(10):
        name = page.text_content("#panel .case").lower()
        guess = "r" if name in [row[0] for row in QUIZ["real"]] else "i"
        page.keyboard.press(guess)
        right += page.text_content("#panel .feedback").startswith("Right.")
        page.keyboard.press("Enter")
    assert right == 10
    assert page.text_content(".outcome").startswith(
        "10 of 10. Tossing a coin does as well or better"
    )


@in_browser
def test_the_ledger_opens_to_all_its_rows(visit):
    page = visit()
    rows = page.locator("#rows tbody tr:visible")
    assert rows.count() == 6  # that `intro.md` names
    page.focus("#more")
    page.keyboard.press("Enter")
    assert rows.count() == page.locator("#rows tbody tr").count() > 20
    assert page.get_attribute("#more", "aria-expanded") == "true"


@in_browser
def test_ticks_survive_a_reload(visit):
    page = visit()
    page.check("input[data-number='2']")
    page.reload()
    page.wait_for_selector("#panel .case")
    assert page.is_checked("input[data-number='2']")
    assert page.text_content("#progress").endswith("Go on with chapter 1.")
    assert re.match(r"1 of \d read", page.text_content(".part .count"))


@in_browser
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nobody_is_kept_out_at_any_width_in_both_themes(visit, theme, width):
    page = visit(width, color_scheme=theme)
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe().axe_script
    page.wait_for_function("t => document.documentElement.dataset.theme === t", arg=theme)
    page.click("#more")
    name_it(page, "micropachycephalosau")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate(axe)
    assert page.evaluate(AXE, {} if theme == "light" else {"runOnly": [*COLOURS]}) == []


@in_browser
def test_motion_is_only_for_readers_who_like_it(visit):
    moves = "document.getAnimations().length"
    for calm, at_work in ((False, True), (True, False)):
        page = visit(reduced_motion="reduce" if calm else "no-preference")
        page.evaluate(
            f"""() => {{ window.most = 0; const look = () => {{ most = Math.max(most, {moves});
            requestAnimationFrame(look); }}; look(); }}"""
        )
        name_it(page, "br")
        assert (page.evaluate("most") > 0) is at_work


@in_browser
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_missing_without_javascript(visit, width):
    page = visit(width, java_script_enabled=False)
    assert page.locator(".stage:visible").count() == 1
    assert page.locator(".stage:visible .bead text").count() == len(page.inner_text("#name"))
    assert page.locator("#rows tbody tr:visible").count() > 20
    assert page.locator(".part li a:visible").count() == page.locator(".part li").count()
    assert page.locator("button:visible, input[type=range]:visible").count() == 0
    page.click("#panel summary")
    assert "Abelisaurus" in page.inner_text("#panel details p")
    paper = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(paper) == "rgb(251, 248, 241)"


@in_browser
@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_scripts_move_nothing(visit, width):
    tops = """document.fonts.ready.then(() =>
      [...document.querySelectorAll("h1, h2, h3, svg, form, .panel")]
      .filter(e => e.getClientRects().length).map(e => e.getBoundingClientRect().top + scrollY))"""
    page = visit(width)
    after = page.evaluate(tops)
    page.route("**/front.js*", lambda route: route.fulfill(body=""))
    page.reload()
    assert page.locator("#panel .case").count() == 0
    assert page.evaluate(tops) == after
