"""The element-wise arithmetic of one time step, without weights; layers do the products.

- `base`: the contract of a cell
- `rnn`: the Elman cell
- `gru`: the gated recurrent unit
- `lstm`: the long short-term memory
- `linear`: the contract of a cell that is linear in its state
- `min_gru`: the GRU that looks at its input alone
- `min_lstm`: the LSTM that looks at its input alone
- `diagonal`: a diagonal state space
"""

from .base import Cell
from .diagonal import DiagonalCell
from .gru import GRUCell
from .linear import LinearCell
from .lstm import LSTMCell
from .min_gru import MinGRUCell
from .min_lstm import MinLSTMCell
from .rnn import RNNCell

CELLS = {
    "rnn": RNNCell,
    "gru": GRUCell,
    "lstm": LSTMCell,
    "mingru": MinGRUCell,
    "minlstm": MinLSTMCell,
    "diagonal": DiagonalCell,
}
"""The cells by the name that `LanguageModel(cell=…)` knows them by."""

__all__ = [
    "CELLS",
    "Cell",
    "DiagonalCell",
    "GRUCell",
    "LSTMCell",
    "LinearCell",
    "MinGRUCell",
    "MinLSTMCell",
    "RNNCell",
]
