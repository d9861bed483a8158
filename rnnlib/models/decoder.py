"""The decoder: a target written symbol by symbol, with or without attention to the source."""

from typing import NamedTuple

import numpy as np

from ..errors import require, require_ids
from ..functional import dtanh
from ..nn.attention import AdditiveAttention, AttentionCache
from ..nn.cells import CELLS
from ..nn.layers import Embedding, Linear, named
from ..nn.recurrent import RecurrentCache


class DecoderCache(NamedTuple):
    """The intermediate results of `Decoder.forward`; `attention.weights` is the alignment."""

    ids: np.ndarray  # (T, B)
    kept_in: np.ndarray | None  # dropout's mask of the embedding
    recurrent: RecurrentCache
    attention: AttentionCache | None
    both: np.ndarray | None  # (T, B, 2H), state and answer, the input of `combine`
    combined: np.ndarray | None  # (T, B, H), tanh of its output
    kept_out: np.ndarray | None  # dropout's mask before the output
    output: np.ndarray  # (T, B, H), the input of the output layer


class Decoder:
    r"""Embedding → recurrent layer → (attention) → logits.  Chapter 19.

    .. math:: \tilde h_t = \tanh([h_t; c_t] W_{combine} + b_{combine})

    joins the state with the attention's answer c_t, as Luong et al. do.

    Parameters
    ----------
    vocab_size, embedding_dim, hidden_size : int
        V, E and H
    cell : str
        "rnn", "gru" or "lstm"; without W_hh "mingru", "minlstm" or "diagonal"
    attention : bool
    dropout : Dropout
        Acts on the embedding and before the output.
    rng : numpy.random.Generator
    dtype : float32 or float64

    Attributes
    ----------
    params : dict
        `target_embedding.W`, `decoder.W_xh`, …, with attention `attention.W_q`, … and
        `combine.W_hy`, …, then `output.W_hy`, `output.b_y`.
    """

    def __init__(
        self,
        vocab_size,
        embedding_dim,
        hidden_size,
        cell,
        attention,
        dropout,
        rng,
        dtype=np.float32,
    ):
        require(
            isinstance(cell, str) and cell in CELLS,
            f"cell must be one of {sorted(CELLS)}, got {cell!r:.60}.",
        )
        E, H, start = embedding_dim, hidden_size, (rng, dtype)
        self.dropout = dropout
        self.embedding = Embedding(vocab_size, E, *start)
        self.recurrent = CELLS[cell]().layer(E, H, *start)
        self.attention = AdditiveAttention(H, H, H, *start) if attention else None
        self.combine = Linear(2 * H, H, *start) if attention else None
        self.output = Linear(H, vocab_size, *start)
        layers = {
            "target_embedding": self.embedding,
            "decoder": self.recurrent,
            "attention": self.attention,
            "combine": self.combine,
            "output": self.output,
        }
        self.params = named({name: layer.params for name, layer in layers.items() if layer})

    def __repr__(self):
        looking = f", {self.attention!r}" if self.attention else ""
        return f"Decoder({self.recurrent!r}{looking}, {self.output!r})"

    def forward(self, ids, state, memory, valid, train=False):
        """Compute the logits of the symbol after each of those given.

        Parameters
        ----------
        ids : ndarray (T, B) of int
            The target so far.
        state : tuple of ndarray (B, H)
        memory : ndarray (S, B, H)
            The encoder's states at each source symbol.
        valid : ndarray (S, B)
            0 where the source is padding.
        train : bool
            Whether dropout acts.

        Returns
        -------
        logits : ndarray (T, B, V)
        state : tuple of ndarray (B, H)
        cache : DecoderCache
        """
        require_ids(ids, len(self.embedding.params["W"]), "target ids")
        xs, ids = self.embedding.forward(ids)
        xs, kept_in = self.dropout.forward(xs, train)
        hs, state, recurrent = self.recurrent.forward(xs, state)
        attention = both = combined = None
        if self.attention:
            contexts, attention = self.attention.forward(hs, memory, valid)
            both = np.concatenate([hs, contexts], axis=2)  # (T, B, 2H)
            hs = combined = np.tanh(self.combine.forward(both)[0])
        hs, kept_out = self.dropout.forward(hs, train)
        logits, output = self.output.forward(hs)
        cache = DecoderCache(ids, kept_in, recurrent, attention, both, combined, kept_out, output)
        return logits, state, cache

    def backward(self, dlogits, cache):
        """Return (dmemory, dstate, grads); dmemory is None without attention."""
        dmemory, grads = None, {}
        dhs, grads["output"] = self.output.backward(dlogits, cache.output)
        dhs, _ = self.dropout.backward(dhs, cache.kept_out)
        if self.attention:
            dboth, grads["combine"] = self.combine.backward(dhs * dtanh(cache.combined), cache.both)
            dhs, dcontexts = np.split(dboth, 2, axis=2)
            dqueries, dmemory, grads["attention"] = self.attention.backward(
                dcontexts, cache.attention
            )
            dhs = dhs + dqueries  # a state is the query, and is also read next to the answer
        dxs, dstate, grads["decoder"] = self.recurrent.backward(dhs, cache.recurrent)
        dxs, _ = self.dropout.backward(dxs, cache.kept_in)
        _, grads["target_embedding"] = self.embedding.backward(dxs, cache.ids)
        return dmemory, dstate, named(grads)
