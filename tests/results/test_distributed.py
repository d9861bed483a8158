"""Training in several processes: the same steps as one, also after a worker was killed."""

import itertools
import os
import re
import signal
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from helpers import experiment

import rnnlib as rl

STEPS, KEPT = 120, 20
OPTIONS = dict(hidden=16, cell="lstm", embedding=8, dropout=0.0, batch=1097, lr=3e-3, clip=0.2)
"""Of 1,098 names: every other batch has one name, and the second worker none."""


@pytest.fixture(scope="module")
def scaling():
    """The arithmetic, which needs no PyTorch."""
    return experiment("scaling")


@pytest.fixture(scope="module")
def distributed():
    """The experiment; without PyTorch or gloo the test is skipped."""
    torch = pytest.importorskip("torch")
    if not (torch.distributed.is_available() and torch.distributed.is_gloo_available()):
        pytest.skip("this PyTorch has no gloo")
    return experiment("distributed")


@pytest.fixture(scope="module")
def start(distributed):
    """A function that starts two workers."""

    def start(*more, steps=STEPS, dtype="float32"):
        given = OPTIONS | {"steps": steps, "dtype": dtype}
        options = [word for name, value in given.items() for word in (f"--{name}", value)]
        return distributed.launch(2, *options, *more, stdout=-1, encoding="utf-8")

    return start


@pytest.fixture(scope="module")
def undisturbed(start, tmp_path_factory):
    """Losses and parameters after each step of two workers, float32."""
    path = tmp_path_factory.mktemp("undisturbed") / "trace.npz"
    with start("--trace", path) as process:
        said = process.stdout.read()
    assert process.returncode == 0 and f"{STEPS} steps" in said
    with np.load(path) as file:
        return dict(file)


def batches_of(distributed, count):
    """The first batches of a run, and its vocabulary."""
    vocab = rl.Vocabulary.from_text(rl.dinosaur_names())
    names, _, _ = rl.split(rl.dinosaur_names())
    steps = distributed.steps_from(0, vocab, names, OPTIONS["batch"])
    return vocab, [batch for _, batch in itertools.islice(steps, count)]


def worst(trace, losses, params):
    """The largest difference in a loss or a parameter over the steps that are given."""
    differences = [abs(trace[f"loss {k}"] - loss) for k, loss in enumerate(losses, 1)]
    for k, arrays in enumerate(params, 1):
        differences += [abs(trace[f"{name} {k}"] - p).max() for name, p in arrays.items()]
    return max(differences)


def test_two_processes_take_the_steps_of_one_and_of_rnnlib(distributed, undisturbed):
    vocab, batches = batches_of(distributed, KEPT)
    assert min(batch.inputs.shape[1] for batch in batches) == 1
    model, module = distributed.exported(SimpleNamespace(**OPTIONS, dtype="float32"), vocab)
    optimizer = distributed.torch.optim.Adam(module.parameters(), lr=OPTIONS["lr"])
    losses, params, norms = [], [], []
    for batch in batches:
        loss = distributed.train_step(module, optimizer, batch, 0, 1, OPTIONS["clip"])
        losses.append(float(loss))
        params.append(rl.from_torch(module).params)
    assert worst(undisturbed, losses, params) < 1e-6
    losses, params = [], []
    optimizer, clip = rl.Adam(OPTIONS["lr"]), OPTIONS["clip"]
    for step in rl.train_steps(model, batches, optimizer, epochs=1, clip_norm=clip, workers=1):
        losses.append(step.loss)
        params.append({name: p.copy() for name, p in model.params.items()})
        norms.append(step.grad_norm)
    assert worst(undisturbed, losses, params) < 2e-6
    assert max(norms) > clip > min(norms)  # clipping has a part in it


@pytest.mark.timeout(600)
def test_a_worker_that_is_killed_does_not_change_the_end(start, undisturbed, tmp_path):
    trace = tmp_path / "trace.npz"
    with start("--trace", trace, "--checkpoint", tmp_path / "run.pt") as process:
        said = ""
        for line in process.stdout:
            said += line
            if re.match(r"step +40 ", line):
                os.kill(int(re.search(r"Worker 2 of 2 is process (\d+)", said)[1]), signal.SIGKILL)
                break
        said += process.stdout.read()
    assert process.returncode == 0
    assert int(re.search(r"Going on after (\d+) steps", said)[1]) >= 40
    with np.load(trace) as file:
        assert f"loss {KEPT}" not in file  # the steps before were not taken again
        for name, expected in undisturbed.items():
            if name.endswith(f" {STEPS}"):
                np.testing.assert_array_equal(file[name], expected, err_msg=name)
    assert not list(tmp_path.glob("*.unfinished"))


def test_ctrl_c_leaves_a_checkpoint_of_the_last_step(start, distributed, tmp_path):
    path = tmp_path / "run.pt"
    with start("--checkpoint", path, steps=10**6) as process:
        for line in process.stdout:
            if line.startswith("step "):
                process.send_signal(signal.SIGINT)
                break
        said = process.stdout.read()
    stopped = int(re.search(r"Stopped after (\d+) steps", said)[1])
    kept = distributed.torch.load(path, weights_only=True)
    assert kept["step"] == stopped >= 20


def test_a_share_is_every_other_name_and_the_shares_are_the_batch(distributed):
    _, batches = batches_of(distributed, 2)
    like = distributed.torch.zeros(1)
    for batch in (batches[0], batches[-1]):
        parts = [distributed.share(batch, rank, 2, like) for rank in (0, 1)]
        assert sum(float(mask.sum()) for _, _, mask in parts) == batch.count
        inputs = [part[0].numpy() for part in parts]
        own = batch.inputs.shape[1]
        joined = np.empty_like(batch.inputs)
        joined[:, ::2] = inputs[0]
        if own > 1:
            joined[:, 1::2] = inputs[1]
        np.testing.assert_array_equal(joined, batch.inputs)


def test_without_torch_the_experiments_say_how_to_get_it(monkeypatch, scaling):
    monkeypatch.setitem(sys.modules, "torch", None)
    without = experiment("distributed")
    with pytest.raises(SystemExit, match=r"pip install -e '\.\[torch\]'"):
        without.main()
    monkeypatch.setitem(sys.modules, "distributed", without)
    with pytest.raises(SystemExit, match=r"pip install -e '\.\[torch\]'"):
        scaling.measure(8, 1)


def test_the_time_of_a_step_by_hand(scaling):
    # Ten names for four workers: one of them has three.  A ring of four sends six messages.
    compute, reduce = scaling.step_time(10, 4, 0.5, 0.1, 4000, 1e6, 0.01)
    assert compute == pytest.approx(0.5 + 3 * 0.1)
    assert reduce == pytest.approx(6 * (1000 / 1e6 + 0.01))
    assert scaling.step_time(10, 1, 0.5, 0.1, 4000, 1e6, 0.01) == (pytest.approx(1.5), 0)


def test_the_critical_batch_is_found_where_the_law_holds(scaling):
    rows = [
        {"batch": B, "lr": lr, "split": split, "steps": 30 * (1 + 50 / B) * lr + split}
        for B, lr, split in itertools.product((1, 8, 64, 512), (1, 2), (-1, 0, 1))
    ]
    rows.append({"batch": 8, "lr": 0.5, "split": 0, "steps": ""})  # a rate that failed
    assert scaling.critical_batch(rows) == pytest.approx((30, 50), rel=0.01)


def test_the_law_is_close_to_every_batch_size_that_was_measured(scaling):
    rows = rl.read_ledger(scaling.RESULTS / "batch_size.csv")
    least, critical = scaling.critical_batch(rows)
    medians = {1: 2048, 4: 512, 16: 128, 64: 48, 256: 26}  # read off the table, best rate
    for size, steps in medians.items():
        assert scaling.steps_needed(size, least, critical) == pytest.approx(steps, rel=0.25)


def test_the_plan_follows_from_its_assumptions(scaling):
    rows = [row for row in rl.read_ledger(scaling.TABLE) if row["what"] == "planned"]
    found = {(r["H"], r["link"], r["scaling"], r["workers"]): r for r in rows}
    assert len(found) == 2 * 2 * 2 * len(scaling.WORKERS)
    least, critical = scaling.critical_batch(rl.read_ledger(scaling.RESULTS / "batch_size.csv"))
    for (H, link, kind, workers), row in found.items():
        names = 1024 if kind == "strong" else 32 * workers
        share = -(-names // workers)
        compute = row["fixed ms"] + row["ms per name"] * share
        sent = 2 * (workers - 1) * (row["bytes"] / workers / row["bandwidth"])
        reduce = 1e3 * (sent + 2 * (workers - 1) * row["latency us"] / 1e6)
        assert row["step ms"] == pytest.approx(compute + reduce, rel=2e-3)
        one = found[H, link, kind, 1]
        gain = names / row["step ms"] / (one["names"] / one["step ms"])
        assert row["gain"] == pytest.approx(gain, rel=2e-3)
        steps = least * (1 + critical / names)
        sooner = least * (1 + critical / one["names"]) * one["step ms"] / (steps * row["step ms"])
        assert row["sooner"] == pytest.approx(sooner, rel=2e-3)


def test_a_thousand_workers_gain_far_less_than_a_thousand(scaling):
    rows = [row for row in rl.read_ledger(scaling.TABLE) if row["workers"] == 1000]
    assert all(row["gain"] < 200 for row in rows if row["scaling"] == "strong")
    assert all(row["sooner"] < 5 for row in rows if row["scaling"] == "weak")
    slow = [row for row in rows if row["link"].startswith("Ethernet")]
    assert all(row["reduce ms"] > 99 for row in slow)  # 1,998 messages of 50 us


def test_two_workers_were_measured_for_both_widths(scaling):
    rows = [row for row in rl.read_ledger(scaling.TABLE) if row["what"] == "measured"]
    assert [(row["H"], row["workers"]) for row in rows] == [(256, 1), (256, 2), (512, 1), (512, 2)]
    for row in rows:
        assert row["bytes"] == 4 * row["parameters"]
        assert row["steps per second"] == pytest.approx(1e3 / row["step ms"], rel=2e-3)
        assert 0.3 < row["gain"] <= 2.2
