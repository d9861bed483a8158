"""The way back in the page is the chapter's, bug by bug, and rnnlib's."""

import json

import numpy as np
import pytest
from helpers import ROOT, experiment
from scripts import Script, demo_data

import rnnlib as rl

PARAMS = "W_xh", "W_hh", "b_h", "W_hy", "b_y"
NAMES = "tyrannosaurus", "yi", "ankylosaurus"


@pytest.fixture(scope="module")
def js():
    script = Script("blame")
    script.context.eval(
        f"const given = {json.dumps(demo_data('blame'))}, "
        "net = Demos.network(given.network), blame = Demos.all.blame;"
    )
    return script


@pytest.fixture(scope="module")
def model():
    return experiment("demo_weights").unpack_network(demo_data("blame"))


@pytest.fixture(scope="module")
def chapter():
    """`backward` and its six bugs, from the cells of chapter 6."""
    notebook = json.loads((ROOT / "chapters" / "06_bptt.ipynb").read_text("utf-8"))
    cells = ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]
    (forward,) = (c for c in cells if c.startswith("def forward("))
    (backward,) = (c for c in cells if c.startswith("def backward("))
    (bugs,) = (c for c in cells if c.startswith("BUGS ="))
    space = {"np": np, "softmax": rl.functional.softmax}
    exec(forward, space)
    exec(bugs[: bugs.index("}") + 1], space)
    versions = {"no bug": backward}
    for bug, (right, wrong) in space["BUGS"].items():
        assert backward.count(right) == 1
        versions[bug] = backward.replace(right, wrong)

    def gradients(bug, *arguments):
        exec(versions[bug], space)
        return space["backward"](*arguments)

    return space["forward"], gradients, list(versions)


def found(js, name, at=None, **settings):
    return js.run(
        "(() => { const n = blame.encode(name, given.symbols, at), run = blame.forward(net, n.x);"
        "return [n, blame.gradients(net, n, run, blame.wayBack(net, n, run, s), s.bug)]; })()",
        name=name,
        at=at,
        s=settings,
    )


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("at", [None, 0, 2])
def test_the_gradients_are_those_of_rnnlib(js, model, name, at):
    n, grads = found(js, name, at)
    ids, targets, mask = (np.array(n[key])[:, None] for key in ("x", "y", "mask"))
    _, theirs, _ = model.loss_and_grads(ids, targets, mask=mask.astype(float))
    for key, g in theirs.items():
        mine = np.reshape(grads[key.split(".")[1]], g.shape) / mask.sum()  # rnnlib takes the mean
        np.testing.assert_allclose(mine, g, rtol=1e-9, atol=1e-13)


@pytest.mark.parametrize("at", [None, 5])
def test_each_bug_is_that_of_the_chapter(js, model, chapter, at):
    forward, backward, versions = chapter
    assert js.run("blame.BUGS") == versions
    p = {key.split(".")[1]: w for key, w in model.params.items()}
    gradients = []
    for bug in versions:
        n, grads = found(js, "tyrannosaurus", at, bug=bug)
        ids, targets, mask = (np.array(n[key])[:, None] for key in ("x", "y", "mask"))
        run = forward(p, ids, np.zeros((1, 32)))
        expected = backward(bug, p, ids, targets, mask.astype(float), *run)
        for key, g in expected.items():
            mine = np.reshape(grads[key], g.shape) / mask.sum()
            np.testing.assert_allclose(mine, g, rtol=1e-9, atol=1e-13)
        gradients.append(np.concatenate([grads[key] for key in PARAMS]))
    for i, g in enumerate(gradients):
        for other in gradients[:i]:
            assert rl.relative_error(g, other) > 0.001


def test_central_differences_and_relative_errors_are_those_of_rnnlib(js, model):
    n = js.run("blame.encode('yi', given.symbols)")
    numeric = js.run("blame.numerical(net, n)", n=n)
    ids, targets, mask = (np.array(n[key])[:, None] for key in ("x", "y", "mask"))

    def loss():
        return 3 * model.loss(ids, targets, mask=mask.astype(float))[0]

    for key in ("b_h", "b_y"):
        (w,) = (w for name, w in model.params.items() if name.endswith(key))
        np.testing.assert_allclose(numeric[key], rl.numerical_gradient(loss, w), atol=1e-9)
    _, grads = found(js, "yi", bug="future forgotten")
    off = js.run("blame.errors(a, b)", a=grads, b=numeric)
    for key in PARAMS:
        assert off[key] == pytest.approx(rl.relative_error(grads[key], numeric[key]), rel=1e-9)
    _, grads = found(js, "yi")
    off = js.run("blame.errors(a, b)", a=grads, b=numeric)
    assert max(off.values()) < js.run("blame.LIMIT")


def test_a_cut_loses_what_the_chapter_says_it_loses(js):
    _, whole = found(js, "tyrannosaurus")
    _, cut = found(js, "tyrannosaurus", k=4)
    assert round(rl.relative_error(cut["W_hh"], whole["W_hh"]), 2) == 0.23
    _, one = found(js, "tyrannosaurus", k=1)
    _, forgotten = found(js, "tyrannosaurus", bug="future forgotten")
    assert one == forgotten


def test_what_the_chapter_tells_of_the_bugs_is_true(js):
    def bars(bug):
        code = (
            "(() => { const n = blame.encode('tyrannosaurus', given.symbols);"
            "const { deltas } = blame.wayBack(net, n, blame.forward(net, n.x), { bug });"
            "return blame.totals(deltas, 32).map(blame.length); })()"
        )
        return np.array(js.run(code, bug=bug))

    right = bars("no bug")
    assert (right[14:] == 0).all()
    _, whole = found(js, "tyrannosaurus")
    _, twice = found(js, "tyrannosaurus", bug="tanh twice")
    assert round(rl.relative_error(twice["W_hh"], whole["W_hh"]), 2) == 0.38
    assert (bars("tanh twice")[:14] > right[:14]).all()
    assert (bars("one step off") == right).all()
    forgotten = bars("mask forgotten")
    assert forgotten[14] > forgotten[:14].max()


def cells(page):
    page.wait_for_function("document.querySelector('.blame-check td').textContent !== ''")
    return page.locator(".blame-check td").all_inner_texts()


def table(js, name, at, bug):
    n, grads = found(js, name, at, bug=bug)
    off = js.run("blame.errors(a, blame.numerical(net, n))", a=grads, n=n)
    return ["ok" if e <= 1e-7 else e for e in off.values()]


def agree(shown, expected):
    for text, e in zip(shown, expected, strict=True):
        assert (text == "ok") == (e == "ok")
        if e != "ok" and e > 0.1:
            assert text == f"{100 * e:.0f}\u00a0%"


def test_keys_choose_a_loss_and_a_bug_and_the_check_sees_it(open_demo, js):
    page = open_demo("blame")
    assert cells(page) == ["ok"] * 5
    assert "Sound" in page.locator(".blame-verdict").inner_text()
    page.get_by_label("no bug").press("ArrowRight")
    agree(cells(page), table(js, "tyrannosaurus", None, "future forgotten"))
    assert "look at the way back." in page.locator(".blame-verdict").inner_text()
    page.get_by_label("Loss at").press("End")
    page.wait_for_function("!document.querySelector('.blame-verdict').textContent.includes('Meas')")
    agree(cells(page), table(js, "tyrannosaurus", 13, "future forgotten"))
    reached = page.locator(".demo-bars").get_attribute("aria-label")
    assert ", u 0, s 0." in reached  # nothing but the last step is blamed


def test_a_click_chooses_a_row_and_the_name_may_change(open_demo, js):
    page = open_demo("blame")
    page.get_by_label("Name").fill("yi")
    page.get_by_label("one step off").click()
    page.locator('.blame-cell[data-row="1"]').first.click()
    assert page.get_by_label("Loss at").get_attribute("aria-valuetext") == "step 2: y → i"
    page.wait_for_function("!document.querySelector('.blame-verdict').textContent.includes('Meas')")
    agree(cells(page), table(js, "yi", 1, "one step off"))
    assert "Only W_hh" in page.locator(".blame-verdict").inner_text()
    page.get_by_label("Way back").press("Home")
    assert page.get_by_label("Way back").get_attribute("aria-valuetext") == "k = 1"
