"""The language model: what comes next?"""

import numpy as np

from ..losses import cross_entropy
from ..nn.cells import CELLS
from ..nn.layers import Embedding
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
        "rnn", "gru" or "lstm"
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
        if tie_weights and embedding_dim != hidden_size:
            raise ValueError(
                f"tie_weights needs embedding_dim == hidden_size, got {embedding_dim} and "
                f"{hidden_size}: the embedding serves as the output matrix."
            )
        config = {
            "vocab_size": vocab_size,
            "hidden_size": hidden_size,
            "cell": cell,
            "num_layers": num_layers,
            "embedding_dim": embedding_dim,
            "dropout": dropout,
            "tie_weights": tie_weights,
            "dtype": dtype,
            "variational": variational,
            "num_classes": num_classes,
        }
        super().__init__(config, vocab_size, rng)
        self.tied, self.start = tie_weights, None
        if tie_weights:
            W = self.embedding.params["W"]
            W *= W.dtype.type(1 / np.sqrt(hidden_size))  # logits that start small
            self.output.params["W_hy"] = W.T  # a view: one array in memory
            del self.params["output.W_hy"]
        if num_classes is not None:
            self._parts = len(CELLS[cell].state_names)  # of the state of one layer
            self.start = Embedding(num_classes, num_layers * self._parts * hidden_size, rng, dtype)
            self.params["start.W"] = self.start.params["W"]
            self.params["start.W"] *= self.params["start.W"].dtype.type(0.1)  # near zeros

    def forward(self, ids, state=None, train=False, labels=None):
        """Compute the logits of the next symbol at every step.

        Parameters
        ----------
        ids : ndarray (T, B) of int
        state : tuple, optional
            What an earlier call returned; zeros by default.
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
        self._check_labels(labels, state, np.shape(ids)[1:])
        if labels is not None:
            labels = np.asarray(labels)
            state = self._start(labels)
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
                drows = np.concatenate([d for layer in dstate for d in layer], axis=1)
                grads["start.W"] = self.start.backward(drows, cache.labels)[1]["W"]
        return grads

    def loss_and_grads(self, ids, targets, state=None, mask=None, train=True, labels=None):
        """One forward and one backward pass.

        Parameters
        ----------
        ids, targets : ndarray (T, B) of int
        state : tuple, optional
        mask : ndarray (T, B), optional
            0 where a target is padding.
        train : bool
            Whether dropout acts.
        labels : ndarray (B,) of int, optional
            As in `forward`.

        Returns
        -------
        loss : float
            Mean nats per unmasked symbol.
        grads : dict
            The keys of `params`.
        state : tuple
            After the last step; no gradient flows back through it into an earlier call.
        """
        logits, state, cache = self.forward(ids, state, train, labels)
        loss, dlogits = cross_entropy(logits, targets, mask)
        return loss, self.backward(dlogits, cache), state

    def loss(self, ids, targets, state=None, mask=None, labels=None):
        """Return (loss, state) as `loss_and_grads` does, without dropout and without gradients."""
        logits, state, _ = self.forward(ids, state, labels=labels)
        return cross_entropy(logits, targets, mask)[0], state

    def _start(self, labels):
        """Return the learnt initial states of the classes, nested as the state of the layers."""
        rows, _ = self.start.forward(labels)  # (B, layers * parts * H)
        layers = np.split(rows, self.config["num_layers"], axis=1)
        return tuple(tuple(np.split(layer, self._parts, axis=1)) for layer in layers)

    def _check_labels(self, labels, state, batch_shape):
        if not self.start:
            if labels is not None:
                raise ValueError("This model knows no classes: build it with num_classes=….")
            return
        if (labels is None) == (state is None):
            raise ValueError(
                "This model starts from a class: pass labels (B,) to begin, and then the state."
            )
        K, labels = self.config["num_classes"], np.asarray(0 if labels is None else labels)
        wrong = labels.min() < 0 or labels.max() >= K or labels.dtype.kind not in "iu"
        if wrong or (state is None and labels.shape != batch_shape):
            raise ValueError(
                f"labels must be integers in 0 … {K - 1}, one for each sequence; "
                f"got {labels.dtype} {labels.shape}, from {labels.min()} to {labels.max()}."
            )
