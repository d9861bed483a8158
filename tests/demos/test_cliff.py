"""The descent in the page is the chapter's; keys and pointer move its start."""

import json
from itertools import pairwise

import numpy as np
import pytest
from helpers import ROOT
from scripts import Script, demo_data

import rnnlib as rl


@pytest.fixture(scope="module")
def js():
    return Script("cliff")


@pytest.fixture(scope="module")
def loss_and_grads():
    """The function of chapter 7."""
    notebook = json.loads((ROOT / "chapters" / "07_clipping.ipynb").read_text("utf-8"))
    (cell,) = (
        source
        for cell in notebook["cells"]
        if (source := "".join(cell["source"])).startswith("def loss_and_grads(")
    )
    space = {"np": np, "rl": rl}
    exec(cell, space)
    return space["loss_and_grads"]


def test_loss_and_gradient_are_the_chapters(js, rng, loss_and_grads):
    for w, b in rng.uniform((-1, -2), (3, 2), size=(200, 2)):
        found = js.call("lossAndGrads", w, b)
        loss, grads = loss_and_grads(w, b)
        mine = np.array(found["grads"])
        theirs = np.concatenate([grads["w"], grads["b"]])
        # on the cliff, a rounding in one of fifty steps grows as the gradient does
        tolerance = 1e-9 * max(1, np.abs(theirs).max())
        np.testing.assert_allclose(found["loss"], loss, atol=tolerance)
        np.testing.assert_allclose(mine, theirs, rtol=1e-5, atol=tolerance)
        assert js.call("lastState", w, b) == pytest.approx(loss**0.5 - 0.5, abs=1e-6) or loss < 0.25


@pytest.mark.parametrize("max_norm", [0.3, 1, 100])
def test_clipping_is_rnnlibs(js, rng, max_norm):
    for g in rng.normal(size=(50, 2)) * 10.0 ** rng.integers(-3, 4, (50, 1)):
        found, grads = js.call("clipByNorm", g.tolist(), max_norm), {"g": g.copy()}
        assert found["norm"] == pytest.approx(rl.clip_by_norm(grads, max_norm), rel=1e-12)
        np.testing.assert_allclose(found["clipped"], grads["g"], rtol=1e-12)


@pytest.mark.parametrize("max_norm", [None, 1])
def test_each_step_of_a_descent_goes_down_the_gradient(js, loss_and_grads, max_norm):
    start = {"w": 1.8, "b": -0.1}
    settings = {"lr": 0.05, **({"maxNorm": max_norm} if max_norm else {})}
    path = js.call("descend", start, settings)
    assert len(path) == 201 and path[0]["w"] == 1.8
    for here, then in pairwise(path[:21]):
        _, grads = loss_and_grads(here["w"], here["b"])
        norm = rl.clip_by_norm(grads, max_norm or 1e9)
        assert here["norm"] == pytest.approx(norm, rel=1e-5)
        assert here["moved"] == pytest.approx(0.05 * rl.global_norm(grads), rel=1e-5)
        moved = [here["w"] - then["w"], here["b"] - then["b"]]
        np.testing.assert_allclose(
            moved, 0.05 * np.concatenate([grads["w"], grads["b"]]), rtol=1e-5
        )


def test_what_the_chapter_tells_to_try_is_true(js):
    data = demo_data("cliff")
    assert (data["w"], data["b"], data["lr"], data["maxNorm"]) == (1.8, -0.1, 0.05, 1)
    code = "Demos.all.cliff.verdict(Demos.all.cliff.descend({w: 1.8, b: -0.1}, {lr, maxNorm: max ?? Infinity}))"  # noqa: E501
    assert "in the valley." in js.run(code, lr=0.05, max=1)
    assert "in the valley." in js.run(code, lr=0.05, max=10)
    for max_norm in (100, 1000, None):
        assert "off the map since step" in js.run(code, lr=0.05, max=max_norm)
    for lr in (0.1, 0.2):
        assert "in the valley." in js.run(code, lr=lr, max=None)
        moved = code.replace("w: 1.8", "w: 1.7")
        assert "off the map since step" in js.run(moved, lr=lr, max=None)
    path = js.call("descend", {"w": 1.8, "b": -0.1}, {"lr": 0.05})
    assert round(path[29]["norm"]) == 4981 == round(max(p["norm"] for p in path))


def fate(page):
    return page.locator(".cliff-fate").inner_text()


def start_of(page):
    return page.get_by_role("slider", name="Start of the descent").get_attribute("aria-valuetext")


def test_keys_move_the_start_and_end_the_clipping(open_demo, js):
    page = open_demo("cliff")
    assert start_of(page) == "w 1.80, b −0.10" and "in the valley" in fate(page)
    page.get_by_label("Clip the gradient at").press("End")
    assert (
        page.get_by_label("Clip the gradient at").get_attribute("aria-valuetext") == "no clipping"
    )
    assert "off the map since step 30" in fate(page)
    handle = page.get_by_role("slider", name="Start of the descent")
    for key in ("ArrowLeft", "ArrowLeft", "ArrowUp"):
        handle.press(key)
    assert start_of(page) == "w 1.70, b −0.05"
    code = "Demos.all.cliff.verdict(Demos.all.cliff.descend({w: 1.7, b: -0.05}, {lr: 0.05}))"
    assert fate(page) == js.run(code)
    handle.press("Home")
    assert start_of(page) == "w 1.80, b −0.10"
    page.get_by_label("Step of the descent").press("Home")
    assert "1.80" in page.locator(".cliff-facts").inner_text()


def test_a_click_chooses_the_start_and_play_walks_to_the_end(open_demo, js):
    page = open_demo("cliff", reduced_motion="reduce")
    canvas = page.locator(".cliff-map canvas")
    box = canvas.bounding_box()
    canvas.click(position={"x": box["width"] * 0.25, "y": box["height"] * 0.5})
    assert start_of(page) == "w 0.65, b −0.20"
    code = "Demos.all.cliff.verdict(Demos.all.cliff.descend({w: 0.65, b: -0.2}, {lr: 0.05, maxNorm: 1}))"  # noqa: E501
    assert fate(page) == js.run(code)
    page.get_by_label("Step of the descent").press("Home")
    page.get_by_role("button", name="Play").click()
    assert page.get_by_label("Step of the descent").input_value() == "200"  # at once: no motion
