"""The table of what PyTorch does: rnnlib agrees with it, and so does PyTorch, where it is."""

import sys
from pathlib import Path

import numpy as np
import pytest
from helpers import experiment

import rnnlib as rl

ROWS = rl.read_ledger(Path(__file__).parents[2] / "results" / "frameworks.csv")


def stored(what, case):
    return {r["n"]: r["value"] for r in ROWS if (r["what"], r["case"]) == (what, case)}


def differences(dtype):
    return [r["value"] for r in ROWS if r["what"] == "same weights" and dtype in r["case"]]


def epoch_of_names():
    names = rl.dinosaur_names()
    vocab, (train, *_) = rl.Vocabulary.from_text(names), rl.split(names)
    batches = rl.padded_batches(vocab, train, 32, np.random.default_rng(0))
    model = rl.LanguageModel(27, 64, rng=np.random.default_rng(0), dtype=np.float64)
    steps = rl.train_steps(model, list(batches), rl.Adam(3e-3), epochs=1, clip_norm=1.0)
    return [step.loss for step in steps]


def test_an_epoch_in_rnnlib_takes_the_steps_that_pytorch_took():
    mine, theirs = epoch_of_names(), stored("epoch", "PyTorch")
    assert len(theirs) == 4
    for n, loss in theirs.items():
        assert mine[int(n) - 1] == pytest.approx(loss, abs=1e-6)
    both = stored("epoch", "PyTorch, both biases")
    assert both[1] == theirs[1] and abs(both[11] - theirs[11]) > 0.01


def test_outputs_and_gradients_agree_to_rounding():
    assert len(differences("float32")) == len(differences("float64")) == 6
    assert max(differences("float32")) < 1e-6 and max(differences("float64")) < 1e-13


def test_a_state_that_is_not_detached_brings_its_past_along():
    assert set(stored("graph", "detached").values()) == {99}
    growing = stored("graph", "never detached")
    windows, nodes = np.array(sorted(growing.items())).T
    assert np.ptp((nodes - nodes[0])[1:] / (windows - 1)[1:]) == 0
    slow, fast = (
        np.array(list(stored("detach", case).values())) for case in ("never detached", "detached")
    )
    assert slow[-5:].mean() > 4 * fast[-5:].mean()


def test_two_biases_move_twice_as_far():
    for optimizer in ("SGD", "Adam"):
        (ratio,) = stored("bias", optimizer).values()
        assert ratio == pytest.approx(2, abs=1e-3)


def test_without_torch_the_experiment_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(SystemExit, match=r"pip install -e '\.\[torch\]'"):
        experiment("frameworks")


@pytest.mark.parametrize("what", ["epoch", "bias", "refuses"])
def test_pytorch_still_does_what_the_table_says(what):
    pytest.importorskip("torch", reason="pip install -e '.[torch]'")
    for case, n, value in experiment("frameworks").KINDS[what]():
        (kept,) = (
            r["value"] for r in ROWS if (r["what"], r["case"]) == (what, case) and r["n"] == n
        )
        if what == "refuses":
            assert value.split(":")[0] == kept.split(":")[0], case
        else:
            assert float(value) == pytest.approx(kept, rel=1e-6)
