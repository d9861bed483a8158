"""A batch split over threads: the same step, up to the order of summation."""

import threading
import time

import numpy as np
import pytest
from helpers import MODEL_CELLS, NAMES, frozen
from planted import bug

import rnnlib as rl
from rnnlib.threads import VARIABLES, cores
from rnnlib.training.parallel import loss, loss_and_grads, number_of_workers

T, B, V, H = 6, 5, 7, 4
MASK = np.arange(T)[:, None] < [6, 2, 4, 6, 1]


@pytest.fixture
def free(monkeypatch):
    """No number of threads is set in the environment."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def language_model(cell, rng, **options):
    model = rl.LanguageModel(V, H, cell, rng=rng, dtype=np.float64, **options)
    for p in model.params.values():
        p *= 3
    return model


def nested_state(model, rng):
    return tuple(
        tuple(rng.standard_normal(s.shape) for s in layer)
        for layer in model.recurrent.initial_state(B)
    )


def streams(cell, rng):
    model = language_model(cell, rng, num_layers=2)
    ids, targets = rng.integers(0, V, (2, T, B))
    return model, rl.Batch(ids, targets), nested_state(model, rng)


def padded(cell, rng):
    model = language_model(cell, rng, embedding_dim=H, tie_weights=True)
    ids, targets = rng.integers(0, V, (2, T, B))
    return model, rl.Batch(ids, targets, MASK), None


def classes(cell, rng):
    model = language_model(cell, rng, num_classes=3)
    ids, targets = rng.integers(0, V, (2, T, B))
    return model, rl.Batch(ids, targets, MASK, rng.integers(0, 3, B)), None


def classifier(cell, rng):
    model = rl.SequenceClassifier(V, H, 3, cell, bidirectional=True, rng=rng, dtype=np.float64)
    batch = rl.Batch(rng.integers(0, V, (T, B)), rng.integers(0, 3, B), MASK)
    return model, batch, None


def tagger(cell, rng):
    model = rl.SequenceTagger(V, H, 3, cell, rng=rng, dtype=np.float64)
    batch = rl.Batch(rng.integers(0, V, (T, B)), rng.integers(0, 3, (T, B)), MASK)
    return model, batch, None


def pairs(cell, rng):
    model = rl.Seq2Seq(V, V, H, cell, rng=rng, dtype=np.float64)
    source, target, targets = rng.integers(0, V, (3, T, B))
    inputs = rl.PairInputs(source, np.array([6, 1, 3, 2, 6]), target)
    return model, rl.Batch(inputs, targets, MASK), None


every_task = pytest.mark.parametrize(
    "task", [streams, padded, classes, classifier, tagger, pairs], ids=lambda task: task.__name__
)
every_cell = pytest.mark.parametrize("cell", MODEL_CELLS)


def on_its_own(model, batch, state=None, **options):
    """What the model computes of the whole batch."""
    options |= {"state": state} if state is not None else {}
    options |= {"mask": batch.mask} if batch.mask is not None else {}
    options |= {"labels": batch.labels} if batch.labels is not None else {}
    return model.loss_and_grads(batch.inputs, batch.targets, **options)


def flat(state):
    """All numbers of nested tuples of arrays, in one order."""
    if isinstance(state, tuple):
        return [number for part in state for number in flat(part)]
    return [] if state is None else state.ravel().tolist()


def assert_same(some, other):
    assert some[0] == pytest.approx(other[0], rel=1e-12)
    assert some[1].keys() == other[1].keys()
    for name, g in other[1].items():
        np.testing.assert_allclose(some[1][name], g, rtol=1e-9, atol=1e-12, err_msg=name)
    np.testing.assert_allclose(flat(some[2]), flat(other[2]), rtol=1e-12)


@bug(
    "the parts of a batch weigh alike",
    "training.parallel._split",
    "part.count / max(batch.count, 1)",
    "1 / len(rows)",
)
@bug(
    "only the first part's gradient counts",
    "training.parallel._weighted_sum",
    "g += other[name] * g.dtype.type(share)",
    "pass",
)
@bug(
    "every part starts from the first sequences' state",
    "training.parallel._split",
    "s[own]",
    "s[: own.stop - own.start]",
)
@every_cell
@every_task
@pytest.mark.parametrize("workers", [1, 2, 3, 9])
def test_several_workers_return_what_one_returns(cell, task, workers, rng):
    model, batch, state = task(cell, rng)
    generator = rng.bit_generator.state
    before = frozen(model.params)
    alone = on_its_own(model, batch, state)
    together = loss_and_grads(model, batch, state, workers=workers)
    assert_same(together, alone)
    assert np.shape(together[2]) == np.shape(alone[2])
    assert frozen(model.params) == before
    assert rng.bit_generator.state == generator  # nothing was drawn: there is no dropout
    scored, last = loss(model, batch, state, workers=workers)
    assert_same((scored, {}, last), (alone[0], {}, alone[2]))


@pytest.mark.parametrize("workers", [2, 5])
def test_sequences_of_nothing_but_padding_do_not_matter(workers, rng):
    model, batch, _ = padded("gru", rng)
    batch = batch._replace(mask=batch.mask * [1, 1, 1, 1, 0])
    assert_same(loss_and_grads(model, batch, workers=workers), on_its_own(model, batch))


@bug(
    "all parts drop the same units",
    "training.parallel._Columns.random",
    "self.own",
    "slice(0, self.own.stop - self.own.start)",
)
@bug(
    "the masks of a step come again in the next",
    "training.parallel._split",
    "model.rng.bit_generator.state = twins[0].rng.bit_generator.state",
    "pass",
)
@every_task
@pytest.mark.parametrize("workers", [2, 3])
def test_dropout_does_not_depend_on_the_number_of_workers(task, workers, rng):
    model, batch, state = task("lstm", rng)
    options = model.config | {"dropout": 0.5, "dtype": np.float64}
    twin, model = (type(model)(**options, rng=np.random.default_rng(3)) for _ in range(2))
    for p in (*model.params.values(), *twin.params.values()):
        p *= 3
    for _ in range(2):  # new masks in the second
        alone = on_its_own(twin, batch, state)
        assert_same(loss_and_grads(model, batch, state, workers=workers), alone)
        assert model.rng.bit_generator.state == twin.rng.bit_generator.state
    still = loss_and_grads(model, batch, state, workers=2, train=False)
    assert_same(still, on_its_own(model, batch, state, train=False))


def test_variational_dropout_does_not_depend_on_the_number_of_workers(rng):
    options = dict(dropout=0.5, variational=True, embedding_dim=H, num_layers=2, dtype=np.float64)
    twin, model = (rl.LanguageModel(V, H, **options, rng=np.random.default_rng(3)) for _ in "ab")
    batch = rl.Batch(*rng.integers(0, V, (2, T, B)))
    assert_same(loss_and_grads(model, batch, workers=2), on_its_own(twin, batch))


@bug(
    "the parts race for one generator",
    "training.parallel._split",
    "drops and model.config['dropout']",
    "False",
)
def test_dropout_does_not_depend_on_which_worker_is_first():
    class Late(rl.LanguageModel):
        def loss_and_grads(self, ids, *args, **kwargs):
            if ids[0, 0] == self.late:
                time.sleep(0.1)
            return super().loss_and_grads(ids, *args, **kwargs)

    ids, losses = np.tile([1, 2], (T, 1)), []
    for late in (1, 2):
        model = Late(V, 64, dropout=0.5, rng=np.random.default_rng(0))
        model.late = late
        losses.append(loss_and_grads(model, rl.Batch(ids, ids), workers=2)[0])
    assert losses[0] == losses[1]


@bug(
    "products take all processors meanwhile",
    "training.parallel._split",
    "one_blas_thread()",
    "ThreadPoolExecutor(1)",
)
def test_the_parts_run_in_threads_with_one_blas_thread_each(rng, free):
    threadpoolctl = pytest.importorskip("threadpoolctl")
    found = []

    class Watched(rl.LanguageModel):
        def loss_and_grads(self, *args, **kwargs):
            libraries = threadpoolctl.threadpool_info()
            threads = [x["num_threads"] for x in libraries if x["user_api"] == "blas"]
            found.append((threading.get_ident(), *threads))
            return super().loss_and_grads(*args, **kwargs)

    def limits():
        return [x["num_threads"] for x in threadpoolctl.threadpool_info()]

    ids = rng.integers(0, V, (T, B))
    with threadpoolctl.threadpool_limits(max(2, cores()), "blas"):
        before = limits()
        loss_and_grads(Watched(V, H, rng=rng), rl.Batch(ids, ids), workers=3)
        after = limits()
    assert len(found) == 3
    assert all(thread != threading.get_ident() for thread, *_ in found)
    assert {count for _, *counts in found for count in counts} <= {1}
    assert after == before


@every_cell
@pytest.mark.parametrize("kind", ["names", "stream"])
def test_fit_with_workers_takes_the_steps_of_one_worker(cell, kind, vocab):
    def trained(workers):
        rng = np.random.default_rng(5)
        model = rl.LanguageModel(len(vocab), 8, cell, rng=rng, dtype=np.float64)
        if kind == "names":
            batches = rl.padded_batches(vocab, NAMES, 4, rng)
        else:
            batches = rl.stream_batches(vocab.encode("".join(NAMES)), 3, 7)
        history = rl.fit(
            model, batches, rl.SGD(0.5), epochs=2, clip_norm=0.5, workers=workers, progress=False
        )
        return model, history

    (alone, one), (together, two) = trained(1), trained(2)
    np.testing.assert_allclose(two.step_loss, one.step_loss, rtol=1e-9)
    np.testing.assert_allclose(two.grad_norm, one.grad_norm, rtol=1e-9)
    for name, p in alone.params.items():
        np.testing.assert_allclose(together.params[name], p, rtol=1e-6, atol=1e-9)


def test_an_error_in_a_worker_is_raised(rng):
    model = rl.LanguageModel(V, H, rng=rng)
    ids = np.zeros((T, B), int)
    ids[2, B - 1] = V
    with pytest.raises(ValueError, match="ids run from 0 to 7"):
        loss_and_grads(model, rl.Batch(ids, ids % V), workers=2)


@pytest.mark.parametrize(
    ("units", "sequences", "processors", "expected"),
    [
        (256, 128, 2, 2),
        (256, 256, 4, 4),
        (256, 128, 4, 2),
        (256, 128, 1, 1),
        (255, 256, 4, 1),
        (256, 127, 4, 1),
        (512, 64, 4, 2),
        (512, 63, 4, 1),
    ],
)
def test_auto_splits_large_models_by_the_processors_that_are_there(
    units, sequences, processors, expected, rng, free, monkeypatch
):
    monkeypatch.setattr("rnnlib.training.parallel.cores", lambda: processors)
    monkeypatch.setattr("rnnlib.threads.cores", lambda: 1)
    model = rl.LanguageModel(V, units, rng=rng)
    ids = np.zeros((T, sequences), int)
    assert number_of_workers(model, rl.Batch(ids, ids)) == expected
    assert number_of_workers(model, rl.Batch(ids, ids), 1) == 1
    assert number_of_workers(model, rl.Batch(ids, ids), 3) == 3


@bug(
    "what is set in the environment is ignored",
    "training.parallel.number_of_workers",
    "most < 2 or set_by_hand()",
    "most < 2",
)
@pytest.mark.parametrize("name", VARIABLES)
def test_auto_leaves_alone_what_is_set_by_hand(name, rng, free, monkeypatch):
    monkeypatch.setattr("rnnlib.training.parallel.cores", lambda: 4)
    monkeypatch.setenv(name, "2")
    model, ids = rl.LanguageModel(V, 256, rng=rng), np.zeros((T, 128), int)
    assert number_of_workers(model, rl.Batch(ids, ids)) == 1
