"""Reading without writing: one answer for a whole sequence, or one for each of its symbols."""

import numpy as np

from ..losses import cross_entropy
from .network import Network


class SequenceTagger(Network):
    """Many-to-many: one of K classes for every symbol, from what stands on both sides of it.

    Parameters
    ----------
    vocab_size, hidden_size, num_classes : int
        V, H, K
    cell, num_layers, embedding_dim, dropout, rng, dtype
        As in `LanguageModel`.
    bidirectional : bool
        Read from both sides; without it a tag knows only what stands before its symbol.

    Attributes
    ----------
    params, config : dict
        As in `LanguageModel`.
    """

    def __init__(
        self,
        vocab_size,
        hidden_size,
        num_classes,
        cell="rnn",
        num_layers=1,
        embedding_dim=None,
        dropout=0.0,
        bidirectional=True,
        rng=None,
        dtype=np.float32,
    ):
        config = {
            "vocab_size": vocab_size,
            "hidden_size": hidden_size,
            "num_classes": num_classes,
            "cell": cell,
            "num_layers": num_layers,
            "embedding_dim": embedding_dim,
            "dropout": dropout,
            "bidirectional": bidirectional,
            "dtype": dtype,
        }
        super().__init__(config, num_classes, rng)

    def forward(self, ids, mask=None, train=False):
        """Compute the logits of the classes.

        Parameters
        ----------
        ids : ndarray (T, B) of int
        mask : ndarray (T, B), optional
            0 where ids are padding, which nothing depends on.
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

    def loss_and_grads(self, ids, labels, mask=None, train=True):
        """One forward and one backward pass.

        Parameters
        ----------
        ids : ndarray (T, B) of int
        labels : ndarray (T, B) of int; (B,) for a `SequenceClassifier`
        mask : ndarray (T, B), optional
            0 where ids are padding; their labels do not count.
        train : bool
            Whether dropout acts.

        Returns
        -------
        loss : float
            Mean nats per label.
        grads : dict
            The keys of `params`.
        state : None
            Nothing is carried on to the next batch.
        """
        logits, _, cache = self.forward(ids, mask, train)
        loss, dlogits = cross_entropy(logits, labels, self._counted(mask))
        return loss, self.backward(dlogits, cache), None

    def loss(self, ids, labels, mask=None):
        """Return (loss, None) as `loss_and_grads` does, without dropout and without gradients."""
        logits, _, _ = self.forward(ids, mask)
        return cross_entropy(logits, labels, self._counted(mask))[0], None

    def predict(self, ids, mask=None):
        """Return the most probable classes: (T, B) of int; (B,) of a `SequenceClassifier`."""
        return self.forward(ids, mask)[0].argmax(axis=-1)

    def _counted(self, mask):
        """Return which labels count."""
        return mask


class SequenceClassifier(SequenceTagger):
    """Many-to-one: one of K classes for a whole sequence, from the last state.

    The last state is the one after the last symbol under the mask; of a bidirectional layer's
    second direction it is the one after the first symbol.

    Parameters
    ----------
    vocab_size, hidden_size, num_classes : int
        V, H, K
    cell, num_layers, embedding_dim, dropout, rng, dtype
        As in `LanguageModel`.
    bidirectional : bool
    """

    def __init__(
        self,
        vocab_size,
        hidden_size,
        num_classes,
        cell="rnn",
        num_layers=1,
        embedding_dim=None,
        dropout=0.0,
        bidirectional=False,
        rng=None,
        dtype=np.float32,
    ):
        super().__init__(
            vocab_size,
            hidden_size,
            num_classes,
            cell,
            num_layers,
            embedding_dim,
            dropout,
            bidirectional,
            rng,
            dtype,
        )

    def _choose(self, hs):
        H = self.config["hidden_size"]
        return np.concatenate([hs[-1, :, :H], hs[0, :, H:]], axis=1)  # the state stands still

    def _spread(self, dread, shape):
        H, dhs = self.config["hidden_size"], np.zeros(shape, dread.dtype)
        dhs[-1, :, :H] = dread[:, :H]
        dhs[0, :, H:] = dread[:, H:]
        return dhs

    def _counted(self, mask):
        return None
