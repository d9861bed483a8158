"""The element-wise arithmetic of one time step, without weights; `Recurrent` does the products."""

from .rnn import RNNCell

CELLS = {"rnn": RNNCell}
"""The cells by the name that `LanguageModel(cell=…)` knows them by."""

__all__ = ["CELLS", "RNNCell"]
