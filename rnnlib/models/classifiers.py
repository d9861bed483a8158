"""Reading without writing: one answer for a whole sequence, or one for each of its symbols."""

import numpy as np

from ..errors import require, require_numbers
from .network import Network


class SequenceTagger(Network):
    """Many-to-many: one of K classes for every symbol, from its context on both sides.  Chapter 18.

    Parameters
    ----------
    vocab_size, hidden_size, num_classes : int
        V, H, K
    cell, num_layers, embedding_dim, dropout, rng, dtype
        As in `LanguageModel`.
    bidirectional : bool, optional
        Read in both directions; otherwise a tag depends only on what precedes its symbol.  By
        default True for a tagger, and False for a `SequenceClassifier`.

    Attributes
    ----------
    params, config : dict
        As in `LanguageModel`.
    """

    both_ways = True  # by default

    def __init__(
        self,
        vocab_size,
        hidden_size,
        num_classes,
        cell="rnn",
        num_layers=1,
        embedding_dim=None,
        dropout=0.0,
        bidirectional=None,
        rng=None,
        dtype=np.float32,
    ):
        if bidirectional is None:
            bidirectional = self.both_ways
        super().__init__(locals(), num_classes)

    def forward(self, ids, mask=None, train=False):
        """Compute the logits of the classes.

        Parameters
        ----------
        ids : ndarray (T, B) of int
        mask : ndarray (T, B), optional
            0 where ids are padding; nothing depends on the ids there.
        train : bool
            Whether dropout acts.

        Returns
        -------
        logits : ndarray (T, B, K); (B, K) of a `SequenceClassifier`
        state : tuple
            Of the recurrent layers, after the last symbol.
        cache : NetworkCache
        """
        return self._forward(ids, None, train, mask)

    def backward(self, dlogits, cache):
        """Return the gradients of all `params`, given that of the logits."""
        return self._backward(dlogits, cache)[1]

    def predict(self, ids, mask=None):
        """Return the most probable classes: (T, B) of int; (B,) of a `SequenceClassifier`.

        Raises
        ------
        ValueError
            The network has diverged: a logit is nan.
        """
        logits, _, _ = self.forward(ids, mask)
        require_numbers(logits)
        return logits.argmax(axis=-1)

    def _logits(self, inputs, state, mask, train, labels):
        require(
            state is None and labels is None,
            f"A {type(self).__name__} starts every sequence from zeros: it takes no state and no "
            "labels; the classes to predict are the targets.",
        )
        logits, _, cache = self.forward(inputs, mask, train)
        return logits, None, cache


class SequenceClassifier(SequenceTagger):
    """Many-to-one: one of K classes for a whole sequence, from the last state.  Chapter 18.

    The arguments are those of `SequenceTagger`.  The last state is the one after the last symbol
    under the mask; for a bidirectional layer's second direction, the one after the first symbol.
    """

    both_ways = False

    def _choose(self, hs):
        H = self.config["hidden_size"]
        return np.concatenate([hs[-1, :, :H], hs[0, :, H:]], axis=1)  # pads change no state

    def _spread(self, dread, shape):
        H, dhs = self.config["hidden_size"], np.zeros(shape, dread.dtype)
        dhs[-1, :, :H] = dread[:, :H]
        dhs[0, :, H:] = dread[:, H:]
        return dhs

    def _counted(self, mask):
        return None  # one target for each sequence: the mask says where the sequence ends
