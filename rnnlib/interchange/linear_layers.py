"""The linear cells in PyTorch, which has none: the formulas as in `nn.cells`.  Chapter 23.

PyTorch is imported here, at the top: this module is imported when it is needed.
"""

import torch
from torch import nn
from torch.nn import functional as F


class LinearLayer(nn.Module):
    """One layer whose state is h = a ⊙ h + b; subclasses say what a and b are.

    Parameters
    ----------
    D, H : int
    """

    gates, states = 2, 1

    def __init__(self, D, H):
        super().__init__()
        self.input = nn.Linear(D, self.gates * H)

    def forward(self, xs, state):
        """(T, B, D) and one or two tensors (B, H) -> (T, B, H) and the last state."""
        a, b, shown = self.coefficients(*self.input(xs).chunk(self.gates, dim=-1))
        c, cs = state[-1], []
        for a_t, b_t in zip(a, b, strict=True):
            c = a_t * c + b_t
            cs.append(c)
        hs = shown * torch.stack(cs)
        return hs, (hs[-1], c)[-self.states :]


class MinGRU(LinearLayer):
    """See `MinGRUCell`."""

    def coefficients(self, z, n):
        """Return a, b, and the share of the state that is shown."""
        z = torch.sigmoid(z)
        return 1 - z, z * n, 1.0


class MinLSTM(LinearLayer):
    """See `MinLSTMCell`."""

    gates = 3

    def coefficients(self, f, i, n):
        """Return a, b, and the share of the state that is shown."""
        keep = torch.sigmoid(F.logsigmoid(f) - F.logsigmoid(i))
        return keep, (1 - keep) * n, 1.0


class Diagonal(LinearLayer):
    """See `DiagonalCell`."""

    states = 2

    def __init__(self, D, H):
        super().__init__(D, H)
        self.decay = nn.Parameter(torch.zeros(H))

    def coefficients(self, v, o):
        """Return a, b, and the share of the state that is shown."""
        a = torch.sigmoid(self.decay)
        return a.expand_as(v), torch.sqrt(1 - a * a) * v, F.silu(o)


LAYERS = {"mingru": MinGRU, "minlstm": MinLSTM, "diagonal": Diagonal}


class LinearStack(nn.Module):
    """Layers on top of each other, called as `nn.GRU` is, or as `nn.LSTM` if they have two states.

    Parameters
    ----------
    layer : class
        One of `LAYERS`.
    D, H, num_layers : int
    dropout : nn.Module
        Between the layers.
    """

    def __init__(self, layer, D, H, num_layers, dropout):
        super().__init__()
        self.layers = nn.ModuleList(layer(H if i else D, H) for i in range(num_layers))
        self.dropout = dropout

    def forward(self, xs, state=None):
        """(T, B, D) and states (layers, B, H) -> (T, B, H) and the last states."""
        if state is None:
            H = self.layers[0].input.out_features // self.layers[0].gates
            zeros = xs.new_zeros(len(self.layers), xs.shape[1], H)
            state = (zeros,) * self.layers[0].states
        parts = state if isinstance(state, tuple) else (state,)
        last = []
        for i, layer in enumerate(self.layers):
            xs, final = layer(self.dropout(xs) if i else xs, [part[i] for part in parts])
            last.append(final)
        h, *c = (torch.stack(part) for part in zip(*last, strict=True))
        return xs, (h, *c) if c else h
