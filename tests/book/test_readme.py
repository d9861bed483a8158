"""The README's example runs as it is printed, and its map of the book is right."""

import re

from helpers import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_example_of_the_readme_trains_saves_and_writes(tmp_path, monkeypatch, capsys):
    (code,) = re.findall(r"^```python\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    assert "epochs=20" in code  # some fifteen seconds; the test takes a tenth of it
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TQDM_DISABLE", "1")
    exec(code.replace("epochs=20", "epochs=2"), {})
    score, name = capsys.readouterr().out.splitlines()
    assert 1.5 < float(score.removesuffix(" nats per symbol")) < 2.5
    assert name.startswith("tri")
    assert (tmp_path / "run.npz").is_file()
