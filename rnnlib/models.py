"""Networks for a task, put together from layers."""

import numpy as np

from .cells import CELLS
from .layers import Dropout, Embedding, Linear
from .losses import cross_entropy
from .recurrent import Recurrent
from .stacking import Stacked


class LanguageModel:
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
    ):
        self._check_arguments(vocab_size, hidden_size, cell, num_layers, embedding_dim, tie_weights)
        if rng is None:
            raise ValueError("Pass rng=np.random.default_rng(seed): nothing here is random unseen.")
        self.config = {
            "vocab_size": vocab_size,
            "hidden_size": hidden_size,
            "cell": cell,
            "num_layers": num_layers,
            "embedding_dim": embedding_dim,
            "dropout": dropout,
            "tie_weights": tie_weights,
            "dtype": np.dtype(dtype).name,
        }
        self.rng = rng
        self.embedding = embedding_dim and Embedding(vocab_size, embedding_dim, rng, dtype)
        sizes = [embedding_dim or vocab_size] + [hidden_size] * (num_layers - 1)
        self.recurrent = Stacked(
            [Recurrent(CELLS[cell](), size, hidden_size, rng, dtype) for size in sizes],
            dropout,
            rng,
        )
        self.dropout = Dropout(dropout, rng)
        self.output = Linear(hidden_size, vocab_size, rng, dtype)
        self.tied = tie_weights
        if tie_weights:
            W = self.embedding.params["W"]
            W *= W.dtype.type(1 / np.sqrt(hidden_size))  # logits that start small
            self.output.params["W_hy"] = W.T  # a view: one array in memory
        self.params = self._flat(
            self.embedding.params if self.embedding else {},
            self.recurrent.params,
            self.output.params,
        )

    def forward(self, ids, state=None, train=False):
        """Compute the logits of the next symbol at every step.

        Parameters
        ----------
        ids : ndarray (T, B) of int
        state : tuple, optional
            What an earlier call returned; zeros by default.
        train : bool
            Whether dropout acts.

        Returns
        -------
        logits : ndarray (T, B, V)
        state : tuple
            One tuple for each layer, h first.
        cache : tuple

        Raises
        ------
        ValueError
            ids of another shape or range, or a state of another size.
        """
        xs, ids_cache, in_mask = np.asarray(ids), None, None
        if self.embedding:
            self._check_ids(xs)
            xs, ids_cache = self.embedding.forward(xs)
            xs, in_mask = self.dropout.forward(xs, train)
        hs, state, recurrent_cache = self.recurrent.forward(xs, state, train)
        hs, out_mask = self.dropout.forward(hs, train)
        logits, output_cache = self.output.forward(hs)
        return logits, state, (ids_cache, in_mask, recurrent_cache, out_mask, output_cache)

    def backward(self, dlogits, cache):
        """Return the gradients of all `params`, given that of the logits."""
        ids_cache, in_mask, recurrent_cache, out_mask, output_cache = cache
        dhs, output_grads = self.output.backward(dlogits, output_cache)
        dhs, _ = self.dropout.backward(dhs, out_mask)
        dxs, _, recurrent_grads = self.recurrent.backward(dhs, recurrent_cache)
        embedding_grads = {}
        if self.embedding:
            dxs, _ = self.dropout.backward(dxs, in_mask)
            _, embedding_grads = self.embedding.backward(dxs, ids_cache)
            if self.tied:
                embedding_grads["W"] += output_grads["W_hy"].T
        return self._flat(embedding_grads, recurrent_grads, output_grads)

    def loss_and_grads(self, ids, targets, state=None, mask=None, train=True):
        """One forward and one backward pass.

        Parameters
        ----------
        ids, targets : ndarray (T, B) of int
        state : tuple, optional
        mask : ndarray (T, B), optional
            0 where a target is padding.
        train : bool
            Whether dropout acts.

        Returns
        -------
        loss : float
            Mean nats per unmasked symbol.
        grads : dict
            The keys of `params`.
        state : tuple
            After the last step; no gradient flows back through it into an earlier call.
        """
        logits, state, cache = self.forward(ids, state, train)
        loss, dlogits = cross_entropy(logits, targets, mask)
        return loss, self.backward(dlogits, cache), state

    def _flat(self, embedding, recurrent, output):
        """Name the arrays of all layers in one dict; a tied output matrix is the embedding's."""
        flat = {f"embedding.{name}": a for name, a in embedding.items()} | recurrent
        flat |= {f"output.{name}": a for name, a in output.items()}
        if self.tied:
            del flat["output.W_hy"]
        return flat

    def _check_ids(self, ids):
        V = self.config["vocab_size"]
        if ids.ndim != 2 or not np.issubdtype(ids.dtype, np.integer) or ids.size == 0:
            raise ValueError(f"ids must be integers (T, B), got {ids.dtype} {ids.shape}.")
        if ids.min() < 0 or ids.max() >= V:
            raise ValueError(f"ids run from {ids.min()} to {ids.max()}; expected 0 … {V - 1}.")

    @staticmethod
    def _check_arguments(vocab_size, hidden_size, cell, num_layers, embedding_dim, tie_weights):
        sizes = {"vocab_size": vocab_size, "hidden_size": hidden_size, "num_layers": num_layers}
        if embedding_dim is not None:
            sizes["embedding_dim"] = embedding_dim
        for name, size in sizes.items():
            if size < 1:
                raise ValueError(f"{name} must be at least 1, got {size}.")
        if cell not in CELLS:
            raise ValueError(f"cell must be one of {sorted(CELLS)}, got {cell!r}.")
        if tie_weights and embedding_dim != hidden_size:
            raise ValueError(
                f"tie_weights needs embedding_dim == hidden_size, got {embedding_dim} and "
                f"{hidden_size}: the embedding serves as the output matrix."
            )
