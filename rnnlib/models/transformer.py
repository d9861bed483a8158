"""The language model without recurrence: every symbol looks back at all others.  Chapter 23."""

from typing import NamedTuple

import numpy as np

from ..errors import require, require_ids, require_type
from ..nn.layers import Dropout, Embedding, Linear, named
from ..nn.transformer import LayerNorm, Positions, TransformerBlock
from .model import Model


class TransformerCache(NamedTuple):
    """The intermediate results of a `TransformerLanguageModel` that `backward` needs."""

    ids: np.ndarray  # (T, B)
    positions: slice
    kept: np.ndarray | None  # dropout's mask of the embedding
    blocks: list  # of BlockCache; blocks[i].attention.weights is (B, n, T, S)
    norm: tuple
    output: np.ndarray  # the input of the output layer


class TransformerLanguageModel(Model):
    """Predicts the next symbol at every step: embedding + position → blocks → norm → logits.

    Parameters
    ----------
    vocab_size : int
        V
    hidden_size : int
        H
    num_layers : int
        Blocks on top of each other.
    num_heads : int
        n, the heads of each block's attention; divides H.
    max_len : int
        M, the positions there are.  A text of more symbols is refused; `generate` and
        `beam_search` end there.
    dropout : float
        Rate on the embedding, after attention and after the feed-forward network.
    rng : numpy.random.Generator
        Draws the weights, and the dropout masks later on.
    dtype : float32 or float64

    Attributes
    ----------
    params : dict
        References to all arrays of all layers, see below.
    config : dict
        The arguments above, to build the same network again.

    Notes
    -----
    The parameters, and what PyTorch calls them in a `TransformerEncoderLayer` with
    `norm_first=True`; its matrices are transposed.

    ============================= ========= ================================
    here, of block i              shape     PyTorch
    ============================= ========= ================================
    `embedding.W`                 (V, H)    `Embedding.weight`
    `position.W`                  (M, H)    `Embedding.weight`
    `block{i}.norm1.gain`         (H)       `norm1.weight`
    `block{i}.norm1.bias`         (H)       `norm1.bias`
    `block{i}.attention.W_qkv`    (H, 3H)   `self_attn.in_proj_weight`
    `block{i}.attention.b_qkv`    (3H)      `self_attn.in_proj_bias`
    `block{i}.attention.W_o`      (H, H)    `self_attn.out_proj.weight`
    `block{i}.attention.b_o`      (H)       `self_attn.out_proj.bias`
    `block{i}.norm2.gain`         (H)       `norm2.weight`
    `block{i}.norm2.bias`         (H)       `norm2.bias`
    `block{i}.feed_forward.W_1`   (H, 4H)   `linear1.weight`
    `block{i}.feed_forward.b_1`   (4H)      `linear1.bias`
    `block{i}.feed_forward.W_2`   (4H, H)   `linear2.weight`
    `block{i}.feed_forward.b_2`   (H)       `linear2.bias`
    `norm.gain`                   (H)       `LayerNorm.weight`
    `norm.bias`                   (H)       `LayerNorm.bias`
    `output.W_hy`                 (H, V)    `Linear.weight`
    `output.b_y`                  (V)       `Linear.bias`
    ============================= ========= ================================

    The GELU is the one of PyTorch's `gelu(…, approximate="tanh")`, see `functional.gelu_gate`.

    Training reads every row of a batch from position 0 on: `loss` and `loss_and_grads` return no
    state, so windows of running text (`stream_batches`) do not see each other.  The state would be
    the keys of all windows before, and there are positions for `max_len` symbols only.

    References
    ----------
    A. Vaswani et al., "Attention is all you need", NeurIPS 2017.
    A. Radford et al., "Language models are unsupervised multitask learners", 2019: GPT-2, the
    same blocks in the same order.
    """

    predicts_next = True

    def __init__(
        self,
        vocab_size,
        hidden_size,
        num_layers=2,
        num_heads=4,
        max_len=64,
        dropout=0.0,
        rng=None,
        dtype=np.float32,
    ):
        super().__init__(locals())
        V, H, dtype = vocab_size, hidden_size, self.config["dtype"]
        self.dropout = Dropout(dropout, rng)
        self.blocks = [
            TransformerBlock(H, num_heads, rng, dropout, dtype) for _ in range(num_layers)
        ]
        self.embedding = Embedding(V, H, rng, dtype)
        self.positions = Positions(max_len, H, rng, dtype)
        self.norm = LayerNorm(H, dtype)
        self.output = Linear(H, V, rng, dtype)
        self.params = self._flat(
            self.embedding.params,
            self.positions.params,
            [block.params for block in self.blocks],
            self.norm.params,
            self.output.params,
        )

    def initial_state(self, batch_size):
        """Return the state of each block before the first symbol."""
        return tuple(block.initial_state(batch_size) for block in self.blocks)

    def forward(self, ids, state=None, train=False, labels=None):
        """Compute the logits of the next symbol at every step.

        Parameters
        ----------
        ids : ndarray (T, B) of int
        state : tuple, optional
            Returned by an earlier call: the symbols that `ids` continue.
        train : bool
            Whether dropout acts.
        labels : None
            This model has no classes.

        Returns
        -------
        logits : ndarray (T, B, V)
        state : tuple
            For each block the keys and the values of all symbols so far, (B, S, H) each.  Given
            back, it saves reading them again: a symbol costs one row of each product.
        cache : TransformerCache

        Raises
        ------
        ValueError
            ids of another shape or range, more symbols than `max_len`, a state of another size, or
            labels.
        """
        ids = require_ids(ids, self.config["vocab_size"])
        require(labels is None, "This model has no classes: a Transformer starts from nothing.")
        states = self.initial_state(ids.shape[1]) if state is None else state
        self._check_states(states, ids.shape[1])
        xs, _ = self.embedding.forward(ids)
        xs, positions = self.positions.forward(xs, start=states[0][0].shape[1])
        xs, kept = self.dropout.forward(xs, train)
        last, caches = [], []
        for block, past in zip(self.blocks, states, strict=True):
            xs, final, cache = block.forward(xs, past, train)
            last.append(final)
            caches.append(cache)
        xs, norm = self.norm.forward(xs)
        logits, output = self.output.forward(xs)
        return logits, tuple(last), TransformerCache(ids, positions, kept, caches, norm, output)

    def backward(self, dlogits, cache):
        """Return the gradients of all `params`, given that of the logits.

        The state that `forward` was given gets none: what was read before is not blamed.
        """
        dxs, output = self.output.backward(dlogits, cache.output)
        dxs, norm = self.norm.backward(dxs, cache.norm)
        blocks = []
        for block, block_cache in zip(reversed(self.blocks), reversed(cache.blocks), strict=True):
            dxs, _, grads = block.backward(dxs, block_cache)
            blocks.insert(0, grads)
        dxs, _ = self.dropout.backward(dxs, cache.kept)
        dxs, position = self.positions.backward(dxs, cache.positions)
        _, embedding = self.embedding.backward(dxs, cache.ids)
        return self._flat(embedding, position, blocks, norm, output)

    def _logits(self, inputs, state, mask, train, labels):
        logits, _, cache = self.forward(inputs, state, train, labels)
        return logits, None, cache

    @staticmethod
    def _flat(embedding, position, blocks, norm, output):
        """Name the arrays of all layers in one dict."""
        parts = {"embedding": embedding, "position": position}
        parts |= {f"block{i}": block for i, block in enumerate(blocks)}
        return named(parts | {"norm": norm, "output": output})

    def _features(self):
        """List the parts of the network, for its repr."""
        c = self.config
        return [
            f"{c['vocab_size']:,} symbols",
            f"{c['num_layers']} × attention {c['hidden_size']} with {c['num_heads']} heads",
            f"at most {c['max_len']:,} symbols",
            *([f"dropout {c['dropout']:g}"] if c["dropout"] else []),
        ]

    def _check_states(self, states, B):
        require_type(
            isinstance(states, tuple),
            lambda: f"state must be a tuple, got {type(states).__name__}.",
        )
        require(
            len(states) == len(self.blocks),
            lambda: f"state has {len(states)} parts; expected {len(self.blocks)} layers.",
        )
        for block, state in zip(self.blocks, states, strict=True):
            block.attention.check_state(state, B)
