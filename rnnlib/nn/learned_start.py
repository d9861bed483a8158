"""Learnt initial states, one for each class of sequences.  Chapter 18."""

import numpy as np

from ..errors import require_ids
from .layers import Embedding
from .nested_state import flatten, unflatten


class LearnedStart:
    """One learnt initial state for each class: an embedding of labels, cut into a nested state.

    Parameters
    ----------
    num_classes : int
        K
    like : nested tuples of ndarray (1, H)
        A state of the layers that it starts.
    rng : numpy.random.Generator
        States start in N(0, 0.01): near the zeros of a network without classes.
    dtype : float32 or float64

    Attributes
    ----------
    params : dict
        W (K, S), S the numbers in one sequence's state.
    """

    def __init__(self, num_classes, like, rng, dtype=np.float32):
        self.like = like
        self.ends = np.cumsum([array.shape[1] for array in flatten(like)])
        self.embedding = Embedding(num_classes, int(self.ends[-1]), rng, dtype)
        self.params = self.embedding.params
        self.params["W"] *= self.params["W"].dtype.type(0.1)

    def __repr__(self):
        return "LearnedStart({} classes, {} numbers each)".format(*self.params["W"].shape)

    def forward(self, labels):
        """Labels (B,) -> a state of arrays (B, H); the cache is the labels."""
        labels = require_ids(labels, len(self.params["W"]), "labels", ndim=1)
        rows, _ = self.embedding.forward(labels)  # (B, S)
        return unflatten(np.split(rows, self.ends[:-1], axis=1), self.like), labels

    def backward(self, dstate, cache):
        """Return (None, grads): labels have no gradient."""
        return self.embedding.backward(np.concatenate(flatten(dstate), axis=1), cache)
