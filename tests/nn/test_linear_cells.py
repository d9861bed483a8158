"""The laws of each linear cell, and cells of one's own."""

import numpy as np
import pytest
from helpers import LINEAR
from planted import bug

import rnnlib
from rnnlib.functional import sigmoid, softplus

T, B, D, H = 6, 2, 4, 3


@bug("softplus overflows", "functional.softplus",
     "np.maximum(x, 0) + np.log(1 + np.exp(-np.abs(x)))", "np.log(1 + np.exp(x))")  # fmt: skip
def test_softplus_is_the_logarithm_of_one_plus_the_exponential():
    x = np.array([-800.0, -30, -1, 0, 0.5, 30, 800])
    np.testing.assert_allclose(softplus(x), np.logaddexp(0, x), rtol=1e-12, atol=1e-15)
    assert softplus(x.astype(np.float32)).dtype == np.float32


@bug("minGRU adds without forgetting", "nn.cells.min_gru.MinGRUCell.coefficients",
     "1 - z", "np.ones_like(z)")  # fmt: skip
@bug("minLSTM's gates do not sum to 1", "nn.cells.min_lstm.MinLSTMCell.coefficients",
     "(1 - keep) * n", "n.copy()")  # fmt: skip
@pytest.mark.parametrize("make_cell", [rnnlib.MinGRUCell, rnnlib.MinLSTMCell])
def test_a_state_that_is_a_mean_of_candidates_stays_in_their_range(make_cell, rng):
    layer = make_cell().layer(D, H, rng, np.float64)
    layer.params["W_xh"] *= 20
    layer.params["W_xh"][:, -H:] = 0  # every candidate is its bias
    layer.params["b_h"][-H:] = [1.0, 5.0, -2.0]
    start = np.array([[0.0, 6.0, -2.0]])
    hs, _, _ = layer.forward(rng.standard_normal((50, 1, D)), (start,))
    low, high = np.array([0.0, 5.0, -2.0]), np.array([1.0, 6.0, -2.0])
    assert (hs >= low - 1e-12).all() and (hs <= high + 1e-12).all()
    np.testing.assert_allclose(hs[-1, 0], [1.0, 5.0, -2.0], atol=0.01)


@bug("the ratio of closed gates is no number", "nn.cells.min_lstm.MinLSTMCell.coefficients",
     "sigmoid(softplus(-a_i) - softplus(-a_f))",
     "sigmoid(a_f) / (sigmoid(a_f) + sigmoid(a_i))")  # fmt: skip
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("a_f", [-800.0, -100.0, -20.0])
def test_closed_gates_of_a_minlstm_still_compare(a_f, dtype):
    a_x = np.array([a_f, a_f - 1, 0.0], dtype).reshape(3, 1, 1, 1)
    (keep, _), _ = rnnlib.MinLSTMCell().coefficients(a_x, {})
    np.testing.assert_allclose(keep, 1 / (1 + np.exp(-1)), rtol=1e-6)  # e^a / (e^a + e^(a-1))


def test_a_new_minlstm_keeps_the_share_that_its_docstring_names(rng):
    layer = rnnlib.MinLSTMCell().layer(D, H, rng, np.float64)
    hs, _, _ = layer.forward(np.zeros((1, 1, D)), (np.ones((1, H)),))
    f, i = sigmoid(1.0), sigmoid(0.0)
    np.testing.assert_allclose(hs, f / (f + i), rtol=1e-12)
    assert round(100 * f / (f + i)) == 59


@bug("the gate cannot make louder", "nn.cells.diagonal.DiagonalCell.read",
     "a_o * s * state", "s * state")  # fmt: skip
@bug("all units forget alike", "nn.cells.diagonal.DiagonalCell.extra_params",
     "(np.arange(hidden_size) + 0.5) / hidden_size", "np.full(hidden_size, 0.5)")  # fmt: skip
def test_the_units_of_a_diagonal_layer_forget_at_evenly_spaced_rates_of_their_own(rng):
    layer = rnnlib.DiagonalCell().layer(D, 4, rng, np.float64)
    layer.params["W_xh"][...], layer.params["b_h"][-4:] = 0, 2.0
    start = np.zeros((1, 4)), np.ones((1, 4))
    hs, (h, c), _ = layer.forward(np.zeros((3, 1, D)), start)
    np.testing.assert_allclose(c, np.array([[1, 3, 5, 7]]) ** 3 / 8.0**3, rtol=1e-12)
    np.testing.assert_allclose(h, 2 / (1 + np.exp(-2)) * c, rtol=1e-12)  # SiLU(2) = 2 σ(2)
    np.testing.assert_array_equal(h, hs[-1])


@bug("slow units are loud", "nn.cells.diagonal.DiagonalCell.coefficients",
     "np.sqrt(1 - a * a) * v", "(1 - a) * v")  # fmt: skip
def test_the_memories_of_a_diagonal_layer_are_as_loud_as_its_input(rng):
    a_x = rng.standard_normal((2, 3000, 8, 4))
    (a, b), _ = rnnlib.DiagonalCell().coefficients(
        a_x, rnnlib.DiagonalCell().extra_params(4, np.float64)
    )
    c = rnnlib.linear_recurrence(a, b, rng.standard_normal((8, 4)))
    np.testing.assert_allclose(c.var(axis=(0, 1)), 1, atol=0.1)  # a standard error is at most 0.025


@pytest.mark.parametrize("cell", LINEAR)
def test_a_linear_layer_is_linear_in_its_initial_state(cell, rng):
    layer, xs = rnnlib.nn.cells.CELLS[cell]().layer(D, H, rng, np.float64), np.ones((T, B, D))
    parts = len(layer.cell.state_names)
    one, two = (tuple(rng.standard_normal((parts, B, H))) for _ in range(2))
    middle = tuple((s + t) / 2 for s, t in zip(one, two, strict=True))
    hs, hs_too, between = (layer.forward(xs, state)[0] for state in (one, two, middle))
    np.testing.assert_allclose(between, (hs + hs_too) / 2, rtol=1e-12)
    assert not np.allclose(hs[-1], hs_too[-1])


def test_two_diagonal_layers_are_more_than_one_linear_map(rng):
    layer = rnnlib.DiagonalCell().layer(D, H, rng, np.float64)
    xs = rng.standard_normal((T, B, D))
    once, twice = layer.forward(xs)[0], layer.forward(2 * xs)[0]
    assert not np.allclose(twice, 2 * once, rtol=0.01)


@bug("a state is a view of all time steps", "nn.linear_recurrent.LinearRecurrent.forward",
     "(hs[-1].copy(), memory[-1].copy())", "(hs[-1], memory[-1])")  # fmt: skip
@pytest.mark.parametrize("cell", LINEAR)
def test_the_last_state_keeps_no_other_time_step_in_memory(cell, rng):
    layer = rnnlib.nn.cells.CELLS[cell]().layer(D, H, rng, np.float64)
    hs, state, _ = layer.forward(rng.standard_normal((T, B, D)))
    np.testing.assert_array_equal(state[0], hs[-1])
    assert all(part.base is None for part in state)


def test_a_parameter_that_a_linear_layer_has_no_use_for_is_not_there(rng):
    for cell in LINEAR:
        model = rnnlib.LanguageModel(5, 4, cell=cell, num_layers=2, rng=rng)
        assert not [name for name in model.params if "W_hh" in name]
        assert type(model.recurrent.layers[0]) is rnnlib.LinearRecurrent
    assert "2 × MinLSTM 4" in repr(rnnlib.LanguageModel(5, 4, "minlstm", 2, rng=rng))
