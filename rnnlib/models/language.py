"""The language model: what comes next?"""

import numpy as np

from ..errors import require
from ..nn.learned_start import LearnedStart
from .network import Network


class LanguageModel(Network):
    """Predicts the next symbol at every step: (embedding) → recurrent layers → logits.

    Parameters
    ----------
    vocab_size : int
        V
    hidden_size : int
        H
    cell : str
        "rnn", "gru" or "lstm"; without W_hh "mingru", "minlstm" or "diagonal"
    num_layers : int
    embedding_dim : int, optional
        E.  Without it the first layer reads one-hot vectors, as a row lookup.
    dropout : float
        Rate on the embedding, between layers, and before the output; never along time.
    tie_weights : bool
        The output matrix is the embedding transposed; needs embedding_dim == hidden_size.
    rng : numpy.random.Generator
        Draws the weights, and the dropout masks later on.
    dtype : float32 or float64
    variational : bool
        Dropout draws one mask for a whole sequence, see `Dropout`.
    num_classes : int, optional
        K.  Every sequence belongs to a class, and each class learns the state that its sequences
        start from: the rows of `start.W`.

    Attributes
    ----------
    params : dict of str to ndarray
        References to all arrays of all layers: `embedding.W`, `layer0.W_xh`, …, `output.b_y`.
    config : dict
        The arguments above, to build the same network again.
    """

    predicts_next = True

    def __init__(
        self,
        vocab_size,
        hidden_size,
        cell="rnn",
        num_layers=1,
        embedding_dim=None,
        dropout=0.0,
        tie_weights=False,
        rng=None,
        dtype=np.float32,
        variational=False,
        num_classes=None,
    ):
        require(
            not tie_weights or embedding_dim == hidden_size,
            f"tie_weights needs embedding_dim == hidden_size, got {embedding_dim} and "
            f"{hidden_size}: the embedding serves as the output matrix.",
        )
        super().__init__(locals(), vocab_size, optional={"num_classes"})
        self.tied, self.start = self.config["tie_weights"], None
        if self.tied:
            W = self.embedding.params["W"]
            W *= W.dtype.type(1 / np.sqrt(hidden_size))  # logits that start small
            self._tie()
            del self.params["output.W_hy"]
        if num_classes is not None:
            zeros = self.recurrent.initial_state(1)
            self.start = LearnedStart(num_classes, zeros, rng, self.config["dtype"])
            self.params["start.W"] = self.start.params["W"]

    def _tie(self):
        self.output.params["W_hy"] = self.embedding.params["W"].T  # a view: one array in memory

    def __setstate__(self, attributes):
        """Tie the weights of a copy, or of an unpickled model: its view became an array."""
        self.__dict__.update(attributes)
        if self.tied:
            self._tie()

    def forward(self, ids, state=None, train=False, labels=None):
        """Compute the logits of the next symbol at every step.

        Parameters
        ----------
        ids : ndarray (T, B) of int
        state : tuple, optional
            Returned by an earlier call; zeros by default.
        train : bool
            Whether dropout acts.
        labels : ndarray (B,) of int, optional
            The classes of the sequences, to start their state; a model with `num_classes` needs
            them or the state of an earlier call.

        Returns
        -------
        logits : ndarray (T, B, V)
        state : tuple
            One tuple for each layer, h first.
        cache : NetworkCache

        Raises
        ------
        ValueError
            ids or labels of another shape or range, or a state of another size; labels for a
            model without classes, together with a state, or missing.
        """
        check_labels(self.start, labels, state, ids)
        if labels is not None:
            state, labels = self.start.forward(labels)
        logits, state, cache = self._forward(ids, state, train)
        return logits, state, cache._replace(labels=labels)

    def backward(self, dlogits, cache):
        """Return the gradients of all `params`, given that of the logits."""
        dstate, grads = self._backward(dlogits, cache)
        if self.tied:
            grads["embedding.W"] += grads.pop("output.W_hy").T
        if self.start:
            grads["start.W"] = np.zeros_like(self.params["start.W"])
            if cache.labels is not None:
                grads["start.W"] = self.start.backward(dstate, cache.labels)[1]["W"]
        return grads

    def _logits(self, inputs, state, mask, train, labels):
        return self.forward(inputs, state, train, labels)


def check_labels(start, labels, state, ids):
    """Refuse labels without classes, together with a state, or missing, or too few.

    Parameters
    ----------
    start : LearnedStart or None
    labels : (B,) or None
    state : tuple or None
    ids : (T, B)
    """
    require(
        start or labels is None,
        "This model has no classes: build it with num_classes=….",
    )
    require(
        not start or (labels is None) != (state is None),
        "This model starts from a class: pass labels (B,) to begin, and then the state.",
    )
    require(
        labels is None or np.shape(labels) == np.shape(ids)[1:],
        lambda: f"labels {np.shape(labels)} must be one for each sequence, {np.shape(ids)[1:]}.",
    )
