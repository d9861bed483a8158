"""Layers refuse what does not fit them."""

from functools import partial

import numpy as np
import pytest
from mistakes import mistakes

import rnnlib as rl
from rnnlib import Embedding, Linear, Recurrent, RNNCell, Stacked, initializers


@pytest.fixture
def world(world):
    """Two layers, one on top of the other, and attention."""
    rng, sizes = world.rng, (len(world.vocab), 8)
    world.layer, above = (Recurrent(RNNCell(), size, 8, rng) for size in sizes)
    world.diagonal = rl.DiagonalCell().layer(sizes[0], 8, rng)
    world.stacked = Stacked([world.layer, above])
    attention = rl.AdditiveAttention(3, 3, 4, rng)
    world.attend = partial(attention.forward, np.ones((4, 2, 3)))
    world.linear = Linear(4, 3, rng)
    world.embedding = Embedding(4, 3, rng)
    return world


WRONG_VALUES = [
    (
        "state (h, c) has shapes [(2, 8)]",
        lambda w: w.diagonal.forward(w.ids, (np.ones((2, 8)),)),
    ),
    ("ids run from -1 to -1", lambda w: w.diagonal.forward(w.ids - 1)),
    ("xs has 3 features; expected 23", lambda w: w.layer.forward(np.ones((5, 2, 3)))),
    ("state (h) has shapes [(1, 8)]", lambda w: w.layer.forward(w.ids, w.layer.initial_state(1))),
    ("mask (5,) must have the shape (T, B)", lambda w: w.layer.forward(w.ids, None, np.ones(5))),
    ("it runs from nan to nan", lambda w: w.layer.forward(w.ids, None, w.ids * np.nan)),
    ("it runs from -1 to -1", lambda w: w.layer.forward(w.ids, None, w.ids - 1)),
    ("it runs from nan to nan", lambda w: w.attend(np.ones((5, 2, 3)), np.full((5, 2), np.nan))),
    ("same input_size, got (23, 8)", lambda w: rl.Bidirectional(*w.stacked.layers)),
    ("state has 1 parts; expected 2 layers", lambda w: w.stacked.forward(w.ids, (None,))),
    ("cannot read the 8 features of Recurrent(RNNCell, 23", lambda w: Stacked([w.layer] * 2)),
    ("layers is empty", lambda w: Stacked([])),
    ("xs (5, 2, 3) must have 4 features", lambda w: w.linear.forward(np.ones((5, 2, 3)))),
    ("xs (2,) must have 4 features", lambda w: w.linear.forward([1.0, 2.0])),
    ("ids run from -1 to -1", lambda w: w.embedding.forward(np.array([-1]))),
    ("ids must be integers, at least one", lambda w: w.embedding.forward(np.array([1.0]))),
    ("input_size must be at least 1, got 0", lambda w: Linear(0, 3, w.rng)),
    ("embedding_dim must be at least 1, got 0", lambda w: Embedding(3, 0, w.rng)),
    ("hidden_size must be at least 1, got 0", lambda w: rl.Encoder(rl.GRUCell, 3, 0, w.rng)),
    ("key_size must be at least 1, got 0", lambda w: rl.AdditiveAttention(3, 0, 4, w.rng)),
    ("cell must be one of", lambda w: rl.Decoder(5, 3, 3, rl.GRUCell, True, None, w.rng)),
    ("hidden_size must be at least 2", lambda w: rl.Encoder(rl.GRUCell, 3, 1, w.rng)),
    ("in [0, 1), got 1", lambda w: rl.Dropout(1, w.rng)),
    ("in [0, 1), got nan", lambda w: rl.Dropout(np.nan, w.rng)),
    ("no hidden randomness", lambda w: Stacked([w.layer], dropout=0.5)),
    ("queries (4, 2, 3) and keys (5, 1, 3) do not", lambda w: w.attend(np.ones((5, 1, 3)))),
    (
        "mask (2,) must have the shape (5, 2)",
        lambda w: w.attend(np.ones((5, 2, 3)), np.ones(2)),
    ),
    ("row without a single key", lambda w: w.attend(np.ones((5, 2, 3)), np.zeros((5, 2)))),
]
BUILDERS = [
    lambda dtype, w: Linear(4, 3, w.rng, dtype),
    lambda dtype, w: Embedding(4, 3, w.rng, dtype),
    lambda dtype, w: Recurrent(RNNCell(), 4, 3, w.rng, dtype),
    lambda dtype, w: rl.DiagonalCell().layer(4, 3, w.rng, dtype),
    lambda dtype, w: rl.AdditiveAttention(4, 3, 2, w.rng, dtype),
    lambda dtype, w: rl.Encoder(rl.GRUCell, 4, 3, w.rng, dtype),
    lambda dtype, w: initializers.uniform(w.rng, (3, 4), 1.0, dtype),
    lambda dtype, w: initializers.normal(w.rng, (3, 4), 1.0, dtype),
    lambda dtype, w: initializers.glorot(w.rng, (3, 4), dtype),
    lambda dtype, w: initializers.orthogonal(w.rng, (3, 4), 1.0, dtype),
    lambda dtype, w: initializers.identity((3, 4), 1.0, dtype),
]
WRONG_TYPES = [
    ("rl.Cell such as rl.RNNCell(), got <class", lambda w: Recurrent(RNNCell, 3, 4, w.rng)),
    ("rl.Cell such as rl.RNNCell(), got 'rnn'", lambda w: Recurrent("rnn", 3, 4, w.rng)),
    ("hidden_size must be a whole number, got 4.0", lambda w: Recurrent(RNNCell(), 3, 4.0, w.rng)),
    ("rl.Cell such as rl.RNNCell(), got <", lambda w: Recurrent(rl.MinGRUCell(), 3, 4, w.rng)),
    ("LinearCell such as rl.MinGRUCell()", lambda w: rl.LinearRecurrent(RNNCell(), 3, 4, w.rng)),
    ("numpy.random.Generator, got 0", lambda w: Recurrent(RNNCell(), 3, 4, 0)),
    ("make_cell must be a class", lambda w: rl.Encoder("gru", 3, 4, w.rng)),
    ("make_cell must be a class", lambda w: rl.Encoder(rl.GRUCell(), 3, 4, w.rng)),
    ("xs must be an array, got list", lambda w: w.layer.forward([[0, 1]])),
    ("state must be a tuple (h), got ndarray", lambda w: w.layer.forward(w.ids, np.ones((2, 8)))),
    ("state must be a tuple, got list", lambda w: w.stacked.forward(w.ids, [None, None])),
    ("layers must be a list of layers, got Recurrent(", lambda w: Stacked(w.layer)),
    ("Recurrent or Bidirectional, got Dropout(0)", lambda w: Stacked([rl.Dropout(0)])),
    ("a Recurrent layer, got Stacked(", lambda w: rl.Bidirectional(w.stacked, w.stacked)),
    ("numpy.random.Generator, got 0", lambda w: rl.Dropout(0.5, 0)),
    ("numpy.random.Generator, got 0", lambda w: rl.Dropout(0.0, 0)),
    ("numpy.random.Generator, got 0", lambda w: Linear(4, 3, 0)),
    ("must be a number in [0, 1), got '0.5'", lambda w: rl.Dropout("0.5", w.rng)),
    *[
        ("dtype must be float32 or float64", partial(build, dtype))
        for build in BUILDERS
        for dtype in (int, np.float16, complex, bool, object, "S3", None)
    ],
]


@mistakes({ValueError: WRONG_VALUES, TypeError: WRONG_TYPES})
def test_what_does_not_fit_a_layer_is_refused_in_words(mistake, world):
    mistake(world)


@pytest.mark.parametrize("dtype", ["float32", np.dtype("float64"), float])
@pytest.mark.parametrize("build", BUILDERS)
def test_a_real_dtype_may_be_named_in_any_way(build, dtype, world):
    built = build(dtype, world)
    arrays = built.params.values() if hasattr(built, "params") else [built]
    assert {a.dtype for a in arrays} == {np.dtype(dtype)}


@pytest.mark.mistake
def test_a_cell_that_defines_nothing_says_what_it_must_define():
    with pytest.raises(NotImplementedError, match="Cell must define forward and backward"):
        rl.Cell().forward(None, None, None)
    with pytest.raises(NotImplementedError, match="Cell must define forward and backward"):
        rl.Cell().backward(None, None)
    with pytest.raises(NotImplementedError, match="LinearCell must define coefficients and coeff"):
        rl.LinearCell().coefficients(None, None)
    with pytest.raises(NotImplementedError, match="LinearCell must define coefficients and coeff"):
        rl.LinearCell().coefficients_backward(None, None, None)
