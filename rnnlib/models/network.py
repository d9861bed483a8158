"""What all networks of `models` and `classifiers` are made of: ids → recurrent layers → logits."""

from typing import NamedTuple

import numpy as np

from ..errors import at_least_one
from ..nn.cells import CELLS
from ..nn.layers import Dropout, Embedding, Linear, named
from ..nn.recurrent import Recurrent
from ..nn.stacking import Bidirectional, Stacked


class NetworkCache(NamedTuple):
    """What `Network` needs to go back."""

    ids: np.ndarray | None  # (T, B), if there is an embedding
    in_mask: np.ndarray | None  # what dropout left of the embedding
    recurrent: list  # of the recurrent layers, from the lowest up
    shape: tuple  # (T, B, H), of the top layer's states
    out_mask: np.ndarray | None  # what dropout left of the top layer
    output: np.ndarray  # what the output layer read
    labels: np.ndarray | None = None  # (B,), if classes started the state


class Network:
    """(Embedding) → recurrent layers → (a choice of states) → logits; models say what they mean.

    Parameters
    ----------
    config : dict
        The arguments that build the model again, by name, without rng.
    num_outputs : int
    rng : numpy.random.Generator
    """

    def __init__(self, config, num_outputs, rng):
        self.config = config | {"dtype": np.dtype(config["dtype"]).name}
        self._check_arguments(rng)
        get, H, dtype = config.get, config["hidden_size"], config["dtype"]
        E, self.rng = config["embedding_dim"], rng
        self.embedding = E and Embedding(config["vocab_size"], E, rng, dtype)

        def recurrent(size):
            return Recurrent(CELLS[config["cell"]](), size, H, rng, dtype)

        layers, size = [], E or config["vocab_size"]
        for _ in range(config["num_layers"]):
            if get("bidirectional"):
                layers.append(Bidirectional(recurrent(size), recurrent(size)))
            else:
                layers.append(recurrent(size))
            size = 2 * H if get("bidirectional") else H
        self.recurrent = Stacked(layers, config["dropout"], rng, get("variational", False))
        self.dropout = Dropout(config["dropout"], rng, get("variational", False))
        self.output = Linear(size, num_outputs, rng, dtype)
        embedding = self.embedding.params if self.embedding else {}
        self.params = self._flat(embedding, self.recurrent.params, self.output.params)

    def _forward(self, ids, state=None, train=False, mask=None):
        """Return (logits, state, cache)."""
        xs, ids_cache, in_mask = np.asarray(ids), None, None
        if self.embedding:
            self._check_ids(xs)
            xs, ids_cache = self.embedding.forward(xs)
            xs, in_mask = self.dropout.forward(xs, train)
        hs, state, recurrent_cache = self.recurrent.forward(xs, state, train, mask)
        read, out_mask = self.dropout.forward(self._choose(hs), train)
        logits, output_cache = self.output.forward(read)
        cache = NetworkCache(ids_cache, in_mask, recurrent_cache, hs.shape, out_mask, output_cache)
        return logits, state, cache

    def _backward(self, dlogits, cache):
        """Return (dstate, grads): the gradients of the initial state and of all parameters."""
        dread, output_grads = self.output.backward(dlogits, cache.output)
        dread, _ = self.dropout.backward(dread, cache.out_mask)
        dhs = self._spread(dread, cache.shape)
        dxs, dstate, recurrent_grads = self.recurrent.backward(dhs, cache.recurrent)
        embedding_grads = {}
        if self.embedding:
            dxs, _ = self.dropout.backward(dxs, cache.in_mask)
            _, embedding_grads = self.embedding.backward(dxs, cache.ids)
        return dstate, self._flat(embedding_grads, recurrent_grads, output_grads)

    def _choose(self, hs):
        """Return the states that the output layer reads: here all, (T, B, H)."""
        return hs

    def _spread(self, dread, shape):
        """Return the gradient of all states, given that of the chosen ones."""
        return dread

    @staticmethod
    def _flat(embedding, recurrent, output):
        """Name the arrays of all layers in one dict."""
        return named({"embedding": embedding}) | recurrent | named({"output": output})

    def _check_ids(self, ids):
        V = self.config["vocab_size"]
        if ids.ndim != 2 or not np.issubdtype(ids.dtype, np.integer) or ids.size == 0:
            raise ValueError(f"ids must be integers (T, B), got {ids.dtype} {ids.shape}.")
        if ids.min() < 0 or ids.max() >= V:
            raise ValueError(f"ids run from {ids.min()} to {ids.max()}; expected 0 … {V - 1}.")

    def _check_arguments(self, rng):
        names = ("vocab_size", "hidden_size", "num_layers", "embedding_dim", "num_classes")
        at_least_one(**{k: self.config[k] for k in names if self.config.get(k) is not None})
        if self.config["cell"] not in CELLS:
            raise ValueError(f"cell must be one of {sorted(CELLS)}, got {self.config['cell']!r}.")
        if rng is None:
            raise ValueError("Pass rng=np.random.default_rng(seed): nothing here is random unseen.")
