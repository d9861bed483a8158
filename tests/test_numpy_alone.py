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
    "train with a bar, validate, save, resume and write": """
validation = rl.padded_batches(vocab, names[:9], 16)
before = rl.evaluate(model, validation)
fit = dict(clip_norm=1.0, validation=validation, progress=True)
rl.fit(model, batches, rl.Adam(0.01), epochs=2, schedule=rl.cosine_decay,
       callbacks=[rl.KeepBest(), rl.SaveCheckpoint("run.npz", vocab), rl.EarlyStopping(5)], **fit)
assert rl.evaluate(model, validation) < before
loaded = rl.load_checkpoint("run.npz")
batches = rl.padded_batches(loaded.vocab, names, 16, loaded.rng)
history = rl.fit(loaded.model, batches, loaded.optimizer, epochs=3, history=loaded.history, **fit)
assert history.epochs == 3
assert rl.generate(loaded.model, vocab, "tri", stop="\\n", rng=rng).startswith("tri")
""",
    "train wide on two workers": """
wide = rl.LanguageModel(len(vocab), 256, cell="lstm", embedding_dim=8, dropout=0.1, rng=rng)
for step in rl.train_steps(wide, batches, rl.SGD(0.1), epochs=1, workers=2):
    pass
""",
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
    "classify and tag": """
for model, labels in (
    (rl.SequenceClassifier(len(vocab), 8, 2, rng=rng), [len(name) % 2 for name in names]),
    (rl.SequenceTagger(len(vocab), 8, 2, rng=rng), [[int(s in "aeiou") for s in n] for n in names]),
):
    batches = rl.labelled_batches(vocab, names, labels, 16, rng)
    rl.fit(model, batches, rl.Adam(0.01), epochs=1, progress=True)
""",
    "read texts, and learn words": """
text = rl.tales()[:2000]
words = rl.Vocabulary.from_words(text)
assert words.decode(words.encode(text)).split() == text.split()
merges = rl.Vocabulary.from_merges(text, 20)
assert merges.decode(merges.encode(text)) == text
assert len(rl.dinosaurs()) > 1000
""",
    "read a text that stays in its file": """
with open("text.txt", "w") as file:
    length = file.write("trex and allo " * 99)
ids = rl.encode_file(rl.file_vocabulary("text.txt"), "text.txt", "ids.npy")
assert len(ids) == length and len(rl.stream_batches(ids, 2, 8)) > 0
""",
    "translate": """
pairs = rl.translation_pairs(40, rng)
english, french = (rl.Vocabulary.from_words(" ".join(side)) for side in zip(*pairs))
model = rl.Seq2Seq(len(english), len(french), 8, rng=rng)
rl.fit(model, rl.pair_batches(english, french, pairs, 8, rng), rl.Adam(0.01), epochs=1)
(text,) = rl.translate(model, english, french, [pairs[0][0]])
assert isinstance(text, str)
""",
    "write the blues, judge it and play it": """
progression = rl.music.blues(1, rng)[0]
assert rl.music.judge(progression).obeys
rl.music.write_wav("blues.wav", rl.music.sound(progression, sample_rate=8000), 8000)
assert open("blues.wav", "rb").read(4) == b"RIFF"
""",
    "ask whether names are new": """
report = rl.novelty_report(["tyrannus", "rexosaurus"], names, ["rexosaurus"])
assert (report.new, report.rediscovered) == (1, ["rexosaurus"])
assert rl.novelty_report(["rex"], ["tyrex"]).mean_distance == 2
""",
    "check gradients": """
model = rl.LanguageModel(5, 3, cell="gru", rng=rng, dtype=np.float64)
assert max(rl.check_gradients(model, np.ones((3, 2), int), np.ones((3, 2), int)).values()) < 1e-6
""",
    "hand weights to PyTorch and take them back": """
other = rl.LanguageModel(len(vocab), 16, rng=rng)
rl.load_torch_state(other, rl.torch_state(model))
validation = rl.padded_batches(vocab, names, 16)
assert rl.evaluate(other, validation) == rl.evaluate(model, validation)
""",
    "keep a ledger": """
rl.write_ledger("table.csv", [{"model": "RNN", "test": 1.5}])
assert rl.mean_scores(rl.read_ledger("table.csv")) == {"RNN": 1.5}
""",
}


@pytest.mark.parametrize("task", TASKS)
def test_a_task_needs_numpy_alone(task, run):
    assert run(TASKS[task] + "print('done')\n").splitlines()[-1] == "done"


NEEDS = {
    "matplotlib": "import rnnlib.plots; rnnlib.plots.unrolled('ab', 'bc')",
    "pooch": "rl.fetch_text('tinyshakespeare')",
    "torch": "rl.to_torch(model)",
}


@pytest.mark.parametrize("package", NEEDS)
def test_what_needs_more_says_what_to_install(package, run):
    code = f"""
try:
    {NEEDS[package]}
except ImportError as error:
    print(error)
"""
    assert f"pip install {package}" in run(code)
