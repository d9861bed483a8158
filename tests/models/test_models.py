"""Laws that every network obeys: time may be cut, batches filled and reordered."""

import numpy as np
import pytest
from helpers import CELLS, CLASSIC, assert_close, assert_padding_changes_nothing, frozen
from hypothesis import given
from hypothesis import strategies as st
from planted import bug

import rnnlib
from rnnlib import SGD, LanguageModel, Vocabulary

V, H = 7, 5
SHAPES = [
    {},
    {"num_layers": 2},
    {"embedding_dim": 4},
    {"embedding_dim": H, "tie_weights": True},
]
every_network = pytest.mark.parametrize(
    ("cell", "options"),
    [(cell, options) for cell in CLASSIC for options in SHAPES]
    + [("mingru", SHAPES[3]), ("diagonal", SHAPES[1])],
    ids=lambda value: value if isinstance(value, str) else "-".join(value) or "plain",
)


def build(cell, options, seed=0, dtype=np.float64):
    return LanguageModel(V, H, cell, rng=np.random.default_rng(seed), dtype=dtype, **options)


@bug(
    "every batch starts from zeros",
    "nn.recurrent.Recurrent._prepared",
    "if state is None:\n    state = self.initial_state(B)",
    "state = self.initial_state(B)",
)
@every_network
@given(cut=st.integers(1, 11))
def test_two_chunks_with_carried_state_equal_one_pass(cell, options, cut):
    model = build(cell, options)
    ids = np.random.default_rng(1).integers(0, V, (12, 3))
    whole, last, _ = model.forward(ids)
    first, state, _ = model.forward(ids[:cut])
    second, last_too, _ = model.forward(ids[cut:], state)
    np.testing.assert_allclose(whole, np.concatenate([first, second]), rtol=1e-12)
    np.testing.assert_allclose(last, last_too, rtol=1e-12)


@bug("padding is scored", "losses.cross_entropy", "surprise = surprise * mask", "pass")
@bug(
    "the mean runs over padding too",
    "losses._check",
    "float(np.sum(mask))",
    "targets.size",
)
@bug(
    "the model loses the mask",
    "models.model.Model.loss_and_grads",
    "self._counted(mask)",
    "None",
)
@bug(
    "pads are not masked",
    "text.sequence_batches._floats",
    "valid_mask(lengths, longest)",
    "valid_mask(lengths + 99, longest)",
)
@every_network
@given(words=st.lists(st.text("abcdef", max_size=8), min_size=2, max_size=5))
def test_padding_changes_nothing(cell, options, words):
    assert_padding_changes_nothing(build(cell, options), Vocabulary("\nabcdef"), words)


@every_network
@given(order=st.permutations(range(4)))
def test_the_order_of_a_batch_changes_nothing(cell, options, order):
    rng = np.random.default_rng(2)
    ids, targets = rng.integers(0, V, (2, 6, 4))
    mask = rng.random((6, 4)) < 0.8
    model = build(cell, options)
    loss, grads, _ = model.loss_and_grads(ids, targets, mask=mask)
    moved = [a[:, order] for a in (ids, targets, mask)]
    loss_too, grads_too, _ = model.loss_and_grads(moved[0], moved[1], mask=moved[2])
    assert loss == pytest.approx(loss_too, rel=1e-12)
    assert_close(grads, grads_too)


@every_network
def test_a_model_keeps_nothing_between_calls_but_its_params(cell, options, rng):
    model = build(cell, options)
    ids, targets = rng.integers(0, V, (2, 6, 4))
    before = frozen(model.params)
    loss, grads, _ = model.loss_and_grads(ids, targets)
    model.loss_and_grads(targets[:2], ids[:2])
    loss_too, grads_too, _ = model.loss_and_grads(ids, targets)
    assert loss == loss_too
    assert frozen(grads) == frozen(grads_too)
    assert frozen(model.params) == before


@every_network
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_everything_has_the_precision_of_the_weights(cell, options, dtype, rng):
    model = build(cell, options | {"dropout": 0.2}, dtype=dtype)
    ids, targets = rng.integers(0, V, (2, 6, 4))
    logits, state, _ = model.forward(ids, train=True)
    _, grads, _ = model.loss_and_grads(ids, targets, mask=np.ones((6, 4), np.float32))
    arrays = [logits, *(s for parts in state for s in parts)]
    for name, p in model.params.items():
        assert grads[name].shape == p.shape
        arrays += [p, grads[name]]
    assert {a.dtype for a in arrays} == {np.dtype(dtype)}


@every_network
def test_the_config_and_a_seed_build_the_same_network_again(cell, options):
    model = build(cell, options, seed=3)
    twin = LanguageModel(**model.config, rng=np.random.default_rng(3))
    assert frozen(twin.params) == frozen(model.params)


@bug(
    "tied weights are a copy",
    "models.language.LanguageModel._tie",
    "self.embedding.params['W'].T",
    "self.embedding.params['W'].T.copy()",
)
@every_network
def test_an_optimizer_moves_the_arrays_that_the_layers_use(cell, options, rng):
    model = build(cell, options)
    ids, targets = rng.integers(0, V, (2, 6, 4))
    loss, grads, _ = model.loss_and_grads(ids, targets)
    SGD(0.1).step(model.params, grads)
    assert model.loss_and_grads(ids, targets)[0] < loss
    if model.tied:
        W = model.params["embedding.W"]
        np.testing.assert_array_equal(model.output.params["W_hy"], W.T)


@pytest.mark.parametrize("cell", CELLS)
def test_ids_stand_for_one_hot_vectors(cell, rng):
    layer = rnnlib.nn.cells.CELLS[cell]().layer(V, H, rng, np.float64)
    layer.params["b_h"][...] = rng.standard_normal(layer.params["b_h"].shape)
    ids, dhs = rng.integers(0, V, (6, 4)), rng.standard_normal((6, 4, H))
    hs, _, cache = layer.forward(ids)
    hs_too, _, cache_too = layer.forward(np.eye(V)[ids])
    np.testing.assert_allclose(hs, hs_too, rtol=1e-12)
    assert_close(layer.backward(dhs, cache)[2], layer.backward(dhs, cache_too)[2])


@bug(
    "dropout never ends",
    "nn.layers.Dropout.forward",
    "not train or self.rate == 0",
    "self.rate == 0",
)
@every_network
def test_dropout_acts_in_training_only(cell, options, rng):
    ids = rng.integers(0, V, (6, 4))
    plain, dropping = build(cell, options), build(cell, options | {"dropout": 0.5})
    np.testing.assert_array_equal(dropping.forward(ids)[0], plain.forward(ids)[0])
    once, again = (dropping.forward(ids, train=True)[0] for _ in range(2))
    assert not np.allclose(once, again)
