"""The layers of a Transformer: their formulas by hand, their gradients, and what may look at what.

The comparison with PyTorch is in `tests/test_golden.py`.
"""

import math
from itertools import pairwise

import numpy as np
import pytest
from helpers import TOLERANCE, Rewound, assert_gradients_right, randomized
from hypothesis import given, settings
from hypothesis import strategies as st
from mistakes import mistakes
from planted import bug

import rnnlib
from rnnlib import LayerNorm, SelfAttention, TransformerBlock
from rnnlib.functional import dgelu, dsoftmax, gelu_gate, softmax
from rnnlib.nn.transformer import FeedForward, Positions

T, B, S, H, HEADS = 5, 3, 2, 6, 2


def attention(seed=0):
    rng = np.random.default_rng(seed)
    return randomized(SelfAttention(H, HEADS, rng, np.float64), rng)


def block(seed=0, dropout=0.0):
    rng = np.random.default_rng(seed)
    return randomized(TransformerBlock(H, HEADS, rng, dropout, np.float64), rng)


def past(rng, length=S):
    """Keys and values of symbols that were read before."""
    return tuple(rng.standard_normal((B, length, H)) for _ in range(2))


def gelu(x):
    return x * gelu_gate(x)


def attention_by_loops(params, xs, past):
    """The formula of self-attention for one symbol, one row and one head after the other."""
    d, ys = H // HEADS, np.empty_like(xs)
    for b in range(xs.shape[1]):
        keys, values = ([*part[b]] for part in past)
        for t in range(len(xs)):
            qkv = xs[t, b] @ params["W_qkv"] + params["b_qkv"]
            keys.append(qkv[H : 2 * H])
            values.append(qkv[2 * H :])
            means = []
            for own in (slice(j * d, (j + 1) * d) for j in range(HEADS)):
                scores = [qkv[:H][own] @ key[own] / math.sqrt(d) for key in keys]
                parts = [math.exp(score) for score in scores]
                answer = sum(p * v[own] for p, v in zip(parts, values, strict=True)) / sum(parts)
                means.append(answer)
            ys[t, b] = np.concatenate(means) @ params["W_o"] + params["b_o"]
    return ys


@bug(
    "scores are not scaled",
    "nn.self_attention.SelfAttention._scale",
    "1 / math.sqrt(self.hidden_size // self.num_heads)",
    "1.0",
)
@bug(
    "the scale is that of all heads together",
    "nn.self_attention.SelfAttention._scale",
    "self.hidden_size // self.num_heads",
    "self.hidden_size",
)
@bug(
    "the heads are cut across the symbols",
    "nn.self_attention.SelfAttention._heads",
    "xs.reshape(B, T, self.num_heads, H // self.num_heads).swapaxes(1, 2)",
    "xs.reshape(B, self.num_heads, T, H // self.num_heads)",
)
@bug(
    "the queries compete for the keys",
    "nn.self_attention.SelfAttention.forward",
    "softmax(np.where(is_past, scores, -np.inf))",
    "softmax(np.where(is_past, scores, -1e9).swapaxes(2, 3)).swapaxes(2, 3)",
)
@bug(
    "the last query sees itself only",
    "nn.self_attention.SelfAttention.forward",
    "np.tri(T, S, S - T, dtype=bool)",
    "np.tri(T, S, S - T, dtype=bool)[::-1]",
)
@bug(
    "the new keys come before the old",
    "nn.self_attention.SelfAttention.forward",
    "zip(past, (k, v), strict=True)",
    "zip((k, v), past, strict=True)",
)
@pytest.mark.parametrize("length", [0, S], ids=["from nothing", "after a state"])
def test_attention_is_its_formula_written_in_loops(length, rng):
    layer, xs, state = attention(), rng.standard_normal((T, B, H)), past(rng, length)
    ys, (keys, values), cache = layer.forward(xs, state)
    by_hand = attention_by_loops(layer.params, xs, state)
    np.testing.assert_allclose(ys, by_hand, rtol=1e-12, atol=1e-12)
    np.testing.assert_array_equal(keys[:, :length], state[0])
    np.testing.assert_array_equal(values[:, :length], state[1])
    assert cache.weights.shape == (B, HEADS, T, length + T)
    np.testing.assert_allclose(cache.weights.sum(axis=-1), 1, rtol=1e-12)


@bug(
    "a symbol sees the next one",
    "nn.self_attention.SelfAttention.forward",
    "np.tri(T, S, S - T, dtype=bool)",
    "np.tri(T, S, S - T + 1, dtype=bool)",
)
@bug(
    "everything sees everything",
    "nn.self_attention.SelfAttention.forward",
    "np.where(is_past, scores, -np.inf)",
    "scores",
)
@pytest.mark.parametrize("build", [attention, block])
@settings(max_examples=30)
@given(changed=st.integers(0, T - 1), length=st.integers(0, 2))
def test_a_symbol_changes_nothing_before_it(build, changed, length):
    layer, rng = build(), np.random.default_rng(1)
    xs, state = rng.standard_normal((T, B, H)), past(rng, length)
    before, _, _ = layer.forward(xs, state)
    xs[changed] = rng.standard_normal((B, H))
    after, _, _ = layer.forward(xs, state)
    np.testing.assert_array_equal(after[:changed], before[:changed])
    assert (after != before)[changed:].any(axis=2).all()  # and everything after it


@bug(
    "the state is not read",
    "nn.self_attention.SelfAttention.forward",
    "past = self.initial_state(B) if state is None else state",
    "past = self.initial_state(B)",
)
@pytest.mark.parametrize("build", [attention, block])
@settings(max_examples=30)
@given(cuts=st.lists(st.integers(0, T), max_size=T))
def test_a_sequence_may_be_cut_anywhere_if_the_state_is_handed_on(build, cuts):
    layer, xs = build(), np.random.default_rng(1).standard_normal((T, B, H))
    whole, last, _ = layer.forward(xs)
    ends, state, parts = [0, *sorted(cuts), T], None, []
    for start, end in pairwise(ends):
        if start < end:
            ys, state, _ = layer.forward(xs[start:end], state)
            parts.append(ys)
    np.testing.assert_allclose(np.concatenate(parts), whole, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(state, last, rtol=1e-12, atol=1e-12)


@bug(
    "old keys are blamed as new ones",
    "nn.self_attention.SelfAttention.backward",
    "k.shape[1] - T",
    "0",
)
@bug(
    "the gradient of the state is dropped",
    "nn.self_attention.SelfAttention.backward",
    "if dstate is not None:\n    dk, dv = dk + dstate[0], dv + dstate[1]",
    "pass",
)
@bug(
    "the scale is not differentiated",
    "nn.self_attention.SelfAttention.backward",
    "dsoftmax(weights, dweights) * self._scale",
    "dsoftmax(weights, dweights)",
)
@bug(
    "keys are blamed as queries",
    "nn.self_attention.SelfAttention.backward",
    "dscores.swapaxes(2, 3) @ self._heads(q)",
    "dscores.swapaxes(2, 3) @ self._heads(k)[:, :, -q.shape[1]:]",
)
@bug(
    "a branch gets no blame",
    "nn.transformer.TransformerBlock.backward",
    "dxs = dxs + dys",
    "pass",
)
@bug(
    "the stream is cut on the way back",
    "nn.transformer.TransformerBlock.backward",
    "return dxs + dys, dstate, named(parts | {'feed_forward': feed_forward})",
    "return dys, dstate, named(parts | {'feed_forward': feed_forward})",
)
@pytest.mark.parametrize("length", [0, S], ids=["from nothing", "after a state"])
@pytest.mark.parametrize("build", [attention, block])
def test_the_gradients_of_attention_and_of_a_block_are_right(build, length, rng):
    xs, also = rng.standard_normal((T, B, H)), ["xs", "state[0]", "state[1]"]
    assert_gradients_right(build(), xs, past(rng, length), also=also)


def test_a_missing_gradient_of_the_state_counts_as_zero(rng):
    layer = attention()
    ys, state, cache = layer.forward(rng.standard_normal((T, B, H)), past(rng))
    zeros = tuple(np.zeros_like(s) for s in state)
    np.testing.assert_equal(layer.backward(ys, cache), layer.backward(ys, cache, zeros))


@bug("the norm divides by 0", "nn.transformer.LayerNorm.forward", "self.eps", "0")
@bug("the norm only shifts", "nn.transformer.LayerNorm.forward",
     "centred * inverse", "centred")  # fmt: skip
def test_a_normed_vector_has_mean_0_and_variance_1(rng):
    norm, xs = LayerNorm(H, np.float64), 100 + 30 * rng.standard_normal((T, B, H))
    ys, _ = norm.forward(xs)
    np.testing.assert_allclose(ys.mean(axis=-1), 0, atol=1e-12)
    np.testing.assert_allclose(ys.var(axis=-1), 1, rtol=1e-5)
    randomized(norm, rng)
    stretched, _ = norm.forward(xs)
    expected = ys * norm.params["gain"] + norm.params["bias"]
    np.testing.assert_allclose(stretched, expected, rtol=1e-12)
    flat, _ = norm.forward(np.full((T, B, H), 7.0))  # whose spread is 0
    np.testing.assert_allclose(flat, np.broadcast_to(norm.params["bias"], flat.shape))


@given(shift=st.floats(-100, 100), stretch=st.floats(0.5, 100))
def test_a_norm_does_not_see_how_a_vector_is_moved_and_stretched(shift, stretch):
    norm, xs = LayerNorm(H, np.float64, eps=0), np.random.default_rng(1).standard_normal((T, H))
    np.testing.assert_allclose(norm.forward(shift + stretch * xs)[0], norm.forward(xs)[0],
                               rtol=1e-9, atol=1e-11)  # fmt: skip


@bug(
    "the mean of a norm gets no blame",
    "nn.transformer.LayerNorm.backward",
    "dnormed - dnormed.mean(axis=-1, keepdims=True) - normed * along",
    "dnormed - normed * along",
)
@bug(
    "the variance of a norm gets no blame",
    "nn.transformer.LayerNorm.backward",
    "normed * along",
    "0 * along",
)
def test_the_gradients_of_a_layer_norm_are_right(rng):
    norm = randomized(LayerNorm(H, np.float64), rng)
    assert_gradients_right(norm, rng.standard_normal((T, B, H)), also=["xs"])


@bug(
    "the GELU is a ReLU on the way back",
    "nn.transformer.FeedForward.backward",
    "dgelu(a, gate)",
    "(a > 0)",
)
def test_the_gradients_of_a_feed_forward_network_are_right(rng):
    layer = randomized(FeedForward(H, 7, rng, np.float64), rng)
    assert_gradients_right(layer, rng.standard_normal((T, B, H)), also=["xs"])


@bug("all positions are blamed alike", "nn.transformer.Positions.backward",
     "dW[cache] = dys.sum(axis=1)", "dW[:len(dys)] = dys.sum(axis=1)")  # fmt: skip
@pytest.mark.parametrize("start", [0, 2])
def test_the_gradients_of_positions_are_right(start, rng):
    layer = Positions(T + 3, H, rng, np.float64)

    class From:
        params, backward = layer.params, layer.backward

        def forward(self, xs):
            return layer.forward(xs, start)

    xs = rng.standard_normal((T, B, H))
    assert_gradients_right(From(), xs, also=["xs"])
    ys, _ = layer.forward(xs, start)
    for t in range(T):
        np.testing.assert_allclose(ys[t] - xs[t], [layer.params["W"][start + t]] * B, atol=1e-12)


@bug(
    "dropout of the two branches is mixed up",
    "nn.transformer.TransformerBlock.backward",
    "self.dropout.backward(dxs, cache.kept2)",
    "self.dropout.backward(dxs, cache.kept1)",
)
def test_the_gradients_of_a_block_with_dropout_are_right(rng):
    class Training:
        layer = block(dropout=0.3)
        params, rng = layer.params, layer.dropout.rng

        def forward(self, xs):
            ys, _, cache = self.layer.forward(xs, train=True)
            return ys, cache

        def backward(self, dys, cache):
            dxs, _, grads = self.layer.backward(dys, cache)
            return dxs, grads

    xs = rng.standard_normal((T, B, H))
    assert_gradients_right(Rewound(Training()), xs, also=["xs"])


@bug("the cube of the GELU is a square", "functional.gelu_gate", "a *= x", "pass")
def test_the_gelu_is_within_half_a_thousandth_of_its_definition():
    x = np.linspace(-6, 6, 2001)
    share_below = np.array([0.5 * (1 + math.erf(v / math.sqrt(2))) for v in x])
    assert np.abs(gelu(x) - x * share_below).max() < 5e-4
    tanh = 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
    np.testing.assert_allclose(gelu(x), tanh, rtol=1e-12, atol=1e-12)  # as the authors print it
    x = np.array([-1e9, -1, 0, 1, 1e9], np.float32)
    for y in (gelu(x), dgelu(x, gelu_gate(x))):
        assert y.dtype == np.float32
        assert np.isfinite(y).all()


@bug("the slope of the cubic is forgotten", "functional.dgelu", "3 * 0.044715", "0.044715")
def test_the_derivative_of_the_gelu_is_right(rng):
    x = 2 * rng.standard_normal(30)
    numerical = rnnlib.numerical_gradient(lambda: float(gelu(x).sum()), x)
    assert rnnlib.relative_error(dgelu(x, gelu_gate(x)), numerical) <= TOLERANCE


@bug(
    "the probabilities do not compete",
    "functional.dsoftmax",
    "dp - (p * dp).sum(axis=-1, keepdims=True)",
    "dp",
)
def test_the_gradient_of_a_softmax_is_right(rng):
    x, weights = rng.standard_normal((2, 4, 5))
    numerical = rnnlib.numerical_gradient(lambda: float((weights * softmax(x)).sum()), x)
    assert rnnlib.relative_error(dsoftmax(softmax(x), weights), numerical) <= TOLERANCE


@settings(max_examples=20)
@given(order=st.permutations(range(T)))
def test_without_a_mask_the_order_of_the_past_does_not_matter(order):
    """What attention alone does not know, and positions are for."""
    layer, rng = attention(), np.random.default_rng(1)
    xs, state = rng.standard_normal((1, B, H)), past(rng, T)
    shuffled = tuple(part[:, order] for part in state)
    ys, ys_too = layer.forward(xs, state)[0], layer.forward(xs, shuffled)[0]
    np.testing.assert_allclose(ys, ys_too, rtol=1e-12, atol=1e-12)


def test_layers_say_in_one_line_what_they_are(rng):
    expected = {
        "SelfAttention(6, 2 heads)": SelfAttention(6, 2, rng),
        "LayerNorm(6)": LayerNorm(6),
        "FeedForward(6 → 24)": FeedForward(6, 24, rng),
        "Positions(9 × 6)": Positions(9, 6, rng),
        "TransformerBlock(SelfAttention(6, 2 heads), FeedForward(6 → 24), Dropout(0.1))": (
            TransformerBlock(6, 2, rng, 0.1)
        ),
    }
    for words, thing in expected.items():
        assert repr(thing) == words


@pytest.fixture
def world(world):
    """One of each layer."""
    w, rng = world, world.rng
    w.attention, w.norm = SelfAttention(H, HEADS, rng), LayerNorm(H)
    w.feed_forward, w.positions = FeedForward(H, 4, rng), Positions(4, H, rng)
    w.xs = np.ones((T, B, H), np.float32)
    w.after = lambda *state: w.attention.forward(w.xs, state)
    return w


WRONG_VALUES = [
    ("a multiple of num_heads, since each head", lambda w: SelfAttention(6, 4, w.rng)),
    ("got 6 and 4", lambda w: TransformerBlock(6, 4, w.rng)),
    ("num_heads must be at least 1, got 0", lambda w: SelfAttention(6, 0, w.rng)),
    ("no hidden randomness", lambda w: SelfAttention(6, 2, None)),
    ("hidden_size must be at least 1, got 0", lambda w: LayerNorm(0)),
    ("inner_size must be at least 1, got 0", lambda w: FeedForward(6, 0, w.rng)),
    ("max_len must be at least 1, got 0", lambda w: Positions(0, 6, w.rng)),
    ("in [0, 1), got 1", lambda w: TransformerBlock(6, 2, w.rng, 1)),
    ("expected (T, B, 6), time first", lambda w: w.attention.forward(np.ones((5, 6)))),
    ("xs has shape (5, 3, 4)", lambda w: w.attention.forward(w.xs[..., :4])),
    ("xs has shape (0, 3, 6)", lambda w: w.attention.forward(w.xs[:0])),
    ("twice (B, S, H), here (3, 2, 6)", lambda w: w.after(np.ones((3, 2, 6)), np.ones((3, 1, 6)))),
    ("here (3, S, 6)", lambda w: w.after(np.ones((2, 6)), np.ones((2, 6)))),
    ("has shapes []", lambda w: w.after()),
    ("xs (5, 3, 4) must have 6 features", lambda w: w.norm.forward(w.xs[..., :4])),
    ("xs (5, 3, 4) must have 6 features", lambda w: w.feed_forward.forward(w.xs[..., :4])),
    ("5 symbols are more than max_len=4 positions", lambda w: w.positions.forward(w.xs)),
    ("1 symbols after the 4 of the state are", lambda w: w.positions.forward(w.xs[:1], 4)),
]
WRONG_TYPES = [
    ("num_heads must be a whole number, got 2.0", lambda w: SelfAttention(6, 2.0, w.rng)),
    ("numpy.random.Generator, got 0", lambda w: SelfAttention(6, 2, 0)),
    ("dtype must be float32 or float64", lambda w: SelfAttention(6, 2, w.rng, int)),
    ("dtype must be float32 or float64", lambda w: LayerNorm(6, int)),
    ("dtype must be float32 or float64", lambda w: FeedForward(6, 4, w.rng, int)),
    ("dtype must be float32 or float64", lambda w: Positions(6, 4, w.rng, int)),
    ("xs must be an array, got list", lambda w: w.attention.forward([[[1.0] * 6]])),
    ("tuple (keys, values), got list", lambda w: w.attention.forward(w.xs, [w.xs, w.xs])),
]


@mistakes({ValueError: WRONG_VALUES, TypeError: WRONG_TYPES})
def test_what_does_not_fit_a_layer_of_a_transformer_is_refused_in_words(mistake, world):
    mistake(world)
