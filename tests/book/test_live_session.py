"""Live Python without a browser: what runs first, what a cell shows, the files, the colours."""

import ast
import hashlib
import io
import json
import sys
import threading
import urllib.request
import zipfile
from pathlib import Path

import matplotlib
import nbformat
import pytest

from tools import live, page_live, serve
from tools.live_session import Names, Session, plan

matplotlib.use("agg")

ROOT = Path(__file__).parents[2]
SOURCES = [
    cell.source
    for path in sorted(ROOT.glob("chapters/*.ipynb"))
    for cell in nbformat.read(path, 4).cells
    if cell.cell_type == "code" and cell.source.strip()
]


def cells(*sources, done=(), long=()):
    return [
        {"source": source, "done": i in done, "long": i in long} for i, source in enumerate(sources)
    ]


def test_cells_above_run_first_but_for_those_that_have_run():
    assert plan(cells("a = 1", "b = 2", "a")) == ([0, 1], [0], [])
    assert plan(cells("a = 1", "b = 2", "a", done=[0]), {"a"}) == ([1], [], [])


def test_a_long_cell_runs_only_if_the_last_one_needs_what_it_makes():
    page = "x = 0", "big = x + 1", "print(big)", "y = x", "y"
    assert plan(cells(*page, long=[1])) == ([0, 3], [0, 3], [1, 2])
    assert plan(cells(*page[:3], long=[1])) == ([0, 1], [0, 1], [])


def test_a_long_cell_that_trains_a_model_is_needed_for_that_model():
    page = "model = make()", "history = rl.fit(model, batches)", "model.params"
    page = ("make = rl = batches = dict", *page)
    assert plan(cells(*page, long=[2])) == ([0, 1, 2], [0, 1, 2], [])


def test_the_nearest_cell_that_binds_a_name_is_the_one_that_is_needed():
    page = "rng = 1", "rng = slow()", "rng = 2", "rng"
    assert plan(cells(*page, long=[1])) == ([0, 2], [2], [1])


@pytest.mark.parametrize(
    ("source", "reads", "binds"),
    [
        ("h = h + 1", {"h"}, {"h"}),
        ("x = 1\nprint(x)", set(), {"x"}),
        ("def f(a, b=c):\n    return a + d", {"c", "d"}, {"f"}),
        ("def f():\n    return g()\ndef g(): pass", set(), {"f", "g"}),
        ("[k for k in ks if k > low]", {"ks", "low"}, set()),
        ("class A(B):\n    one = 1\n    two = one\n    def f(self): return z", {"B", "z"}, {"A"}),
        ("import numpy as np\nfrom a.b import c as d", set(), {"np", "d"}),
        ("lambda x: x + y", {"y"}, set()),
        ("w[0] = 1", {"w"}, set()),
        ("this is no Python", set(), set()),
    ],
)
def test_what_a_cell_reads_and_what_it_binds(source, reads, binds):
    names = Names(source)
    assert (names.reads, names.binds) == (reads, binds)


@pytest.fixture
def shown():
    return []


@pytest.fixture
def session(shown, monkeypatch):
    session = Session(lambda kind, text: shown.append((kind, text)))
    session.variables = {"__name__": "__main__", "display": session.display}
    monkeypatch.setattr(Session, "current", None)
    return session


def test_a_cell_prints_and_shows_its_last_expression(session, shown):
    assert session.run("print('one'); x = 2\nx + 1") == "done"
    assert [text for _, text in shown] == ["one", "\n", "3"]
    assert shown[-1] == ("text", "3")
    assert session.run("x = 5;") == session.run("x;") == session.run("None") == "done"
    assert len(shown) == 3


def test_a_value_with_html_is_shown_as_html(session, shown):
    session.run("class Table:\n    def _repr_html_(self): return '<table></table>'\nTable()")
    session.run("Table")  # the class itself has none
    assert shown[0] == ("html", "<table></table>")
    assert shown[1][0] == "text"


def test_open_figures_are_shown_in_both_widths_and_closed(session, shown):
    session.run("import matplotlib.pyplot as plt\nplt.plot([1, 2]);")
    ((kind, text),) = shown
    assert kind == "svg"
    assert text.count('<svg class="fig') == 2
    session.run("plt.get_fignums()")
    assert shown[-1] == ("text", "[]")


def test_an_error_names_the_lines_of_the_cells_and_the_place_inside_the_package(session, shown):
    session.run("def deep(x):\n    return rl.Vocabulary.from_text(x).encode('?')")
    assert session.run("import rnnlib as rl\n\ndeep(['ab'])") == "failed"
    ((kind, text),) = shown
    assert kind == "error"
    first, second, third, *_ = text.split("\n")
    assert first == "line 3: deep(['ab'])"
    assert second.startswith("line 2 of deep: return")
    assert third.startswith("raised in ")
    assert "text/vocabulary.py" in third
    assert "ValueError" in text


def test_a_failed_check_an_error_in_the_grammar_and_an_interrupt_are_told_apart(session, shown):
    assert session.run("assert 1 == 2") == "check"
    assert session.run("1 +") == "failed"
    assert "SyntaxError" in shown[-1][1]
    assert session.run("raise KeyboardInterrupt") == "interrupted"
    assert shown[-1] == ("error", "Interrupted.")


def test_without_ipywidgets_a_slider_shows_its_first_value(session, shown, monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "tools" / "live_stand_ins")
    monkeypatch.delitem(sys.modules, "ipywidgets", raising=False)
    session.run(
        "from ipywidgets import Dropdown, IntSlider, Text, interact\n"
        "@interact(n=IntSlider(3, min=1), k=Dropdown(options=['a', 'b']), t=Text('x'), r=(1, 5))\n"
        "def show(n, k, t, r): print(n, k, t, r)"
    )
    assert "".join(text for _, text in shown) == "3 a x 1\n"
    sys.modules.pop("ipywidgets")


def test_the_browser_has_every_package_that_a_cell_imports():
    stand_ins = {path.stem for path in (ROOT / "tools" / "live_stand_ins").iterdir()}
    there = {"numpy", "matplotlib", "rnnlib"} | stand_ins | sys.stdlib_module_names
    missing = {
        f"{path.name}: {module}"
        for folder in ("chapters", "solutions", "reference")
        for path in ROOT.glob(f"{folder}/*.ipynb")
        for cell in nbformat.read(path, 4).cells
        if cell.cell_type == "code" and "live-skip" not in cell.metadata.get("tags", ())
        for module in imported(cell.source) - there
    }
    assert not missing


def imported(source):
    """The packages that a cell imports, but for those that it can do without."""
    tree = ast.parse(source)
    tried = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.Try)
        for node in ast.walk(block)
    }
    nodes = [node for node in ast.walk(tree) if id(node) not in tried]
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module for node in nodes if isinstance(node, ast.ImportFrom)]
    return {name.split(".")[0] for name in names}


def test_a_file_with_another_hash_is_refused_and_nothing_is_written(tmp_path, monkeypatch):
    for name in live.HASHES:
        (tmp_path / name).write_bytes(b"something else")
    book = tmp_path / "html"
    (book / "_static").mkdir(parents=True)
    monkeypatch.setattr(sys, "argv", ["live", "--html", str(book), "--cache", str(tmp_path)])
    message = live.main()
    assert message.startswith("pyodide.asm.js is not the file")
    assert f"Delete {tmp_path}" in message
    assert not (book / "_static" / "live").exists()


def test_what_is_written_is_what_the_page_will_read(tmp_path, monkeypatch):
    files = {"a.txt": b"text " * 99, "b.whl": hashlib.sha256(b"").digest()}
    monkeypatch.setattr(live, "GROUPS", {"core": {"a.txt": ""}, "figures": {"b.whl": ""}})
    size = live.write(files, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "a.txt.js",
        "b.whl.js",
        "manifest.js",
    ]
    runtime = json.loads((tmp_path / "manifest.js").read_text().split(" = ")[1].rstrip(";\n"))
    sizes = {"core": {"a.txt": None}, "figures": {"b.whl": None}}
    for group, names in sizes.items():
        for name in names:
            names[name] = (tmp_path / f"{name}.js").stat().st_size
            assert runtime["files"][group][name] == names[name]
    assert size == sum(n for names in sizes.values() for n in names.values())
    racer = pytest.importorskip("py_mini_racer").MiniRacer()
    racer.eval("const Live = { file(...got) { Live.got = got; } }")
    racer.eval((tmp_path / "a.txt.js").read_text())
    name, zipped, _ = json.loads(racer.eval("JSON.stringify(Live.got)"))
    assert (name, zipped) == ("a.txt", True)


def test_the_archive_has_the_package_its_data_the_tables_and_the_session():
    with zipfile.ZipFile(io.BytesIO(page_live.archive(ROOT))) as packed:
        names = set(packed.namelist())
    assert {"rnnlib/__init__.py", "rnnlib/course.mplstyle", "live_session.py"} <= names
    assert {"data/dinosaurs.csv", "results/names.csv", "stand_ins/tqdm/auto.py"} <= names
    assert not any("__pycache__" in name for name in names)


def test_the_served_book_may_share_memory(tmp_path):
    (tmp_path / "index.html").write_text("a page")
    with serve.server(tmp_path, port=0) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        port = running.server_address[1]
        with urllib.request.urlopen(f"http://localhost:{port}/index.html") as answer:
            assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
            assert answer.headers["Cross-Origin-Embedder-Policy"] == "credentialless"
            assert answer.read() == b"a page"
        running.shutdown()


@pytest.fixture(scope="module")
def editor():
    racer = pytest.importorskip("py_mini_racer").MiniRacer()
    racer.eval((ROOT / "web" / "live_editor.js").read_text(encoding="utf-8"))
    return lambda call, *given: json.loads(
        racer.eval(f"JSON.stringify(Live.{call}({', '.join(map(json.dumps, given))}))")
    )


def test_colouring_loses_no_letter_of_the_book_and_agrees_with_pygments(editor):
    from pygments.lexers import PythonLexer
    from pygments.token import Comment, Keyword, Number, Operator, String

    def group(kind):
        if kind in Comment:
            return "c1"
        if kind in Number:
            return "mi"
        if kind in Keyword.Constant:
            return "kc"
        if kind in Keyword or kind is Operator.Word:
            return "k"
        return ""

    differ = total = 0
    for source in SOURCES:
        found = editor("tokens", source)
        assert "".join(text for _, text in found) == source
        ours = [kind for kind, text in found for _ in text]
        theirs = [
            ("s" if kind in String else group(kind), text)
            for kind, text in PythonLexer(stripnl=False, ensurenl=False).get_tokens(source)
        ]
        pygments = [kind for kind, text in theirs for _ in text]
        pairs = [
            (a, b)
            for a, b in zip(ours, pygments, strict=True)
            if "s" not in (a, b) and a != "nf"  # what is inside braces of f-strings is ours alone
        ]
        differ += sum(a != b for a, b in pairs)
        total += len(pairs)
    assert differ / total < 0.002


@pytest.mark.parametrize("half", ["'open", '"""open\n', "f'{", "x = 1 #", "0x", "r'\\"])
def test_code_that_is_being_written_is_coloured_too(editor, half):
    assert "".join(text for _, text in editor("tokens", half)) == half


def test_enter_keeps_the_indentation_and_deepens_it_after_a_colon(editor):
    assert editor("newLine", "    x = 1", 9, 9) == [9, 9, "\n    "]
    assert editor("newLine", "for x in y:", 11, 11) == [11, 11, "\n    "]
    assert editor("newLine", "f(", 2, 2) == [2, 2, "\n    "]


def test_tab_indents_lines_and_shift_tab_takes_that_back(editor):
    assert editor("indent", "ab", 2, 2, False) == [2, 2, "  "]
    assert editor("indent", "a\nb", 0, 3, False) == [0, 3, "    a\n    b"]
    assert editor("indent", "    a\n  b", 7, 9, True) == [6, 9, "b"]
