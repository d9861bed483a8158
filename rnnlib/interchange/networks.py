"""The language model in PyTorch's own words.  Chapter 22.

PyTorch is imported here, at the top: `rl.to_torch` imports this module when it is called.
"""

import torch
from torch import nn
from torch.nn import functional as F

from ..models.language import LanguageModel, check_labels
from .linear_layers import LAYERS, LinearStack

RECURRENT = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}


class TorchLanguageModel(nn.Module):
    """Predicts the next symbol at every step: (embedding) → recurrent layers → logits.

    Parameters
    ----------
    config : dict
        Of a `LanguageModel`.
    both_biases : bool
        Train the second bias as well, see `to_torch`.
    """

    model_class = LanguageModel

    def __init__(self, config, both_biases=False):
        super().__init__()
        self.config, self.both_biases, self.rng = dict(config), both_biases, None
        V, H, E = config["vocab_size"], config["hidden_size"], config["embedding_dim"]
        cell, layers, dropout = config["cell"], config["num_layers"], config["dropout"]
        self.embedding = nn.Embedding(V, E) if E else None
        self.dropout = VariationalDropout(dropout) if config["variational"] else nn.Dropout(dropout)
        if cell in RECURRENT:
            between = dropout if layers > 1 else 0.0
            self.recurrent = RECURRENT[cell](E or V, H, layers, dropout=between)
        else:
            self.recurrent = LinearStack(LAYERS[cell], E or V, H, layers, self.dropout)
        self.output = nn.Linear(H, V)
        if config["tie_weights"]:
            self.output.weight = self.embedding.weight
        self.start = None
        if config["num_classes"]:
            parts = 2 if cell in ("lstm", "diagonal") else 1
            self.start = nn.Embedding(config["num_classes"], layers * parts * H)
        self.to(getattr(torch, config["dtype"]))
        self._keep_second_biases()

    def forward(self, ids, state=None, labels=None):
        """Compute the logits of the next symbol at every step.

        Parameters
        ----------
        ids : LongTensor (T, B)
        state : tensor (layers, B, H), or a pair of them, optional
            Returned by an earlier call; zeros by default.  LSTM and diagonal cells have two.
        labels : LongTensor (B,), optional
            The classes of the sequences, to start their state.

        Returns
        -------
        logits : tensor (T, B, V)
        state : as above
        """
        check_labels(self.start, labels, state, ids)
        if labels is not None:
            state = self._start_of(labels)
        if self.embedding:
            xs = self.dropout(self.embedding(ids))
        else:
            xs = F.one_hot(ids, self.config["vocab_size"]).to(self.output.weight.dtype)
        hs, state = self.recurrent(xs, state)
        return self.output(self.dropout(hs)), state

    def _start_of(self, labels):
        """Cut the rows of `start` into states: rnnlib keeps a layer's parts together."""
        layers, H = self.config["num_layers"], self.config["hidden_size"]
        rows = self.start(labels).view(len(labels), layers, -1, H)
        h, *c = rows.permute(2, 1, 0, 3).contiguous()  # of each part (layers, B, H)
        return (h, *c) if c else h

    def _keep_second_biases(self):
        """Leave `bias_hh` as it is in training, apart from a GRU's candidate."""
        for name, p in self.recurrent.named_parameters():
            if name.startswith("bias_hh") and not self.both_biases:
                if self.config["cell"] == "gru":
                    p.register_hook(_candidate_only)
                else:
                    p.requires_grad_(False)

    def __setstate__(self, attributes):
        """Hook the biases of a copy: PyTorch copies parameters without their hooks."""
        super().__setstate__(attributes)
        self._keep_second_biases()


class VariationalDropout(nn.Dropout):
    """Dropout with one mask for all time steps."""

    def forward(self, xs):
        """Drop the same units of (T, B, H) at every step."""
        return xs * super().forward(torch.ones_like(xs[:1]))


@torch.utils.hooks.unserializable_hook
def _candidate_only(grad):
    """Clear the gradient of a GRU's second bias where it would only repeat the first one's."""
    third = len(grad) // 3
    return torch.cat([torch.zeros_like(grad[:-third]), grad[-third:]])
