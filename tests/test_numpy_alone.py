"""NumPy alone is enough: a Python that sees NumPy, rnnlib and nothing else does everything."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from helpers import ROOT

ABSENT = [
    *("anywidget", "ipywidgets", "matplotlib", "pooch", "rapidfuzz", "scipy", "threadpoolctl"),
    *("torch", "tqdm"),
]

START = f"""
import sys
sys.path[:0] = sys.argv[1:]
import importlib.util
for name in {ABSENT}:
    assert importlib.util.find_spec(name) is None, name
import numpy as np
import rnnlib as rl

rng = np.random.default_rng(0)
names = rl.dinosaur_names()[::30]
vocab = rl.Vocabulary.from_text(names)
model = rl.LanguageModel(len(vocab), 16, rng=rng)
batches = rl.padded_batches(vocab, names, 16, rng)
"""


@pytest.fixture(scope="module")
def only_numpy(tmp_path_factory):
    """A folder to import from that holds NumPy alone, as pip would install it."""
    folder = tmp_path_factory.mktemp("site-packages")
    installed = Path(np.__file__).parent
    for path in (installed, installed.with_name("numpy.libs")):
        if path.exists():
            (folder / path.name).symlink_to(path, target_is_directory=True)
    return folder


@pytest.fixture
def run(only_numpy, tmp_path):
    """Run code after `START`, in a Python without this one's packages; return what it prints."""

    def run(code):
        # -I and -S: no environment variables, no working folder and no site-packages.
        command = [sys.executable, "-I", "-S", "-c", START + code, only_numpy, ROOT]
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("COV_", "TQDM"))}
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, encoding="utf-8"
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


TASKS = {
    "write many, and search": """
assert len(rl.generate(model, vocab, stop="\\n", num_samples=5, rng=rng)) == 5
assert rl.beam_search(model, vocab, "tri", width=2, length=5, stop="\\n")
assert np.isclose(rl.next_symbol_distribution(np.zeros(4), top_p=0.9).sum(), 1)
""",
    "count": """
train, valid, test = rl.split(names)
for counter in (rl.NGram(3, vocab=vocab), rl.KneserNey(4, vocab=vocab)):
    counter.fit(train)
    assert 1 < counter.nats_per_symbol(test) < 4
    assert counter.sample(rng)
""",
    "read texts, and learn words": """
text = rl.tales()[:2000]
words = rl.Vocabulary.from_words(text)
assert words.decode(words.encode(text)).split() == text.split()
merges = rl.Vocabulary.from_merges(text, 20)
assert merges.decode(merges.encode(text)) == text
assert len(rl.dinosaurs()) > 1000
""",
    "check gradients": """
model = rl.LanguageModel(5, 3, cell="gru", rng=rng, dtype=np.float64)
assert max(rl.check_gradients(model, np.ones((3, 2), int), np.ones((3, 2), int)).values()) < 1e-6
""",
    "keep a ledger": """
rl.write_ledger("table.csv", [{"model": "RNN", "test": 1.5}])
assert rl.mean_scores(rl.read_ledger("table.csv")) == {"RNN": 1.5}
""",
}


@pytest.mark.parametrize("task", TASKS)
def test_a_task_needs_numpy_alone(task, run):
    assert run(TASKS[task] + "print('done')\n").splitlines()[-1] == "done"
