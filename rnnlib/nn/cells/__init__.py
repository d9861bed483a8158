"""The element-wise arithmetic of one time step, without weights; `Recurrent` does the products.

- `base`: the contract of a cell
- `rnn`: the Elman cell
- `gru`: the gated recurrent unit
- `lstm`: the long short-term memory
"""

from .base import Cell
from .gru import GRUCell
from .lstm import LSTMCell
from .rnn import RNNCell

CELLS = {"rnn": RNNCell, "gru": GRUCell, "lstm": LSTMCell}
"""The cells by the name that `LanguageModel(cell=…)` knows them by."""

__all__ = ["CELLS", "Cell", "GRUCell", "LSTMCell", "RNNCell"]
