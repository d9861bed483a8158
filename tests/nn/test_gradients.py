"""Every gradient against central differences in float64: the first of the three checks."""

import itertools

import numpy as np
import pytest
from helpers import (
    CELLS,
    CLASSIC,
    LINEAR,
    TOLERANCE,
    Rewound,
    assert_gradients_right,
    randomized,
)
from planted import bug

import rnnlib
from rnnlib import (
    AdditiveAttention,
    Bidirectional,
    Dropout,
    Embedding,
    LanguageModel,
    Linear,
    PairInputs,
    Recurrent,
    Seq2Seq,
    Stacked,
    cross_entropy,
)
from rnnlib.functional import dsigmoid, dtanh, sigmoid, sum_rows
from rnnlib.nn.nested_state import map_state

T, B, D, H, V = 5, 3, 4, 3, 6


def recurrent(cell, rng, size=D):
    cell = rnnlib.nn.cells.CELLS[cell]()
    return randomized(cell.layer(size, H, rng, np.float64), rng)


def random_state(layer, rng):
    """An initial state, nested as the layer's own, of random numbers."""

    return map_state(lambda zeros: rng.standard_normal(zeros.shape), layer.initial_state(B))


def test_numerical_gradient_of_a_cubic_is_its_derivative(rng):
    x = rng.standard_normal((3, 2))
    before = x.copy()
    gradient = rnnlib.numerical_gradient(lambda: float((x**3).sum()), x)
    np.testing.assert_allclose(gradient, 3 * x**2, rtol=1e-8)
    np.testing.assert_array_equal(x, before)


def test_relative_error_is_0_for_equal_2_for_opposite_and_symmetric():
    a, b = np.array([3.0, 4.0]), np.array([0.0, 5.0])
    assert rnnlib.relative_error(a, a) == rnnlib.relative_error(0 * a, 0 * a) == 0
    assert rnnlib.relative_error(a, -a) == 2
    assert rnnlib.relative_error(a, b) == rnnlib.relative_error(b, a) == np.sqrt(10) / 5


@bug(
    "not-a-number is no error",
    "training.gradient_checks.relative_error",
    "float('inf')",
    "0.0",
)
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_never_good(bad, rng):
    a = np.array([1.0, bad])
    for pair in [(a, a), (a, np.ones(2)), (np.ones(2), a), (bad, 1.0), (bad, bad)]:
        assert rnnlib.relative_error(*pair) == np.inf

    class Broken(Linear):
        def backward(self, dys, cache):
            dxs, grads = super().backward(dys, cache)
            return dxs, grads | {"b_y": grads["b_y"] * bad}

    errors = rnnlib.check_gradients(Broken(D, V, rng, np.float64), rng.standard_normal((T, B, D)))
    assert max(errors.values()) == errors["b_y"] == np.inf


@pytest.mark.parametrize("scale", [1e-320, 1e-200, 1e-5, 1e200, 1e308])
def test_relative_error_is_the_same_at_every_scale(scale):
    a, b = np.array([0.5, 0.0]) * scale, np.array([1.0, 0.0]) * scale
    assert rnnlib.relative_error(a, b) == pytest.approx(0.5, rel=1e-2 if scale < 1e-300 else 1e-12)
    assert rnnlib.relative_error(a, a) == 0


def test_nothing_has_no_error():
    assert rnnlib.relative_error([], []) == rnnlib.relative_error(np.ones((0, 3)), np.ones((0, 3)))
    assert rnnlib.relative_error([], []) == 0


def test_a_function_that_fails_leaves_its_argument_as_it_was():
    x = np.array([1.0, 2.0])
    with pytest.raises(ZeroDivisionError):
        rnnlib.numerical_gradient(lambda: 1 / 0, x)
    np.testing.assert_array_equal(x, [1, 2])


def test_a_batch_is_checked_by_its_names(rng):
    model = rnnlib.LanguageModel(V, 3, rng=rng, dtype=np.float64)
    ids, targets = rng.integers(0, V, (2, T, B))
    mask = np.arange(T)[:, None] < np.arange(1, B + 1)
    errors = rnnlib.check_gradients(model, rnnlib.Batch(ids, targets, mask))
    assert errors == rnnlib.check_gradients(model, ids, targets, None, mask)
    assert max(errors.values()) <= TOLERANCE


@bug(
    "the check compares nothing",
    "training.gradient_checks.relative_error",
    "np.linalg.norm(a - b)",
    "0.0",
)
@pytest.mark.parametrize("wrong", ["W_hy", "b_y", "xs"])
def test_check_gradients_sees_a_single_wrong_component(wrong, rng):
    class Careless(Linear):
        def backward(self, dys, cache):
            dxs, grads = super().backward(dys, cache)
            (grads | {"xs": dxs})[wrong].flat[-1] += 1e-3
            return dxs, grads

    errors = rnnlib.check_gradients(Careless(D, V, rng, np.float64), rng.standard_normal((T, B, D)))
    assert [name for name, error in errors.items() if error > TOLERANCE] == [wrong]


@bug("the derivative of tanh loses its square", "functional.dtanh", "y * y", "y")
@pytest.mark.parametrize(("f", "derivative"), [(np.tanh, dtanh), (sigmoid, dsigmoid)])
def test_the_derivative_of_an_activation_is_right(f, derivative, rng):
    x = rng.standard_normal(20)
    numerical = rnnlib.numerical_gradient(lambda: float(f(x).sum()), x)
    np.testing.assert_allclose(derivative(f(x)), numerical, rtol=TOLERANCE)


@bug("padding is learnt", "losses.cross_entropy", "dlogits *= mask[..., None]", "pass")
@bug("the target is not subtracted", "losses.cross_entropy", "dlogits[at_target] -= 1", "pass")
@pytest.mark.parametrize("masked", [False, True])
def test_the_gradient_of_cross_entropy_is_right(masked, rng):
    logits = 3 * rng.standard_normal((T, B, V))
    targets = rng.integers(0, V, (T, B))
    mask = (rng.random((T, B)) < 0.6) if masked else None
    _, dlogits = cross_entropy(logits, targets, mask)
    numerical = rnnlib.numerical_gradient(
        lambda: cross_entropy(logits, targets, mask)[0], logits, 1e-4
    )
    assert rnnlib.relative_error(dlogits, numerical) <= TOLERANCE


@bug("the output has no bias", "nn.layers.Linear.forward", "ys += self.params['b_y']", "pass")
def test_the_gradients_of_linear_are_right(rng):
    xs = rng.standard_normal((T, B, D))
    assert_gradients_right(randomized(Linear(D, V, rng, np.float64), rng), xs, also=["xs"])


def test_the_gradients_of_an_embedding_are_right(rng):
    ids = rng.integers(0, V, (T, B))  # more ids than symbols: some rows are used twice
    assert_gradients_right(Embedding(V, D, rng, np.float64), ids)


@bug(
    "of rows with one id, only the last counts",
    "functional.sum_rows",
    "np.add.reduce(rows[order[start:end]], axis=0, out=sums[i])",
    "sums[i] = rows[order[end - 1]]",
)
@pytest.mark.parametrize("num_ids", [8, 1024, 1025])
def test_sum_rows_adds_the_rows_of_equal_ids(num_ids, rng):
    ids = rng.integers(0, 8, 50)
    rows = rng.standard_normal((50, 3))
    sums = sum_rows(ids, rows, num_ids)
    for k in range(8):
        np.testing.assert_allclose(sums[k], rows[ids == k].sum(axis=0), rtol=1e-12, atol=1e-12)
    assert sums.shape == (num_ids, 3)
    assert not sums[8:].any()


@bug(
    "what was dropped is blamed",
    "nn.layers.Dropout.backward",
    "dys if cache is None else dys * cache",
    "dys",
)
@pytest.mark.parametrize("rate", [0.0, 0.4])
def test_the_gradients_of_dropout_are_right(rate, rng):
    xs = rng.standard_normal((T, B, D))
    assert_gradients_right(Rewound(Dropout(rate, rng)), xs, also=["xs"])


@bug("minGRU's gate only writes", "nn.cells.min_gru.MinGRUCell.coefficients_backward",
     "db * n - da", "db * n")  # fmt: skip
@bug(
    "minLSTM's input gate pulls the wrong way",
    "nn.cells.min_lstm.MinLSTMCell.coefficients_backward",
    "-dlog * not_i",
    "dlog * not_i",
)
@bug(
    "the decay is not blamed for the root",
    "nn.cells.diagonal.DiagonalCell.coefficients_backward",
    "da - db * v * (a / root)",
    "da",
)
@bug(
    "the gate is blamed as its sigmoid",
    "nn.cells.diagonal.DiagonalCell.read_backward",
    "s + a_o * dsigmoid(s)",
    "s",
)
@bug("what is shown as it is gets no blame", "nn.cells.linear.LinearCell.read_backward",
     "return dh, ()", "return 0 * dh, ()")  # fmt: skip
@bug("the gradient of what was shown last is dropped", "nn.linear_recurrent._in_two",
     "return dstate if len(dstate) == 2 else (np.zeros_like(dstate[0]), dstate[0])",
     "return np.zeros_like(dstate[0]), dstate[-1]")  # fmt: skip
@bug("tanh is not differentiated", "nn.cells.rnn.RNNCell.backward", "dh * dtanh(cache.h)", "dh")
@bug(
    "the gradient walks forward in time",
    "nn.recurrent.Recurrent.backward",
    "reversed(range(T))",
    "range(T)",
)
@bug(
    "the gradient stops at every step",
    "nn.recurrent.Recurrent.backward",
    "da_h[t] @ W_hh_T",
    "0 * dh",
)
@bug(
    "W_hh is blamed for the state after the step",
    "nn.recurrent.Recurrent._weight_gradients",
    "cache.hs[:-1]",
    "cache.hs[1:]",
)
@bug(
    "the bias is blamed for the mean",
    "nn.recurrent.Recurrent._input_gradients",
    "da_x.sum",
    "da_x.mean",
)
@bug(
    "the gradient of the final state is dropped",
    "nn.recurrent.Recurrent.backward",
    "if dstate is None:\n    dstate = self.initial_state(B)",
    "dstate = self.initial_state(B)",
)
@pytest.mark.parametrize("start", ["zeros", "given state"])
@pytest.mark.parametrize("inputs", ["vectors", "ids"])
@pytest.mark.parametrize("cell", CELLS)
def test_the_gradients_of_a_recurrent_layer_are_right(cell, inputs, start, rng):
    layer = recurrent(cell, rng)
    xs = rng.standard_normal((T, B, D)) if inputs == "vectors" else rng.integers(0, D, (T, B))
    state = [random_state(layer, rng)] if start == "given state" else []
    also = [f"state[{i}]" for i in range(len(layer.cell.state_names))]
    also += ["xs"] * (inputs == "vectors")
    assert_gradients_right(layer, xs, *state, also=also)


class ForgetfulCell(rnnlib.Cell):
    """A user's own cell: h' = h · σ(a_h + b_k) + tanh(a_x), with one parameter more."""

    additive = False

    def forward(self, a_x, a_h, state):
        k, n = sigmoid(a_h[0]), np.tanh(a_x[0])
        return (state[0] * k + n,), (state[0], k, n)

    def backward(self, dstate, cache):
        (dh,), (h, k, n) = dstate, cache
        return (dh * dtanh(n),), (dh * h * dsigmoid(k),), (dh * k,)

    def extra_params(self, hidden_size, dtype):
        return {"b_k": np.zeros(hidden_size, dtype)}

    def add_bias(self, a_h, params):
        a_h[0] += params["b_k"]

    def extra_grads(self, da_h):
        return {"b_k": da_h[0].sum(axis=0)}


@bug("the cell's own parameter is not used", "nn.recurrent.Recurrent.forward",
     "self.cell.add_bias(a_h, self.params)", "pass")  # fmt: skip
@bug("the cell's own parameter has no gradient", "nn.recurrent.Recurrent._weight_gradients",
     "{'W_hh': past.T @ da_h} | self.cell.extra_grads(by_gate(da_h, self.cell.gates))",
     "{'W_hh': past.T @ da_h}")  # fmt: skip
def test_a_cell_of_ones_own_keeps_the_contract(rng):
    layer = randomized(Recurrent(ForgetfulCell(), D, H, rng, np.float64), rng)
    xs, state = rng.standard_normal((T, B, D)), random_state(layer, rng)
    assert_gradients_right(layer, xs, state, also=["xs", "state[0]"])
    before = layer.forward(xs)[0]
    layer.params["b_k"] += 1
    assert not np.allclose(layer.forward(xs)[0], before)


@bug("the GRU's second bias is not reset", "nn.cells.gru.GRUCell.add_bias",
     "a_h[2] += params['b_hn']", "pass")  # fmt: skip
def test_the_second_bias_of_the_gru_acts_through_the_reset_gate(rng):
    layer = recurrent("gru", rng)
    layer.params["W_hh"][...] = 0
    layer.params["b_h"][...] = np.repeat([-800.0, -800.0, 0.0], H)  # r = z = 0: nothing comes in
    xs = rng.standard_normal((1, B, D))
    layer.params["W_xh"][:, : 2 * H] = 0
    closed, _, _ = layer.forward(xs)
    np.testing.assert_allclose(closed[0], np.tanh(xs[0] @ layer.params["W_xh"][:, 2 * H :]))
    layer.params["b_h"][:H] = 800.0  # r = 1
    opened, _, _ = layer.forward(xs)
    a = xs[0] @ layer.params["W_xh"][:, 2 * H :] + layer.params["b_hn"]
    np.testing.assert_allclose(opened[0], np.tanh(a), rtol=1e-12)


@pytest.mark.parametrize("cell", CELLS)
def test_a_missing_gradient_of_the_final_state_counts_as_zero(cell, rng):
    layer = recurrent(cell, rng)
    hs, state, cache = layer.forward(rng.standard_normal((T, B, D)))
    dhs = rng.standard_normal(hs.shape)
    dxs, dstate, grads = layer.backward(dhs, cache)
    zeros = tuple(np.zeros_like(s) for s in state)
    dxs_too, dstate_too, grads_too = layer.backward(dhs, cache, zeros)
    for one, other in zip([dxs, *dstate], [dxs_too, *dstate_too], strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_equal(grads, grads_too)


@pytest.mark.parametrize("cell", CELLS)
def test_the_gradients_of_stacked_layers_are_right(cell, rng):
    layers = Stacked([recurrent(cell, rng), recurrent(cell, rng, H)])
    count = 2 * len(layers.layers[0].cell.state_names)
    also = ["xs", *(f"state[{i}]" for i in range(count))]
    xs = rng.standard_normal((T, B, D))
    assert_gradients_right(layers, xs, random_state(layers, rng), also=also)


GAPS = np.array([[0, 1, 1], [1, 1, 1], [1, 0, 1], [1, 0, 1], [1, 0, 0]])
"""A mask (T, B) with a pad before, in the middle of and after sequences."""


@bug(
    "the gradient does not go around the padding",
    "nn.recurrent.Recurrent.backward",
    "d * ~mask[t]",
    "0 * d",
)
@bug("the padding is blamed", "nn.recurrent.Recurrent.backward", "d * mask[t]", "d")
@bug("the padding writes, unseen", "nn.linear_recurrent.LinearRecurrent.backward",
     "da, db = da * mask, db * mask", "pass")  # fmt: skip
@bug("what is held in the padding is read again", "nn.linear_recurrent.LinearRecurrent.backward",
     "dhs = dhs * mask", "pass")  # fmt: skip
@bug("one state that is shown is blamed once", "nn.linear_recurrent.LinearRecurrent.backward",
     "(dh + dc,)", "(dc,)")  # fmt: skip
@pytest.mark.parametrize("cell", CELLS)
def test_the_gradients_of_a_masked_layer_are_right(cell, rng):
    layer = recurrent(cell, rng)
    also = ["xs", *(f"state[{i}]" for i in range(len(layer.cell.state_names)))]
    xs = rng.standard_normal((T, B, D))
    assert_gradients_right(layer, xs, random_state(layer, rng), GAPS, also=also)


@bug(
    "the gradient is not turned back", "nn.stacking.Bidirectional.backward", "dback[::-1]", "dback"
)
@pytest.mark.parametrize("mask", [None, GAPS], ids=["whole", "masked"])
@pytest.mark.parametrize("inputs", ["vectors", "ids"])
@pytest.mark.parametrize("cell", CELLS)
def test_the_gradients_of_a_bidirectional_layer_are_right(cell, inputs, mask, rng):
    layer = Bidirectional(recurrent(cell, rng), recurrent(cell, rng))
    xs = rng.standard_normal((T, B, D)) if inputs == "vectors" else rng.integers(0, D, (T, B))
    count = 2 * len(layer.layers["forward"].cell.state_names)
    also = [f"state[{i}]" for i in range(count)] + ["xs"] * (inputs == "vectors")
    assert_gradients_right(layer, xs, random_state(layer, rng), mask, also=also)


@pytest.mark.parametrize("cell", CELLS)
def test_the_gradients_of_stacked_bidirectional_layers_are_right(cell, rng):
    pairs = [[recurrent(cell, rng, size) for _ in range(2)] for size in (D, 2 * H)]
    layers = Stacked([Bidirectional(*pair) for pair in pairs])
    for p in layers.params.values():
        p *= 0.5  # no loss so large that the differences drown in its rounding
    count = 4 * len(pairs[0][0].cell.state_names)
    also = ["xs", *(f"state[{i}]" for i in range(count))]
    xs = rng.standard_normal((T, B, D))
    assert_gradients_right(layers, xs, random_state(layers, rng), False, GAPS, also=also)


SHAPES = [
    {},
    {"num_layers": 2},
    {"embedding_dim": D},
    {"embedding_dim": D, "num_layers": 2},
    {"embedding_dim": H, "tie_weights": True},
    {"embedding_dim": H, "tie_weights": True, "num_layers": 2, "dropout": 0.3},
    {"num_layers": 2, "dropout": 0.3},
    {"embedding_dim": D, "dropout": 0.3},
]


@bug(
    "tied weights learn as an embedding only",
    "models.language.LanguageModel.backward",
    "grads.pop('output.W_hy').T",
    "0 * grads.pop('output.W_hy').T",
)
@pytest.mark.parametrize(
    ("cell", "options"),
    [*((cell, options) for cell in CLASSIC for options in SHAPES)]
    + [(cell, SHAPES[5]) for cell in LINEAR],
    ids=lambda value: value if isinstance(value, str) else "-".join(value) or "plain",
)
@pytest.mark.parametrize("given", ["nothing", "state and mask"])
def test_the_gradients_of_a_language_model_are_right(cell, options, given, rng):
    model = randomized(LanguageModel(V, H, cell, rng=rng, dtype=np.float64, **options), rng)
    ids, targets = rng.integers(0, V, (2, T, B))
    extra = ()
    if given == "state and mask":
        extra = random_state(model.recurrent, rng), rng.random((T, B)) < 0.7
    assert_gradients_right(Rewound(model), ids, targets, *extra)


class Attending:
    """An attention layer of one input: queries and keys of one size, one after the other."""

    def __init__(self, layer, mask):
        self.layer, self.mask, self.params = layer, mask, layer.params

    def forward(self, xs):
        return self.layer.forward(xs[:T], xs[T:], self.mask)

    def backward(self, dys, cache):
        dqueries, dkeys, grads = self.layer.backward(dys, cache)
        return np.concatenate([dqueries, dkeys]), grads


@bug(
    "a key is blamed as an answer only",
    "nn.attention.AdditiveAttention.backward",
    "dk @ self.params['W_k'].T + weights.swapaxes(1, 2) @ dcontexts",
    "weights.swapaxes(1, 2) @ dcontexts",
)
@bug(
    "the weights of attention do not compete",
    "functional.dsoftmax",
    "dp - (p * dp).sum(axis=-1, keepdims=True)",
    "dp",
)
@pytest.mark.parametrize("mask", [None, np.arange(4)[:, None] < [4, 1, 2]], ids=["all", "masked"])
def test_the_gradients_of_attention_are_right(mask, rng):
    layer = randomized(AdditiveAttention(D, D, H, rng, np.float64), rng)
    xs = rng.standard_normal((T + 4, B, D))
    assert_gradients_right(Attending(layer, mask), xs, also=["xs"])


@bug(
    "what was handed over gets no blame",
    "models.encoder.Encoder.backward",
    "dh += part",
    "dh += 0 * part",
)
@pytest.mark.parametrize("cell", CELLS)
def test_the_gradients_of_an_encoder_are_right(cell, rng):
    encoder = randomized(rnnlib.Encoder(rnnlib.nn.cells.CELLS[cell], D, 5, rng, np.float64), rng)
    xs, lengths = rng.standard_normal((T, B, D)), [T, 1, 3]
    memory, state, cache = encoder.forward(xs, lengths)
    dmemory, *dstate = (rng.standard_normal(a.shape) for a in (memory, *state))
    dxs, grads = encoder.backward(dmemory, dstate, cache)

    def weighted_sum():
        memory, state, _ = encoder.forward(xs, lengths)
        return sum(np.vdot(a, b) for a, b in zip((memory, *state), (dmemory, *dstate), strict=True))

    for name, x in {"xs": xs, **encoder.params}.items():
        numerical = rnnlib.numerical_gradient(weighted_sum, x)
        assert rnnlib.relative_error((grads | {"xs": dxs})[name], numerical) <= TOLERANCE, name


@bug(
    "the state is only a question",
    "models.decoder.Decoder.backward",
    "dhs + dqueries",
    "dqueries",
)
@pytest.mark.parametrize(
    ("cell", "attention", "options"),
    [
        *itertools.product(CLASSIC, (True, False), ({}, {"dropout": 0.3})),
        ("diagonal", True, {"dropout": 0.3}),
    ],
    ids=lambda value: (
        {True: "attention", False: "bottleneck"}.get(value, value)
        if isinstance(value, str | bool)
        else "-".join(value) or "plain"
    ),
)
def test_the_gradients_of_an_encoder_and_decoder_are_right(cell, attention, options, rng):
    model = Seq2Seq(V, 7, 4, cell, D, attention, rng=rng, dtype=np.float64, **options)
    inputs = PairInputs(
        rng.integers(0, V, (T + 1, B)), np.array([T + 1, 1, 3]), rng.integers(0, 7, (T, B))
    )
    for name, p in randomized(model, rng).params.items():
        p *= 1.3 if "attention" in name else 0.8  # no gradient tiny, no sequence of states chaotic
    targets, mask = rng.integers(0, 7, (T, B)), rng.random((T, B)) < 0.7
    assert_gradients_right(Rewound(model), inputs, targets, None, mask)
