"""Formulas that are set at the build, and the weight of the pages that have them."""

import gzip
import json
import re
from functools import cache
from html import escape
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from browsing import PATIENCE
from bs4 import BeautifulSoup
from sphinx.errors import ExtensionError
from test_pages import HTML, PAGES

from tools.page_math import display_source, glyphs, pack, set_formula, write_stylesheet
from tools.page_weight import lighten_pages, unnamed
from tools.tex import Tex, TexError, mathjax_folder

built = pytest.mark.skipif(not PAGES, reason="the book is not built: make book")

SAMPLE = [
    (r"h_t = \tanh(x_t W_{xh} + h_{t-1} W_{hh} + b_h)", True),
    (r"\frac{\partial L}{\partial W_{hh}} = \sum_{t=1}^{T} h_{t-1}^\top \delta_t", True),
    (r"\begin{aligned} a &= \left(\prod_{k<t} \lambda_k\right) \\ b &\le 3 \end{aligned}", True),
    (r"\hat y \in \mathbb{R}^{V},\ \mathcal{O}(\sqrt{n}),\ \text{end mark } \texttt{x}", False),
    (r"\sigma(z) = \begin{cases} 1 & z > 0 \\ 0 & \text{otherwise} \end{cases}", True),
]

NAMES = "{http://www.w3.org/1998/Math/MathML}"


@pytest.fixture(scope="module")
def tex():
    return Tex()


def test_mathml_says_what_the_formula_says(tex):
    math = ElementTree.fromstring(tex.mathml(r"\frac{a<b}{W_{hh}}", display=True))
    assert math.tag == f"{NAMES}math" and math.get("display") == "block"
    over, under = math.find(f"{NAMES}mfrac")
    assert ["".join(part.itertext()) for part in (over, under)] == ["a<b", "Whh"]
    (subscripted,) = math.iter(f"{NAMES}msub")
    assert subscripted[0].text == "W"


def test_formula_carries_its_source_and_its_mathml(tex):
    formula = BeautifulSoup(tex.chtml(r'a &lt b < "c"'.replace("&", r"\&")), "html.parser")
    assert formula.find("mjx-container")["data-tex"] == r'a \&lt b < "c"'
    assert formula.find("mjx-math")["aria-hidden"] == "true"
    assert formula.select_one("mjx-assistive-mml math").get_text() == 'a&ltb<"c"'


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (r"\foo", r"Undefined control sequence \\foo"),
        (r"\frac{1}", "Missing argument"),
        ("a_b_c", "Double subscripts"),
        (r"\newcommand{\x}{y}", "Undefined control sequence"),
    ],
)
def test_formula_that_cannot_be_read_is_an_error(tex, bad, reason):
    with pytest.raises(TexError, match=reason):
        tex.chtml(bad)


def test_stylesheet_has_a_rule_and_a_glyph_for_each_character(tex):
    html = "".join(tex.chtml(*formula) for formula in SAMPLE)
    css = pack(tex.css())
    for classes in set(re.findall(r'<mjx-c class="(mjx-c[^"]*)"', html)):
        assert f".{classes.replace(' ', '.')}::before" in css, classes
    families = set(re.findall(r"font-family: (MJX[\w-]+); src: url", css))
    assert {"MJXZERO", "MJXTEX", "MJXTEX-I", "MJXTEX-A", "MJXTEX-T"} <= families
    assert "MJXTEX-FR" not in families  # nothing of it occurs
    assert {"h", "W"} <= glyphs(tex.css())["MJXTEX-I"]


def test_bad_formula_fails_the_build_which_names_page_and_formula(tex, tmp_path):
    builder = SimpleNamespace(current_docname="chapters/06_bptt", format="html")
    app = SimpleNamespace(tex=tex, builder=builder, bad_formulas=[], outdir=tmp_path)
    set_formula(app, r"h_t", False)
    assert app.bad_formulas == []
    set_formula(app, r"\foo h_t", False)
    with pytest.raises(ExtensionError, match=r"chapters/06_bptt: Undefined .* '\\\\foo h_t'"):
        write_stylesheet(app, None)


def test_blank_lines_part_the_lines_of_a_displayed_formula():
    from docutils import nodes

    formula = nodes.math_block("", "a = b\n\nc = d", nowrap=False)
    expected = r"\begin{align}\begin{aligned}a = b\\c = d\end{aligned}\end{align}"
    assert display_source(formula) == expected


def skeleton(html):
    """Return elements, glyphs and lengths of a formula, without what the page leaves out."""
    math = BeautifulSoup(html, "html.parser").find("mjx-math")
    return [
        (e.name, [c for c in e.get("class", []) if c[:5] == "mjx-c" or "TEX" in c],
         re.sub(r"\s|;$|(?<= 0)px", "", e.get("style", "")))
        for e in [math, *math.find_all()]
    ]  # fmt: skip


def test_formulas_are_those_that_mathjax_sets_in_a_browser(tex, browser, tmp_path):
    config = {"options": {"enableMenu": False}}
    config["chtml"] = {"matchFontHeight": False, "displayAlign": "left"}
    formulas = [rf"\[{t}\]" if display else rf"\({t}\)" for t, display in SAMPLE]
    script = (mathjax_folder() / "tex-chtml.js").as_uri()
    file = tmp_path / "page.html"
    file.write_text(
        f'<!doctype html><script>MathJax = {json.dumps(config)}</script><script src="{script}">'
        f"</script><body>{''.join(f'<p>{escape(formula)}</p>' for formula in formulas)}"
    )
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(file.as_uri())
    page.wait_for_function(
        "n => document.querySelectorAll('mjx-math').length === n", arg=len(SAMPLE)
    )
    there = page.evaluate("[...document.querySelectorAll('p')].map(e => e.innerHTML)")
    for (source, display), html in zip(SAMPLE, there, strict=True):
        assert skeleton(tex.chtml(source, display)) == skeleton(html), source
    page.close()


@built
def test_selected_formulas_are_copied_as_their_source(browser):
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto((HTML / "chapters" / "06_bptt.html").as_uri())
    copied = page.evaluate("""() => {
      const copies = [];
      const paragraph = [...document.querySelectorAll("article p")]
        .find(p => p.querySelector("mjx-container") && !p.closest("details"));
      const shown = document.querySelector("article div.math mjx-container");
      for (const element of [paragraph, shown]) {
        getSelection().selectAllChildren(element);
        const clipboardData = new DataTransfer();
        const event = new ClipboardEvent("copy", {clipboardData, bubbles: true});
        element.dispatchEvent(event);
        const sources = [...paragraph.querySelectorAll("mjx-container")].map(e => e.dataset.tex);
        copies.push([event.clipboardData.getData("text/plain"), sources, shown.dataset.tex]);
      }
      return copies;
    }""")
    (paragraph, sources, _), (shown, _, source) = copied
    assert sources and all(f"${tex}$" in paragraph for tex in sources)
    assert shown.strip() == f"$${source}$$"
    page.close()


@cache
def read(name):
    return (HTML / name).read_text(encoding="utf-8")


@built
@pytest.mark.parametrize("name", PAGES)
def test_every_formula_of_a_page_is_set_and_has_its_glyphs_and_mathml(name):
    page = read(name)
    containers = re.findall(r"<mjx-container .*?</mjx-container>", page, re.S)
    boxes = re.findall(r'<(?:span|div) class="[^"]*\bmath notranslate', page)
    assert len(boxes) == len(containers)
    for container in containers:
        assert re.match(r'<mjx-container data-tex="[^"]', container), container
        assert re.search(r"<mjx-assistive-mml[^>]*><math[^>]*><", container), container
    if containers:
        assert re.search(r'<link [^>]*href="[^"]*_static/math\.css', page)
        css = (HTML / "_static" / "math.css").read_text(encoding="utf-8")
        for glyph in set(re.findall(r'<mjx-c class="([^"]*)"', page)):
            assert f".{glyph.replace(' ', '.')}::before" in css, glyph
    code = r'<(pre|code|script)\b.*?</\1>|<span class="pre">.*?</span>'
    rest = re.sub(rf"<mjx-container .*?</mjx-container>|{code}|<[^>]*>", "", page, flags=re.S)
    raw = re.search(r"\\[(\[]|\\begin\{|\\frac|\$\\?[a-zA-Z]+[_^{]", rest)
    assert raw is None, f"{raw[0]} is not set"


def loads(name):
    """Return the files that a page asks for at once: styles, scripts, images, fonts."""
    folder = (HTML / name).parent
    soup = BeautifulSoup(read(name), "html.parser")
    links = [e["href"] for e in soup.select("link[rel=stylesheet], link[rel=icon]")]
    links += [e["src"] for e in soup.select("script[src], img[src]")]
    files = {
        (folder / re.sub(r"[?#].*", "", link)).resolve() for link in links if link[:5] != "data:"
    }
    for style in [file for file in files if file.suffix == ".css"]:
        urls = re.findall(r'url\("?([^)"]+)"?\)', style.read_text(encoding="utf-8"))
        files |= {(style.parent / url).resolve() for url in urls if url[:5] != "data:"}
    return {HTML / name, *files}


@built
@pytest.mark.parametrize("name", PAGES)
def test_page_and_all_that_it_loads_are_light(name):
    files = loads(name)
    assert not [file for file in files if not file.is_file()]
    assert not [file for file in files if re.search("mathjax|fontawesome.js", file.as_posix())]
    sizes = {file.name: len(gzip.compress(file.read_bytes(), 6)) for file in files}
    assert sum(sizes.values()) < 1e6, sorted(sizes.items(), key=lambda item: -item[1])[:8]


@built
def test_the_book_is_light_and_has_no_source_maps():
    files = [
        file
        for file in HTML.rglob("*")
        if file.is_file() and not {"live", "pdf"} & set(file.relative_to(HTML).parts)
    ]
    assert sum(file.stat().st_size for file in files) < 24e6
    assert not [file for file in files if file.suffix in (".map", ".ttf", ".mo")]
    scripts = [file for file in files if file.suffix in (".css", ".js")]
    assert not [file for file in scripts if b"sourceMappingURL" in file.read_bytes()]


def test_files_that_nothing_names_are_found(tmp_path):
    texts = {
        "page.html": '<link href="_static/a.css?v=1"><script src="_static/own.js">',
        "a.css": "x { background: url(used.png) }",
        "used.png": "",
        "b.css": "y { background: url(lost.png) }",
        "lost.png": "",
        "own.js": "load('later.js')",
        "later.js": "",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    candidates = {tmp_path / name for name in texts if name not in ("page.html", "own.js")}
    assert {path.name for path in unnamed(tmp_path, candidates)} == {"b.css", "lost.png"}


def test_scripts_that_do_nothing_are_taken_out_and_others_stay(tmp_path):
    icons = '<script defer src="_static/scripts/fontawesome.js?digest=5"></script>'
    search = '<script src="searchindex.js"></script>'
    own = '<script src="_static/page.js"></script>'
    for name in ("page.html", "search.html"):
        (tmp_path / name).write_text(icons + search + own)
    lighten_pages(tmp_path)
    assert (tmp_path / "page.html").read_text() == own
    assert (tmp_path / "search.html").read_text() == search + own
