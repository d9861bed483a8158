"""Layers refuse what does not fit them."""

from functools import partial

import numpy as np
import pytest
from mistakes import mistakes

import rnnlib as rl
from rnnlib import Recurrent, Stacked


@pytest.fixture
def world(world):
    rng, sizes = world.rng, (len(world.vocab), 8)
    world.layer, above = (Recurrent(rl.RNNCell(), size, 8, rng) for size in sizes)
    world.stacked = Stacked([world.layer, above])
    attention = rl.AdditiveAttention(3, 3, 4, rng)
    world.attend = partial(attention.forward, np.ones((4, 2, 3)))
    return world


@mistakes(
    {
        ValueError: [
            ("xs has 3 features; expected 23", lambda w: w.layer.forward(np.ones((5, 2, 3)))),
            (
                "state (h) has shapes [(1, 8)]",
                lambda w: w.layer.forward(w.ids, w.layer.initial_state(1)),
            ),
            (
                "mask (5,) must have the shape (T, B)",
                lambda w: w.layer.forward(w.ids, None, np.ones(5)),
            ),
            ("same input_size, got (23, 8)", lambda w: rl.Bidirectional(*w.stacked.layers)),
            ("state has 1 parts; expected 2 layers", lambda w: w.stacked.forward(w.ids, (None,))),
            ("in [0, 1), got 1", lambda w: rl.Dropout(1, w.rng)),
            ("Dropout needs a generator", lambda w: Stacked([w.layer], dropout=0.5)),
            ("queries (4, 2, 3) and keys (5, 1, 3) do not", lambda w: w.attend(np.ones((5, 1, 3)))),
            (
                "mask (2,) must have the shape (5, 2)",
                lambda w: w.attend(np.ones((5, 2, 3)), np.ones(2)),
            ),
            ("row without a single key", lambda w: w.attend(np.ones((5, 2, 3)), np.zeros((5, 2)))),
        ]
    }
)
def test_what_does_not_fit_a_layer_is_refused_in_words(mistake, world):
    mistake(world)
