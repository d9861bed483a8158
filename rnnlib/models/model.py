"""The parts that all models share: their arguments, loss, size and name."""

import numpy as np

from ..errors import at_least_one, require, require_float_dtype, require_generator, require_type
from ..losses import cross_entropy
from ..nn.cells import CELLS
from ..text.vocabulary import Vocabulary


class Model:
    """A network with a loss.

    Subclasses define `forward(…) -> logits, state, cache`, `backward(dlogits, cache) -> grads` and
    `_logits`, which calls `forward` with the fields of a batch.

    Attributes
    ----------
    params : dict of str to ndarray
        References to all arrays of all layers, by name.
    config : dict
        The constructor's arguments without rng, to build the same network again.
    rng : numpy.random.Generator
    predicts_next : bool
        Whether it says which symbol comes next, so that it can write.
    """

    predicts_next = False

    def __init__(self, arguments, optional=()):
        self.config, self.rng = config_of(arguments, optional), arguments["rng"]
        require_generator(self.rng)

    @property
    def num_parameters(self):
        """The number of learnt numbers; shared ones count once."""
        return sum(p.size for p in self.params.values())

    def __repr__(self):
        count = f"{self.num_parameters:,} parameters"
        return f"{type(self).__name__}({', '.join(self._features())}: {count})"

    def loss_and_grads(self, inputs, targets=None, state=None, mask=None, train=True, labels=None):
        """One forward and one backward pass.

        Parameters
        ----------
        inputs : ndarray (T, B) of int; PairInputs for a `Seq2Seq`
        targets : ndarray (T, B) of int; (B,) for a `SequenceClassifier`
        state : tuple, optional
            Returned by an earlier call, for a `LanguageModel`.
        mask : ndarray (T, B), optional
            0 where a target is padding; for a classifier, where `inputs` are.
        train : bool
            Whether dropout acts.
        labels : ndarray (B,) of int, optional
            The classes of the sequences, for a `LanguageModel` with classes.

        Returns
        -------
        loss : float
            Mean nats per unmasked target.
        grads : dict
            The keys of `params`.
        state : tuple, or None for models that carry no state on
            After the last step; no gradient flows back through it into an earlier call.
        """
        _check_batch(inputs, targets)
        logits, state, cache = self._logits(inputs, state, mask, train, labels)
        loss, dlogits = cross_entropy(logits, targets, self._counted(mask))
        return loss, self.backward(dlogits, cache), state

    def loss(self, inputs, targets=None, state=None, mask=None, labels=None):
        """Return (loss, state) as `loss_and_grads` does, without dropout and without gradients."""
        _check_batch(inputs, targets)
        logits, state, _ = self._logits(inputs, state, mask, False, labels)
        return cross_entropy(logits, targets, self._counted(mask))[0], state

    def _cell_name(self):
        """Return the name of the cell for the repr: LSTM, MinGRU."""
        return CELLS[self.config["cell"]].__name__.removesuffix("Cell")

    def _counted(self, mask):
        """Return the mask of the targets that count."""
        return mask


def config_of(arguments, optional=()):
    """Return a constructor's arguments, its `locals()`, as Python values that build it again.

    Parameters
    ----------
    arguments : dict
    optional : collection of str
        The sizes that may be None.
    """
    config = {
        name: value.item() if isinstance(value, np.generic) else value
        for name, value in arguments.items()
        if name not in ("self", "rng", "__class__")
    }
    config["dtype"] = require_float_dtype(config["dtype"]).name
    for name, value in config.items():
        if name.endswith(("_size", "_dim", "_len")) or name.startswith("num_"):
            require_type(
                not isinstance(value, Vocabulary),
                f"{name} is a number: pass len(vocab), not the vocabulary {value!r:.50}.",
            )
            if value is not None or name not in optional:
                at_least_one(**{name: value})
        elif name in ("attention", "bidirectional", "tie_weights", "variational"):
            require_type(isinstance(value, bool), f"{name} must be True or False, got {value!r}.")
        elif name == "cell":
            require(
                isinstance(value, str) and value in CELLS,
                f"cell must be one of {sorted(CELLS)}, got {value!r:.60}.",
            )
    return config


def _check_batch(inputs, targets):
    """Refuse a whole batch, or inputs alone, in place of inputs and targets."""
    require_type(
        targets is not None,
        f"There are inputs ({type(inputs).__name__}), but no targets: pass the fields of a batch "
        "one by one, model.loss(batch.inputs, batch.targets, mask=batch.mask), or score batches "
        "with rl.evaluate(model, batches).",
    )
    require_type(
        not (isinstance(inputs, tuple) and hasattr(inputs, "targets")),
        "inputs is a whole batch: pass its fields one by one, "
        "model.loss(batch.inputs, batch.targets, mask=batch.mask).",
    )
