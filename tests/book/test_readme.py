"""The README's example runs as it is printed, and what CONTRIBUTING lists is there."""

import importlib
import importlib.util
import re
import tomllib

from helpers import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
WANTED = {
    re.match(r"[\w-]+", name)[0]
    for names in (PROJECT["dependencies"], *PROJECT["optional-dependencies"].values())
    for name in names
}
"""All packages that the project depends on, with all its extras."""


def test_the_example_of_the_readme_trains_saves_and_writes(tmp_path, monkeypatch, capsys):
    code, in_torch = re.findall(r"^```python\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    assert "epochs=20" in code  # some fifteen seconds; the test takes a tenth of it
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TQDM_DISABLE", "1")
    names = {}
    exec(code.replace("epochs=20", "epochs=2"), names)
    score, name = capsys.readouterr().out.splitlines()
    assert 1.5 < float(score.removesuffix(" nats per symbol")) < 2.5
    assert name.startswith("tri")
    assert (tmp_path / "run.npz").is_file()
    if importlib.util.find_spec("torch"):
        importlib.import_module("torch").set_num_threads(1)  # as for rnnlib: two get in the way
        rl, before = names["rl"], names["model"]
        validation = rl.padded_batches(names["vocab"], names["valid"], 256)
        exec(in_torch, names)  # one more epoch
        assert rl.evaluate(names["model"], validation) < rl.evaluate(before, validation)


def test_the_map_of_chapters_names_files_that_exist():
    rows = re.findall(r"^\| `(\d\d_\w+)` \| (.*) \| (.*) \|", CONTRIBUTING, re.MULTILINE)
    chapters = {path.stem for path in (ROOT / "chapters").glob("*.ipynb")}
    assert {chapter for chapter, *_ in rows} == chapters
    for _, modules, tests in rows:
        for module in re.findall(r"`([^`]+)`", modules):
            assert (ROOT / "rnnlib" / module).exists(), module
        for test in re.findall(r"`([^`]+)`", tests):
            assert (ROOT / test).exists(), test


def test_every_dependency_has_its_reason():
    table = CONTRIBUTING.split("## Dependencies")[1]
    cells = re.findall(r"^\| (?:\*\*\w+\*\* )?([\w, -]+) \| \S", table, re.MULTILINE)
    given = {name for cell in cells for name in cell.split(", ")} - {"package"}
    assert given == WANTED


def test_every_dependency_is_pinned_exactly_and_from_no_address():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line.split("#")[0].strip() for line in lines if line and line[0] != "#"]
    assert all(re.fullmatch(r"[a-z0-9-]+==[\w.]+", pin) for pin in pins)
    assert {pin.split("==")[0] for pin in pins} >= WANTED


def test_the_commands_of_the_documents_are_in_the_makefile():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    documents = README + CONTRIBUTING + (ROOT / ".ci" / "run").read_text("utf-8")
    named = re.findall(r"(?:^|`)make ([a-z]+)", documents, re.MULTILINE)
    assert len(named) > 10
    assert set(named) <= targets
    assert "tests" not in targets  # nobody should have to ask how it differs from test
