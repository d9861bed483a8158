"""The loss refuses what it cannot score."""

import numpy as np
from mistakes import mistakes

from rnnlib import cross_entropy


@mistakes(
    {
        ValueError: [
            (
                "targets (2, 3) must have",
                lambda w: cross_entropy(np.ones((2, 4, 5)), np.ones((2, 3), int)),
            ),
            ("ids in 0 … 4", lambda w: cross_entropy(np.ones((2, 4, 5)), np.full((2, 4), 5))),
            ("ids in 0 … 4", lambda w: cross_entropy(np.ones((2, 4, 5)), np.full((2, 4), -1))),
            ("ids in 0 … 4", lambda w: cross_entropy(np.ones((2, 4, 5)), np.ones((2, 4)))),
            ("at least one", lambda w: cross_entropy(np.ones((0, 4, 5)), np.ones((0, 4), int))),
            (
                "mask (4,)",
                lambda w: cross_entropy(np.ones((2, 4, 5)), np.ones((2, 4), int), np.ones(4)),
            ),
            ("mask is 0", lambda w: cross_entropy(np.ones((1, 1, 5)), np.ones((1, 1), int), [[0]])),
        ]
    }
)
def test_wrong_targets_and_masks_are_refused_in_words(mistake, world):
    mistake(world)
