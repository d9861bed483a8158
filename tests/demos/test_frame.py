"""The frame of the demos: the package shows them, pages load them, everything is in its place."""

import re
import sys
import tomllib

import pytest
from helpers import ROOT
from pages import CONTRAST, faults
from scripts import DEMOS, Script, demo_data

import rnnlib as rl
from rnnlib.widgets.demo import _widget_class, names
from tools.page_demos import ELEMENT, write_demos

NAMES = names()
WIDGET = "application/vnd.jupyter.widget-view+json"

every_demo = pytest.mark.parametrize("name", NAMES)


def test_a_demo_has_a_script_and_data():
    assert NAMES
    assert {path.stem for path in DEMOS.glob("*.js")} - {"shared"} == set(NAMES)


@every_demo
def test_a_demo_computes_without_a_page_and_says_what_to_do(name):
    assert Script(name).run(f"Demos.all.{name}.title.length") > 10


@every_demo
def test_the_page_finds_the_element_that_the_package_shows(name):
    bundle, _ = rl.demo(name)._repr_mimebundle_()
    assert ELEMENT.findall(bundle["text/html"]) == [name]
    assert bundle["text/plain"] == f"rl.demo('{name}')"
    assert WIDGET in bundle


@every_demo
def test_what_a_notebook_stores_is_the_same_every_time(name):
    one, other = (rl.demo(name)._repr_mimebundle_()[0] for _ in range(2))
    assert one.pop(WIDGET) != other.pop(WIDGET)
    assert one == other


@every_demo
def test_data_are_below_500_kb(name):
    assert (DEMOS / "data" / f"{name}.json").stat().st_size < 500_000


@pytest.mark.mistake
def test_a_demo_that_is_none_is_refused_in_words():
    with pytest.raises(ValueError, match=r"no demo 'mammals'; there are .*names"):
        rl.demo("mammals")


def test_without_anywidget_a_notebook_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)
    monkeypatch.setattr("rnnlib.widgets.demo._widget_class", _widget_class.__wrapped__)
    bundle, _ = rl.demo("names")._repr_mimebundle_()
    assert WIDGET not in bundle
    assert bundle["text/plain"].endswith("pip install anywidget")


def test_the_pages_own_python_shows_the_element_though_it_has_no_files(monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)
    monkeypatch.setattr("rnnlib.widgets.demo._widget_class", _widget_class.__wrapped__)
    monkeypatch.setattr("rnnlib.widgets.demo.FOLDER", "nowhere")
    bundle, _ = rl.demo("names")._repr_mimebundle_()
    assert ELEMENT.findall(bundle["text/html"]) == ["names"]


@every_demo
def test_a_demo_mounts_in_a_notebook_as_a_module(browser, name):
    page, complaints = browser.new_page(), []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    widget = rl.demo(name)._widget()
    shown = page.evaluate(
        """async ([source, name, value]) => {
          const address = URL.createObjectURL(new Blob([source], {type: "text/javascript"}));
          const module = await import(address), el = document.createElement("div");
          document.body.append(el);
          module.default.render({model: {get: key => ({name, value})[key]}, el});
          return el.querySelector(".demo-on .demo-title").textContent;
        }""",
        [widget._esm, name, widget.value],
    )
    page.close()
    assert not complaints
    assert shown == Script(name).run(f"Demos.all.{name}.title")


def test_a_demo_that_a_cell_shows_anew_is_mounted_again(open_demo):
    page = open_demo("names")
    page.evaluate("""() => {
      const old = document.querySelector(".demo"), fresh = document.createElement("div");
      fresh.className = "demo"; fresh.dataset.demo = "names";
      old.replaceWith(fresh);
    }""")
    page.wait_for_selector(".demo-on")


def test_a_notebooks_module_ends_in_what_anywidget_calls():
    (name, *_), demo = NAMES, rl.demo(NAMES[0])
    module = demo._widget()._esm
    assert module.index("const Demos =") < module.index(f'Demos.add("{name}"')
    assert module.rstrip().endswith("};") and "export default {" in module


def test_the_wheel_ships_the_demos():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    shipped = settings["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert shipped["demos"] == "rnnlib/demos"


def test_data_become_scripts_for_a_page_that_may_not_fetch(tmp_path):
    write_demos(DEMOS, tmp_path)
    script = Script()
    name = NAMES[0]
    script.context.eval((tmp_path / "data" / f"{name}.js").read_text(encoding="utf-8"))
    found = script.run(
        "(() => { let v; Demos.load(name, '', d => { v = d; }); return v; })()", name=name
    )
    assert found == demo_data(name)


def test_no_script_asks_for_modules_or_the_network():
    for path in DEMOS.glob("*.js"):
        text = path.read_text(encoding="utf-8")
        assert '"use strict";' in text, path.name
        assert not re.search(
            r"^\s*(import|export)\b|\bfetch\(|https?://(?!www\.w3\.org)", text, re.M
        )


@every_demo
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_demo_is_accessible_and_fits_at_any_width(open_demo, axe, name, theme):
    page = open_demo(name, theme)
    assert faults(page, axe, theme) == []


@every_demo
def test_a_button_can_be_read_under_the_pointer(open_demo, axe, name):
    page = open_demo(name, "dark", reduced_motion="reduce")
    page.evaluate(axe)
    for button in page.locator(".demo button:enabled").all():
        button.hover()
        assert page.evaluate(CONTRAST) == []


@every_demo
def test_nothing_below_a_demo_moves_when_it_mounts(open_demo, name):
    for width in (390, 1280):
        page = open_demo(name, width=width)
        page.evaluate("document.fonts.ready")
        height, room = page.evaluate(
            """() => {
              const e = document.querySelector(".demo"), height = e.offsetHeight;
              e.classList.remove("demo-on");
              return [height, parseFloat(getComputedStyle(e).minHeight)];
            }"""
        )
        assert height <= room <= 1.15 * height, f"needs {height} px at {width} px, has {room}"


@every_demo
def test_without_script_a_sentence_says_so(open_demo, name):
    page = open_demo(name, java_script_enabled=False)
    assert page.locator(".demo").inner_text() == "No script."
