"""The descent with momentum in the page is that of rnnlib's SGD."""

import numpy as np
import pytest
from scripts import Script, demo_data

import rnnlib as rl

DATA = demo_data("momentum")
START, CURVATURES = DATA["start"], np.array(DATA["curvatures"])


@pytest.fixture(scope="module")
def js():
    return Script("momentum")


def walk(lr, momentum, steps=60):
    optimizer, params, path = rl.SGD(lr, momentum=momentum), {"w": np.array(START)}, [START]
    for _ in range(steps):
        optimizer.step(params, {"w": CURVATURES * params["w"]})
        path.append(params["w"].copy())
    return np.array(path)


def verdict(js, lr, momentum):
    path = js.call("walk", START, CURVATURES.tolist(), {"lr": lr, "momentum": momentum})
    return js.call("verdict", path, CURVATURES.tolist())


@pytest.mark.parametrize("momentum", [0, 0.56, 0.9, 0.98])
@pytest.mark.parametrize("lr", [0.001, 0.02, 0.0385, 0.06, 0.085])
def test_the_path_is_that_of_sgd(js, lr, momentum):
    found = js.call("walk", START, CURVATURES.tolist(), {"lr": lr, "momentum": momentum})
    np.testing.assert_allclose(np.array(found, float), walk(lr, momentum), rtol=1e-9, atol=1e-12)


def test_the_factor_is_the_larger_root(js, rng):
    for lr, momentum in rng.uniform((0.001, 0), (0.085, 0.98), size=(50, 2)):
        for c in CURVATURES:
            roots = np.roots([1, -(1 + momentum - lr * c), momentum])
            found = js.call("factor", c, {"lr": lr, "momentum": momentum})
            assert found == pytest.approx(np.abs(roots).max(), rel=1e-6)


def test_what_the_chapter_tells_to_try_is_true(js):
    for stable, beyond, momentum in ((0.039, 0.041, 0), (0.075, 0.077, 0.9)):
        factors = (
            max(js.call("factor", c, {"lr": lr, "momentum": momentum}) for c in CURVATURES)
            for lr in (stable, beyond)
        )
        assert next(factors) < 1 < next(factors)
    assert "It climbs out of the bowl." in verdict(js, 0.041, 0)
    assert "neither settles nor climbs out" in verdict(js, 0.076, 0.9)
    assert "Step 17 is the first" in verdict(js, 0.061, 0.56)
    assert "Step 55 is the first" in verdict(js, 0.039, 0)
    slow = [js.call("factor", c, {"lr": 0.061, "momentum": 0.98}) for c in CURVATURES]
    assert slow == pytest.approx([0.99, 0.99], abs=0.001)


def test_keys_set_rate_and_momentum(open_demo, js):
    page = open_demo("momentum")
    for label, lr, momentum in (("Learning rate", 0.085, 0.5), ("Momentum", 0.085, 0.98)):
        page.get_by_label(label, exact=True).press("End")
        assert page.locator(".momentum-fate").inner_text() == verdict(js, lr, momentum)


def test_a_click_on_the_slider_sets_the_rate(open_demo, js):
    page = open_demo("momentum")
    slider = page.get_by_label("Learning rate")
    box = slider.bounding_box()
    slider.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    lr = float(slider.input_value())
    assert 0.035 < lr < 0.05
    assert page.locator(".momentum-fate").inner_text() == verdict(js, lr, 0.5)
