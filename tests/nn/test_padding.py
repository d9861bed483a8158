"""Sequences of different lengths in one batch: each is read as if it were alone."""

import tracemalloc

import numpy as np
import pytest
from helpers import CELLS, CLASSIC, LINEAR
from hypothesis import given
from hypothesis import strategies as st
from planted import bug

import rnnlib
from rnnlib import Bidirectional, Recurrent, Stacked
from rnnlib.nn.nested_state import flatten, map_state

D, H = 4, 3
LENGTHS = st.lists(st.integers(1, 6), min_size=1, max_size=4)


def recurrent(cell, seed, size=D):
    rng = np.random.default_rng(seed)
    layer = rnnlib.nn.cells.CELLS[cell]().layer(size, H, rng, np.float64)
    layer.params["b_h"] += rng.standard_normal(layer.params["b_h"].shape)  # so pads are not silent
    return layer


def bidirectional(cell, seed, size=D):
    return Bidirectional(recurrent(cell, seed, size), recurrent(cell, seed + 1, size))


def stacked(cell, seed):
    return Stacked([bidirectional(cell, seed), bidirectional(cell, seed + 2, 2 * H)])


def run(layer, xs, mask):
    """Forward and, with a gradient of ones on every valid output and last state, backward."""
    arguments = (None, False, mask) if isinstance(layer, Stacked) else (None, mask)
    hs, state, cache = layer.forward(xs, *arguments)
    hs = hs * mask[..., None]

    ones = map_state(np.ones_like, state)
    dxs, _, grads = layer.backward(np.ones_like(hs) * mask[..., None], cache, ones)
    return hs, flatten(state), dxs, grads


@bug("the memory fades in the padding", "nn.linear_recurrent.LinearRecurrent.forward",
     "np.where(mask, a, 1)", "a")  # fmt: skip
@bug("the padding is written", "nn.linear_recurrent.LinearRecurrent.forward",
     "np.where(mask, b, 0)", "b")  # fmt: skip
@bug("the padding opens the gate", "nn.linear_recurrent._hold",
     "np.broadcast_to(~mask, hs.shape), np.where(mask, hs, 0)", "0 * hs, hs")  # fmt: skip
@bug(
    "the state moves on in the padding",
    "nn.recurrent.Recurrent.forward",
    "np.where(mask[t], new, old)",
    "new",
)
@bug(
    "the mask is not turned with the sequence",
    "nn.stacking.Bidirectional.forward",
    "np.asarray(mask)[::-1]",
    "np.asarray(mask)",
)
@pytest.mark.parametrize(
    ("cell", "build"),
    [(cell, bidirectional) for cell in LINEAR]
    + [(cell, build) for cell in CLASSIC for build in (recurrent, bidirectional, stacked)],
)
@given(lengths=LENGTHS, extra=st.integers(0, 2))
def test_a_padded_sequence_is_read_as_if_it_were_alone(cell, build, lengths, extra):
    layer, rng = build(cell, 0), np.random.default_rng(1)
    T = max(lengths) + extra
    xs = rng.standard_normal((T, len(lengths), D))
    hs, state, dxs, grads = run(layer, xs, np.arange(T)[:, None] < lengths)

    total = {name: np.zeros_like(p) for name, p in layer.params.items()}
    for b, n in enumerate(lengths):
        alone = run(layer, xs[:n, b : b + 1], np.ones((n, 1)))
        np.testing.assert_allclose(hs[:n, b], alone[0][:, 0], rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose([s[b] for s in state], [s[0] for s in alone[1]], atol=1e-12)
        np.testing.assert_allclose(dxs[:n, b], alone[2][:, 0], rtol=1e-9, atol=1e-12)
        assert not dxs[n:, b].any()
        for name, g in alone[3].items():
            total[name] += g
    for name, g in total.items():
        np.testing.assert_allclose(grads[name], g, rtol=1e-9, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("cell", CELLS)
@given(order=st.permutations(range(4)))
def test_the_order_of_a_padded_batch_changes_nothing(cell, order):
    layer, rng = bidirectional(cell, 0), np.random.default_rng(1)
    xs, mask = rng.standard_normal((5, 4, D)), np.arange(5)[:, None] < [2, 5, 1, 3]
    hs, state, dxs, grads = run(layer, xs, mask)
    moved = run(layer, xs[:, order], mask[:, order])
    np.testing.assert_allclose(moved[0], hs[:, order], rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(moved[1], [s[order] for s in state], rtol=1e-12)
    np.testing.assert_allclose(moved[2], dxs[:, order], rtol=1e-9, atol=1e-12)
    for name, g in grads.items():
        np.testing.assert_allclose(moved[3][name], g, rtol=1e-9, atol=1e-12, err_msg=name)


@bug(
    "both directions read from left to right", "nn.stacking.Bidirectional.forward", "xs[::-1]", "xs"
)
@pytest.mark.parametrize("cell", CELLS)
def test_the_backward_layer_reads_the_mirrored_sequence(cell, rng):
    layer, xs = bidirectional(cell, 0), rng.standard_normal((5, 2, D))
    hs, _, _ = layer.forward(xs)
    mirrored, _, _ = layer.layers["backward"].forward(xs[::-1])
    np.testing.assert_array_equal(hs[..., H:], mirrored[::-1])


@bug("nan in the padding reaches W_xh", "nn.recurrent.Recurrent._prepared",
     "np.where(mask, xs, 0)", "xs")  # fmt: skip
@pytest.mark.parametrize("padding", [np.nan, np.inf])
@pytest.mark.parametrize("build", [recurrent, bidirectional, stacked])
@pytest.mark.parametrize("cell", CELLS)
def test_padding_that_is_no_number_changes_nothing(cell, build, padding, rng):
    layer, xs = build(cell, 0), rng.standard_normal((5, 4, D))
    mask = np.arange(5)[:, None] < [2, 5, 1, 3]
    spoilt = np.where(mask[..., None], xs, padding)
    hs, state, dxs, grads = run(layer, xs, mask)
    hs_too, state_too, dxs_too, grads_too = run(layer, spoilt, mask)
    np.testing.assert_array_equal(hs_too, hs)
    np.testing.assert_array_equal(state_too, state)
    np.testing.assert_array_equal(dxs_too, dxs)
    np.testing.assert_equal(grads_too, grads)
    assert not np.isfinite(spoilt).all()  # the caller's array is left alone


@bug("nan in a padded key is answered", "nn.attention.AdditiveAttention.forward",
     "np.where(np.asarray(mask)[..., None], keys, 0)", "keys")  # fmt: skip
@pytest.mark.parametrize("padding", [np.nan, np.inf])
def test_a_padded_key_that_is_no_number_changes_nothing(padding, rng):
    layer = rnnlib.AdditiveAttention(3, D, 2, rng, np.float64)
    queries, keys = rng.standard_normal((4, 3, 3)), rng.standard_normal((5, 3, D))
    mask = np.arange(5)[:, None] < [2, 5, 1]
    answers, dcontexts = [], rng.standard_normal((4, 3, D))
    for some in (keys, np.where(mask[..., None], keys, padding)):
        contexts, cache = layer.forward(queries, some, mask)
        answers.append((contexts, *layer.backward(dcontexts, cache)))
    np.testing.assert_equal(answers[1], answers[0])
    assert not answers[0][2][~mask].any()


@pytest.mark.parametrize("V", [9, 10, 3000])
@pytest.mark.parametrize("cell", CELLS)
def test_few_ids_of_a_large_vocabulary_give_every_bit_as_many_do(cell, V, rng):
    layer = rnnlib.nn.cells.CELLS[cell]().layer(V, 37, rng)
    layer.params["b_h"][...] = rng.standard_normal(layer.params["b_h"].shape)
    ids = rng.integers(0, 9, (3, 3))
    many = np.concatenate([ids] * (1 + V // ids.size))  # more ids than symbols: all rows are used
    few, _, _ = layer.forward(ids)
    longer, _, _ = layer.forward(many)
    np.testing.assert_array_equal(few, longer[:3])


@bug("all rows are copied for a few ids", "nn.recurrent.Recurrent._input_products",
     "xs.size < self.input_size", "False")  # fmt: skip
def test_the_memory_of_a_step_does_not_grow_with_the_vocabulary(rng):
    layer = Recurrent(rnnlib.LSTMCell(), 50_000, 8, rng)
    ids = rng.integers(0, 50_000, (1, 2))
    tracemalloc.start()
    try:
        layer.forward(ids)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 100_000 < layer.params["W_xh"].nbytes
