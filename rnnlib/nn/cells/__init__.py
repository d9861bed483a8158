"""The element-wise arithmetic of one time step, without weights; `Recurrent` does the products."""

from .base import Cell
from .gru import GRUCell
from .lstm import LSTMCell
from .rnn import RNNCell

CELLS = {"rnn": RNNCell, "gru": GRUCell, "lstm": LSTMCell}
"""The cells by the name that `LanguageModel(cell=…)` knows them by."""

__all__ = ["CELLS", "Cell", "GRUCell", "LSTMCell", "RNNCell"]
