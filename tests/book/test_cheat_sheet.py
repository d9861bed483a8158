"""The cheat sheet: its code computes what rnnlib does, its names exist, it prints on two sheets."""

import re

import numpy as np
import pytest
from helpers import NAMES, ROOT

import rnnlib as rl
from rnnlib.functional import by_gate, dsigmoid, dtanh, sigmoid, softmax
from tools.look import chromium

SHEET = (ROOT / "cheat_sheet.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"^### (.*?)\n(.*?)(?=^##|\Z)", SHEET, re.M | re.S))
CODE = {
    title: re.findall(r"^```\{code-block\} python\n(.*?)^```", text, re.M | re.S)
    for title, text in BLOCKS.items()
}
CODE = {title: blocks for title, blocks in CODE.items() if blocks}
T, B, D, H, V = 5, 3, 4, 3, 6


def run(title, values, number=0):
    """Run a block of code of the sheet on some values; return all names that it leaves."""
    names = {"np": np, "rl": rl, **values}
    exec(CODE[title][number], names)
    return names


def equal(*pairs):
    for mine, theirs in pairs:
        np.testing.assert_allclose(mine, theirs, rtol=1e-10, atol=1e-12)


@pytest.fixture
def draw(rng):
    return lambda *shape: rng.standard_normal(shape)


def check_slopes(draw):
    a, dy = draw(B, H), draw(B, H)
    for activation, slope, line in ((sigmoid, dsigmoid, 0), (np.tanh, dtanh, 1)):
        names = {"dy": dy, "y": activation(a.copy())}
        exec(CODE["Slopes"][0].splitlines()[line], names)
        equal((names["da"], dy * slope(activation(a.copy()))))


def check_layers(draw, rng):
    layer = rl.Linear(D, H, rng, np.float64)
    x, dy, ids = draw(T * B, D), draw(T * B, H), rng.integers(0, V, T * B)
    _, cache = layer.forward(x)
    dx, grads = layer.backward(dy, cache)
    table = rl.Embedding(V, H, rng, np.float64)
    _, read = table.forward(ids[None])
    _, embedded = table.backward(dy[None], read)
    values = {"x": x, "dy": dy, "ids": ids, "W": layer.params["W_hy"], "dE": np.zeros((V, H))}
    found = run("Layers", values)
    equal((found["dx"], dx), (found["dW"], grads["W_hy"]), (found["db"], grads["b_y"]))
    equal((found["dE"], embedded["W"]))


def check_dropout(draw):
    x, dy, rate = draw(T, B, H).astype(np.float32), draw(T, B, H).astype(np.float32), 0.25
    layer = rl.Dropout(rate, np.random.default_rng(7))
    y, cache = layer.forward(x)
    same = type("Float32", (), {"random": lambda self, shape: draws.random(shape, np.float32)})
    draws = np.random.default_rng(7)
    found = run("Layers", {"x": x, "dy": dy, "rate": rate, "rng": same()}, 1)
    np.testing.assert_allclose(found["y"], y, rtol=1e-6)
    np.testing.assert_allclose(found["dx"], layer.backward(dy, cache)[0], rtol=1e-6)


def check_softmax(draw):
    z, dp = draw(B, V), draw(B, V)
    found = run("Softmax and loss", {"p": softmax(z), "dp": dp})
    step = rl.numerical_gradient(lambda: float((softmax(z) * dp).sum()), z)
    np.testing.assert_allclose(found["dz"], step, rtol=1e-6, atol=1e-9)


def check_way_back(draw, rng):
    layer = rl.Recurrent(rl.RNNCell(), D, H, rng, np.float64)
    xs, dhs, start = draw(T, B, D), draw(T, B, H), draw(B, H)
    _, _, cache = layer.forward(xs, (start,))
    _, (dstart,), grads = layer.backward(dhs, cache)
    values = {"T": T, "xs": xs, "hs": cache.hs, "dhs": dhs, "W_hh": layer.params["W_hh"]}
    found = run("The way back through time", {**values, "da": np.empty((T, B, H)), "dh": 0})
    for name in ("W_hh", "W_xh", "b_h"):
        equal((found[f"d{name}"], grads[name]))
    equal((found["dh"], dstart))


def one_step(cell, draw, rng):
    """One time step of a layer: what goes in, what the cell keeps, and the way back."""
    layer = rl.Recurrent(cell, D, H, rng, np.float64)
    state = tuple(draw(B, H) for _ in cell.state_names)
    dstate = tuple(draw(B, H) for _ in cell.state_names)
    _, _, cache = layer.forward(draw(1, B, D), state)
    _, before, _ = layer.backward(np.zeros((1, B, H)), cache, dstate)
    return layer.params["W_hh"], dstate, cache.steps[0], before, cell


def check_rnn(draw, rng):
    _, (dh,), kept, _, cell = one_step(rl.RNNCell(), draw, rng)
    equal((run("RNN", {"dh": dh, "h": kept.h})["da"], cell.backward((dh,), kept)[0][0]))


def check_lstm(draw, rng):
    W_hh, (dh, dc), kept, before, cell = one_step(rl.LSTMCell(), draw, rng)
    found = run("LSTM", {"W_hh": W_hh, "dh": dh, "dc": dc, **kept._asdict()})
    gates, _, _ = cell.backward((dh, dc), kept)
    equal(*((found[f"da_{name}"], da) for name, da in zip("ifgo", gates, strict=True)))
    equal((found["dh_prev"], before[0]), (found["dc_prev"], before[1]))


def check_gru(draw, rng):
    W_hh, (dh,), kept, before, cell = one_step(rl.GRUCell(), draw, rng)
    found = run("GRU", {"W_hh": W_hh, "dh": dh, **kept._asdict()})
    gates, at_h, _ = cell.backward((dh,), kept)
    equal(*((found[f"da_{name}"], da) for name, da in zip("rzn", gates, strict=True)))
    equal((by_gate(found["da_h"], 3), np.array(at_h)), (found["dh_prev"], before[0]))


def check_attention(draw):
    e, k, dc = draw(T, V), draw(V, H), draw(T, H)
    found = run("Attention", {"alpha": softmax(e), "k": k, "dc": dc})

    def loss():
        return float((softmax(e) @ k * dc).sum())

    np.testing.assert_allclose(found["de"], rl.numerical_gradient(loss, e), rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(found["dk"], rl.numerical_gradient(loss, k), rtol=1e-6, atol=1e-9)


def by_differences(loss, **arrays):
    """The gradients of a loss with respect to arrays, by central differences."""
    return [(name, rl.numerical_gradient(loss, array)) for name, array in arrays.items()]


def check_linear(draw):
    a, b, start, dhs = draw(T, B, H), draw(T, B, H), draw(B, H), draw(T, B, H)

    def states():
        hs = [start]
        for t in range(T):
            hs.append(a[t] * hs[-1] + b[t])
        return np.array(hs)

    values = {"T": T, "a": a, "hs": states(), "dhs": dhs, "dh": 0}
    found = run("Linear recurrences", {**values, "da": np.empty_like(a), "db": np.empty_like(b)})
    found |= {"dstart": found["dh"]}
    for name, slope in by_differences(
        lambda: float((states()[1:] * dhs).sum()), a=a, b=b, start=start
    ):
        np.testing.assert_allclose(found[f"d{name}"], slope, rtol=1e-6, atol=1e-9)


def check_self_attention(draw):
    K = 4
    q, k, v, dc = draw(T, K), draw(T, K), draw(T, H), draw(T, H)

    def weights():
        return softmax(np.where(np.tri(T, dtype=bool), q @ k.T / np.sqrt(K), -np.inf))

    values = {"d": K, "q": q, "k": k, "v": v, "dc": dc, "alpha": weights()}
    found = run("Self-attention", values)
    for name, slope in by_differences(lambda: float((weights() @ v * dc).sum()), q=q, k=k, v=v):
        np.testing.assert_allclose(found[f"d{name}"], slope, rtol=1e-6, atol=1e-9)


def check_optimizers(draw):
    parts = re.split(r"^# .*\n", CODE["Optimizers"][0], flags=re.M)[1:]
    rivals = (
        (rl.SGD(0.1, momentum=0.9), {"mu": 0.9}),
        (rl.Adagrad(0.1, eps=1e-3), {}),
        (rl.RMSprop(0.1, alpha=0.8, eps=1e-3), {"alpha": 0.8}),
        (
            rl.Adam(0.1, betas=(0.8, 0.9), eps=1e-3, weight_decay=0.2),
            {"b1": 0.8, "b2": 0.9, "decay": 0.2},
        ),
    )
    for part, (optimizer, numbers) in zip(parts, rivals, strict=True):
        p = draw(4)
        params, slots = {"p": p.copy()}, dict.fromkeys("vsm", 0)
        names = {"np": np, "lr": 0.1, "eps": 1e-3, "p": p, **slots, **numbers}
        for t in range(1, 6):
            g = draw(4)
            names |= {"t": t, "g": g}
            exec(part, names)
            optimizer.step(params, {"p": g})
            equal((names["p"], params["p"]))


def check_sampling(draw, rng):
    p = softmax(draw(V))
    again = np.random.default_rng(3)
    twin = np.random.default_rng(3)
    for _ in range(200):
        assert run("Sampling", {"p": p, "u": again.random()})["i"] == twin.choice(V, p=p)


def check_in_rnnlib(vocab, rng):
    values = {"vocab": vocab, "train": NAMES, "valid": NAMES, "rng": rng}
    (code,) = CODE["In rnnlib"]
    assert "epochs=20" in code  # ten times what the test takes
    exec(code.replace("epochs=20", "epochs=2"), {"rl": rl, **values})


CHECKS = {
    "Slopes": [check_slopes],
    "Layers": [check_layers, check_dropout],
    "Softmax and loss": [check_softmax],
    "RNN": [check_rnn],
    "The way back through time": [check_way_back],
    "LSTM": [check_lstm],
    "GRU": [check_gru],
    "Attention": [check_attention],
    "Linear recurrences": [check_linear],
    "Self-attention": [check_self_attention],
    "Optimizers": [check_optimizers],
    "Sampling": [check_sampling],
    "In rnnlib": [check_in_rnnlib],
}


@pytest.mark.parametrize("title", CODE)
def test_the_code_of_a_block_computes_what_rnnlib_does(title, draw, rng, vocab):
    assert len(CHECKS[title]) == len(CODE[title]), "a block of code that nothing checks"
    fixtures = {"draw": draw, "rng": rng, "vocab": vocab}
    for check in CHECKS[title]:
        wanted = check.__code__.co_varnames[: check.__code__.co_argcount]
        check(**{name: fixtures[name] for name in wanted})


def test_a_wrong_line_would_be_seen(draw, rng, monkeypatch):
    wrong = CODE["GRU"][0].replace("h_prev - n", "n - h_prev")
    assert wrong != CODE["GRU"][0]
    monkeypatch.setitem(CODE, "GRU", [wrong])
    with pytest.raises(AssertionError):
        check_gru(draw, rng)


def test_the_names_of_rnnlib_on_it_exist():
    names = set(re.findall(r"\brl((?:\.\w+)+)", SHEET))
    assert len(names) > 8
    for name in names:
        thing = rl
        for part in name[1:].split("."):
            assert hasattr(thing, part), name
            thing = getattr(thing, part)


def test_the_formulas_of_the_counters_are_those_of_their_docstrings():
    def letters(text):
        return re.sub(r"\\,|[\s&]|\\d?frac|\\mid", "", text)

    for counter in (rl.NGram, rl.KneserNey):
        (formula,) = re.findall(r"\.\. math:: P\(w \\mid h\) = (.*?)\n", counter.__doc__)
        assert letters(formula) in letters(SHEET)


def test_every_block_names_its_chapter_and_the_chapter_exists():
    for title, text in BLOCKS.items():
        first = text.strip().splitlines()[0]
        pages = re.findall(r"\{doc\}`[^<]*<([^>]+)>`", first)
        assert pages or title == "If …", title
        for page in pages:
            assert any((ROOT / f"{page}{kind}").is_file() for kind in (".md", ".ipynb")), page


def test_its_numbers_are_those_of_the_ledger_and_of_arithmetic():
    rows = re.findall(r"^\| (.*?) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|", BLOCKS["Units"], re.M)
    scores = rl.mean_scores(rl.read_ledger("names"))
    known = {"4-gram on names": scores["4-gram"], "best counter": scores["best counter"]}
    known |= {"guessing, $\\ln 27$": np.log(27), "a coin": np.log(2)}
    assert {label for label, *_ in rows} == set(known)
    for label, nats, bits, perplexity in rows:
        exact = known[label]
        for shown, value in ((nats, exact), (bits, exact / np.log(2)), (perplexity, np.exp(exact))):
            decimals = len(shown.partition(".")[2])
            assert float(shown) == round(value, decimals), (label, shown)
    assert f"{1 / np.log(2):.3f}" in BLOCKS["Units"]


def test_its_checks_are_those_of_the_clinic_in_that_order():
    clinic = (ROOT / "chapters" / "11_clinic.ipynb").read_text(encoding="utf-8")
    (checklist,) = re.findall(r"## The checklist.*?## What we learnt", clinic, re.S)
    theirs = re.findall(r"\b(\d)\. \*\*", checklist)
    rows = re.findall(r"^\| (\d) \| (.*?) \| (.*?) \|", BLOCKS["Nine checks, in this order"], re.M)
    assert [number for number, *_ in rows] == theirs == list("012345678")
    for number in ("0.05 nats in 200 steps", "0.01", "±0.99"):
        assert number in checklist and number in BLOCKS["Nine checks, in this order"]


BUILT = ROOT / "_build" / "html" / "cheat_sheet.html"

CUT = """() => [...document.querySelectorAll("#cheat-sheet :is(pre, table, div.math, p)")]
  .map(e => e.querySelector("mjx-container[display]") ?? e)
  .filter(e => e.getClientRects().length)
  .filter(e => e.scrollWidth > e.clientWidth + 1
    || e.getBoundingClientRect().right > e.closest("section").getBoundingClientRect().right + 1)
  .map(e => `${e.localName}: ${e.textContent.slice(0, 60)}`)"""


@pytest.mark.skipif(not chromium(), reason="no Chromium on this machine")
@pytest.mark.skipif(not BUILT.is_file(), reason="the book is not built: make book")
@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_it_prints_on_two_sheets_and_nothing_is_cut(paper, page, tmp_path):
    from pypdf import PdfReader

    inches = {"A4": (8.27, 11.69), "Letter": (8.5, 11)}[paper]
    page.goto(BUILT.as_uri())
    page.pdf(path=tmp_path / "sheet.pdf", format=paper, prefer_css_page_size=True)
    first, second = PdfReader(tmp_path / "sheet.pdf").pages  # two, and no third
    assert [round(float(side) / 72, 1) for side in first.mediabox[2:]] == [
        round(side, 1) for side in inches
    ]
    ends = {"The network": first, "Learning, writing, checking": second}
    for words, sheet in ends.items():
        assert words.replace(" ", "") in sheet.extract_text().replace(" ", "")
    page.emulate_media(media="print", color_scheme="light")
    width = (inches[0] - 2 * 10 / 25.4) * 96  # of the text: margins are 10 mm
    page.set_viewport_size({"width": int(width), "height": 900})
    assert page.evaluate(CUT) == []
    page.add_style_tag(content="#cheat-sheet pre { font-size: 20px !important }")
    assert page.evaluate(CUT)  # it would have been seen
