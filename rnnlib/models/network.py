"""The path that most models share: ids → recurrent layers → logits."""

from typing import NamedTuple

import numpy as np

from ..errors import require_ids
from ..nn.cells import CELLS
from ..nn.layers import Dropout, Embedding, Linear, named
from ..nn.stacking import Bidirectional, Stacked
from .model import Model


class NetworkCache(NamedTuple):
    """The intermediate results of `Network._forward` that `_backward` needs."""

    ids: np.ndarray | None  # (T, B), if there is an embedding
    kept_in: np.ndarray | None  # dropout's mask of the embedding
    recurrent: list  # of the recurrent layers, from the lowest up
    shape: tuple  # (T, B, H), of the top layer's states
    kept_out: np.ndarray | None  # dropout's mask of the top layer
    output: np.ndarray  # the input of the output layer
    labels: np.ndarray | None = None  # (B,), if classes started the state


class Network(Model):
    """(Embedding) → recurrent layers → (a choice of states) → logits; models say what they mean.

    Parameters
    ----------
    arguments : dict
        The `locals()` of the model's constructor.
    num_outputs : int
    optional : collection of str
        Sizes that may be None, apart from embedding_dim.
    """

    def __init__(self, arguments, num_outputs, optional=()):
        super().__init__(arguments, {"embedding_dim", *optional})
        get = self.config.get
        E, H, rng, dtype = get("embedding_dim"), get("hidden_size"), self.rng, get("dtype")
        drop = get("dropout"), rng, get("variational", False)
        self.dropout = Dropout(*drop)
        self.embedding = E and Embedding(get("vocab_size"), E, rng, dtype)

        def recurrent(size):
            return CELLS[get("cell")]().layer(size, H, rng, dtype)

        layers, size = [], E or get("vocab_size")
        for _ in range(get("num_layers")):
            if get("bidirectional"):
                layers.append(Bidirectional(recurrent(size), recurrent(size)))
            else:
                layers.append(recurrent(size))
            size = 2 * H if get("bidirectional") else H
        self.recurrent = Stacked(layers, *drop)
        self.output = Linear(size, num_outputs, rng, dtype)
        embedding = self.embedding.params if self.embedding else {}
        self.params = self._flat(embedding, self.recurrent.params, self.output.params)

    def _forward(self, ids, state=None, train=False, mask=None):
        """Return (logits, state, cache)."""
        xs, ids_cache, kept_in = np.asarray(ids), None, None
        if self.embedding:
            require_ids(xs, self.config["vocab_size"])
            xs, ids_cache = self.embedding.forward(xs)
            xs, kept_in = self.dropout.forward(xs, train)
        hs, state, recurrent_cache = self.recurrent.forward(xs, state, train, mask)
        read, kept_out = self.dropout.forward(self._choose(hs), train)
        logits, output_cache = self.output.forward(read)
        cache = NetworkCache(ids_cache, kept_in, recurrent_cache, hs.shape, kept_out, output_cache)
        return logits, state, cache

    def _backward(self, dlogits, cache):
        """Return (dstate, grads): the gradients of the initial state and of all parameters."""
        dread, output_grads = self.output.backward(dlogits, cache.output)
        dread, _ = self.dropout.backward(dread, cache.kept_out)
        dhs = self._spread(dread, cache.shape)
        dxs, dstate, recurrent_grads = self.recurrent.backward(dhs, cache.recurrent)
        embedding_grads = {}
        if self.embedding:
            dxs, _ = self.dropout.backward(dxs, cache.kept_in)
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

    def _features(self):
        """List the parts of the network, for its repr."""
        c = self.config
        ways = "bidirectional " if c.get("bidirectional") else ""
        layers = f"{c['num_layers']} × " if c["num_layers"] > 1 else ""
        tied = ", tied to the output" if c.get("tie_weights") else ""
        variational = "variational " if c.get("variational") else ""
        return [
            f"{c['vocab_size']:,} symbols",
            *([f"{c['num_classes']} classes"] if c.get("num_classes") else []),
            f"{layers}{ways}{self._cell_name()} {c['hidden_size']}",
            *([f"embedding {c['embedding_dim']}{tied}"] if c["embedding_dim"] else []),
            *([f"{variational}dropout {c['dropout']:g}"] if c["dropout"] else []),
        ]
