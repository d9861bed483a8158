"""Dropout: its share, its scale and its masks; gradients are in `test_gradients.py`."""

import numpy as np
import pytest
from helpers import CELLS
from planted import bug

from rnnlib import Dropout, Stacked, nn


@bug("dropout does not scale up", "nn.layers.Dropout.forward", "1 / (1 - self.rate)", "1")
def test_dropout_zeroes_its_share_and_scales_the_rest_up(rng):
    ys, _ = Dropout(0.3, rng).forward(np.ones((100, 100)))
    assert set(np.unique(ys)) == {0, 1 / 0.7}
    assert (ys == 0).mean() == pytest.approx(0.3, abs=4 * np.sqrt(0.3 * 0.7 / 10_000))


@bug(
    "variational dropout draws at every step",
    "nn.layers.Dropout.forward",
    "xs.shape[1:]",
    "xs.shape",
)
@bug(
    "all sequences share a variational mask",
    "nn.layers.Dropout.forward",
    "xs.shape[1:]",
    "xs.shape[2:]",
)
def test_variational_dropout_keeps_its_mask_over_time_and_draws_it_for_each_sequence(rng):
    ys, _ = Dropout(0.5, rng, variational=True).forward(np.ones((6, 20, 30)))
    np.testing.assert_array_equal(ys, np.broadcast_to(ys[0], ys.shape))
    assert len(np.unique(ys[0], axis=0)) == 20
    assert set(np.unique(ys)) == {0, 2}
    ys, _ = Dropout(0.5, rng).forward(np.ones((6, 20, 30)))
    assert not np.array_equal(ys[0], ys[1])


@bug(
    "dropout acts on the input of the lowest layer", "nn.stacking.Stacked.forward", "i > 0", "True"
)
@pytest.mark.parametrize("cell", CELLS)
def test_dropout_acts_between_layers_and_never_along_time(cell, rng):
    layers = [nn.cells.CELLS[cell]().layer(size, 7, rng) for size in (3, 7)]
    xs = rng.standard_normal((6, 4, 3))
    one, two = Stacked(layers[:1], 0.5, rng), Stacked(layers, 0.5, rng)
    np.testing.assert_array_equal(one.forward(xs, train=True)[0], one.forward(xs)[0])
    assert not np.allclose(two.forward(xs, train=True)[0], two.forward(xs)[0])
