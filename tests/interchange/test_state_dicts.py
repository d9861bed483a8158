"""A model's arrays under PyTorch's names and back, without PyTorch."""

import numpy as np
import pytest
from helpers import CELLS, frozen, randomized
from hypothesis import given, settings
from hypothesis import strategies as st
from mistakes import mistakes
from planted import bug

import rnnlib as rl

MODULE = "interchange.state_dicts"


def model_of(cell, rng, **options):
    options = {"num_layers": 2, "embedding_dim": 4, "dtype": np.float64} | options
    return randomized(rl.LanguageModel(6, 3, cell, rng=rng, **options), rng)


@bug(
    "a GRU's second bias stays here",
    f"{MODULE}.layer_to_torch",
    'second[-len(params["b_hn"]) :] = params["b_hn"]',
    "pass",
)
@bug(
    "the output stays here",
    f"{MODULE}.from_torch_names",
    "params |= _named_back(state, LAST)",
    "pass",
)
@bug("linear layers stay here", f"{MODULE}.layer_from_torch", "_named_back(arrays, INNER)", "{}")
@bug(
    "the second bias comes again",
    f"{MODULE}.layer_to_torch",
    'np.zeros_like(params["b_h"])',
    'params["b_h"].copy()',
)
@settings(max_examples=20)
@given(
    seed=st.integers(0, 2**32 - 1),
    cell=st.sampled_from(CELLS),
    num_layers=st.integers(1, 3),
    embedding=st.sampled_from([None, 4, "tied"]),
    num_classes=st.sampled_from([None, 1, 3]),
    dtype=st.sampled_from([np.float32, np.float64]),
)
def test_a_model_comes_back_to_the_last_bit(seed, cell, num_layers, embedding, num_classes, dtype):
    tied, rng = embedding == "tied", np.random.default_rng(seed)
    options = dict(embedding_dim=3 if tied else embedding, tie_weights=tied)
    options |= dict(num_layers=num_layers, num_classes=num_classes, dtype=dtype)
    model, other = (model_of(cell, rng, **options) for _ in range(2))
    rl.load_torch_state(other, rl.torch_state(model))
    assert frozen(other.params) == frozen(model.params)
    ids, labels = rng.integers(0, 6, (4, 2)), np.zeros(2, int) if num_classes else None
    logits = [m.forward(ids, labels=labels)[0] for m in (model, other)]
    assert np.array_equal(*logits)  # tied weights too are those that came


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_transformer_comes_back_to_the_last_bit(dtype, rng):
    options = dict(num_layers=3, num_heads=2, max_len=9, rng=rng, dtype=dtype)
    model, other = (randomized(rl.TransformerLanguageModel(6, 4, **options), rng) for _ in range(2))
    rl.load_torch_state(other, rl.torch_state(model))
    assert frozen(other.params) == frozen(model.params)


@bug("the arrays are views", f"{MODULE}.torch_state", "a.copy()", "a")
def test_the_arrays_are_copies_in_the_order_that_torch_wants(rng):
    model = model_of("gru", rng)
    state, before = rl.torch_state(model), frozen(model.params)
    for a in state.values():
        assert a.flags.writeable
        a[...] = 0
    assert frozen(model.params) == before


def test_arrays_are_rounded_to_the_dtype_of_the_model(rng):
    double, single = model_of("lstm", rng), model_of("lstm", rng, dtype=np.float32)
    rl.load_torch_state(single, rl.torch_state(double))
    rounded = {name: p.astype(np.float32) for name, p in double.params.items()}
    assert frozen(single.params) == frozen(rounded)


def test_a_model_that_diverged_can_be_given_sound_weights(rng):
    sound, diverged = model_of("rnn", rng), model_of("rnn", rng)
    diverged.params["output.b_y"][0] = np.nan
    rl.load_torch_state(diverged, rl.torch_state(sound))
    assert frozen(diverged.params) == frozen(sound.params)


def changed(world, **changes):
    """Load the state of the world's model with some arrays changed; None removes one."""
    state = rl.torch_state(world.model) | {k.replace("__", "."): a for k, a in changes.items()}
    rl.load_torch_state(world.model, {k: a for k, a in state.items() if a is not None})


def tied_apart(world):
    model = rl.LanguageModel(5, 4, embedding_dim=4, tie_weights=True, rng=np.random.default_rng(0))
    rl.load_torch_state(model, rl.torch_state(model) | {"output.weight": np.zeros((5, 4))})


def flipping(world):
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(rl.nn.cells.CELLS, "flipping", rl.RNNCell)
        rl.torch_state(rl.LanguageModel(5, 4, "flipping", rng=np.random.default_rng(0)))


def diverged(world):
    model = rl.LanguageModel(5, 4, rng=np.random.default_rng(0))
    model.params["output.b_y"][0] = np.nan
    rl.torch_state(model)


@bug(
    "arrays of any shape are spread",
    f"{MODULE}.load_torch_state",
    "a.shape == expected[name].shape",
    "True",
)
@bug("nan is taken over", f"{MODULE}.load_torch_state", "require_numbers(a, name)", "pass")
@bug("what is too much is dropped", f"{MODULE}.load_torch_state", "not strange", "True")
@mistakes(
    {
        TypeError: [
            ("can go to PyTorch, not a list", lambda w: rl.torch_state([1])),
            ("not the class NGram", lambda w: rl.load_torch_state(rl.NGram, {})),
            ("must be a dict of arrays, got 7", lambda w: rl.load_torch_state(w.model, 7)),
            (
                "output.bias must be floats, got int64",
                lambda w: changed(w, output__bias=np.arange(23)),
            ),
            ("output.bias must be floats, got <U", lambda w: changed(w, output__bias="none")),
        ],
        ValueError: [
            ("lacks ['output.bias'], and has nothing", lambda w: changed(w, output__bias=None)),
            ("lacks nothing, and has ['more'] besides", lambda w: changed(w, more=np.zeros(3))),
            ("output.bias has the shape (1,)", lambda w: changed(w, output__bias=np.zeros(1))),
            ("output.bias contain nan", lambda w: changed(w, output__bias=np.full(23, np.nan))),
            ("There is no cell 'flipping' in PyTorch", flipping),
            ("weight and output.weight differ", tied_apart),
            ("output.b_y contain nan", diverged),
        ],
    }
)
def test_arrays_of_another_network_are_refused_in_words(mistake, world):
    mistake(world)
