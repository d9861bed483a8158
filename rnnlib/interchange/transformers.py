"""The Transformer in PyTorch's own words.  Chapter 23.

PyTorch is imported here, at the top: this module is imported when it is needed.
"""

from functools import partial

import torch
from torch import nn
from torch.nn import functional as F

from ..models.transformer import TransformerLanguageModel


class TorchTransformerLanguageModel(nn.Module):
    """Predicts the next symbol at every step: embedding + position → blocks → norm → logits.

    PyTorch's blocks keep no keys and values, so this module reads all symbols at once, from the
    first one on: it is for training, and the model that `from_torch` returns is for writing.

    Parameters
    ----------
    config : dict
        Of a `TransformerLanguageModel`.
    """

    model_class = TransformerLanguageModel

    def __init__(self, config):
        super().__init__()
        self.config, self.rng = dict(config), None
        V, H = config["vocab_size"], config["hidden_size"]
        self.embedding = nn.Embedding(V, H)
        self.position = nn.Embedding(config["max_len"], H)
        self.dropout = nn.Dropout(config["dropout"])
        self.blocks = nn.ModuleList(self._block() for _ in range(config["num_layers"]))
        self.norm = nn.LayerNorm(H)
        self.output = nn.Linear(H, V)
        self.to(getattr(torch, config["dtype"]))

    def forward(self, ids):
        """Compute the logits of the next symbol at every step.

        Parameters
        ----------
        ids : LongTensor (T, B)

        Returns
        -------
        logits : tensor (T, B, V)
        state : None
            As of the other networks, but there is none.
        """
        places = torch.arange(len(ids), device=ids.device)
        xs = self.dropout(self.embedding(ids) + self.position(places)[:, None])
        future = nn.Transformer.generate_square_subsequent_mask(
            len(ids), device=xs.device, dtype=xs.dtype
        )
        for block in self.blocks:
            xs = block(xs, src_mask=future, is_causal=True)
        return self.output(self.norm(xs)), None

    def _block(self):
        config, H = self.config, self.config["hidden_size"]
        block = nn.TransformerEncoderLayer(
            H,
            config["num_heads"],
            dim_feedforward=4 * H,
            dropout=config["dropout"],
            activation=partial(F.gelu, approximate="tanh"),
            norm_first=True,
        )
        # PyTorch also drops attention weights, and inside the feed-forward network
        block.self_attn.dropout, block.dropout.p = 0.0, 0.0
        return block
