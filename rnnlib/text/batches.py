"""Minibatches: the form in which models receive inputs, targets and masks."""

from typing import NamedTuple

import numpy as np

from ..errors import at_least_one, require, require_type
from .list_checks import shuffler


class Batch(NamedTuple):
    """The arguments of one call of a model's `loss_and_grads`, by name."""

    inputs: object  # (T, B) of int, or PairInputs
    targets: np.ndarray  # (T, B) of int, or (B,): one class for each sequence
    mask: np.ndarray | None = None  # (T, B), 0 where there is only padding
    labels: np.ndarray | None = None  # (B,) of int, the classes that start the state

    @property
    def count(self):
        """The number of targets that count; with one class for each sequence, all of them."""
        if self.mask is None or np.shape(self.mask) != np.shape(self.targets):
            return np.size(self.targets)
        total = float(np.sum(self.mask, dtype=np.float64))
        return int(total) if total.is_integer() else total

    def __repr__(self):
        fields = [f"{name} {_shapes(x)}" for name, x in self._asdict().items() if x is not None]
        return f"Batch({', '.join(fields)})"


class Batches:
    """Minibatches to iterate over once per epoch.

    Parameters
    ----------
    walk : callable
        Returns an iterator over the batches of one epoch: `Batch`es, or tuples in its order.
    length : int
        The number of batches.
    carries_state : bool
        Whether row b of a batch continues row b of the previous batch, so that the model's state
        is carried on.
    rng : numpy.random.Generator, optional
        The generator that shuffles the rows at the start of each epoch.

    Raises
    ------
    ValueError
        During iteration: there are more or fewer batches than `length`.
    """

    def __init__(self, walk, length, *, carries_state=False, rng=None):
        require_type(
            callable(walk),
            f"walk must be a function that returns an iterator, got {type(walk).__name__}. "
            "A plain list of batches needs no Batches: pass it as it is.",
        )
        at_least_one(length=length)
        shuffler(rng)
        self._walk, self._length = walk, length
        self.carries_state, self.rng = carries_state, rng

    def __iter__(self):
        count = 0
        for batch in self._walk():
            require(count < self._length, f"There are more batches than the length {len(self)}.")
            count += 1
            yield as_batch(batch)
        require(
            count == self._length,
            f"The length given is {len(self)}, but there were {count} batches: an epoch would not "
            "end. Pass the number of batches; walk must start again each time it is called.",
        )

    def __len__(self):
        return self._length

    def __repr__(self):
        kind = "of continued text" if self.carries_state else "of sequences"
        order = "in one order" if self.rng is None else "shuffled each epoch"
        return f"Batches({len(self)} {kind}, {order})"


def as_batch(batch):
    """Return a tuple (inputs, targets[, mask[, labels]]) as a `Batch`."""
    if isinstance(batch, Batch):
        return batch
    if isinstance(batch, tuple | list) and 2 <= len(batch) <= 4 and all(map(_numbers, batch[:2])):
        return Batch(*batch)
    found = "a string" if isinstance(batch, str) else f"{type(batch).__name__} {batch!r:.40}"
    raise TypeError(
        f"A batch must be Batch(inputs, targets, mask, labels), got {found}. "
        "Make batches of names with padded_batches(vocab, names, batch_size), and of one long "
        "text with stream_batches(vocab.encode(text), batch_size, seq_len)."
    )


def as_batches(batches, name="batches"):
    """Return `Batches`, given `Batches` or a list of batches, each of which starts new sequences.

    Raises
    ------
    TypeError
        Names, a text, a single batch, or a generator, which can be iterated over only once.
    ValueError
        There are no batches.
    """
    if isinstance(batches, Batches):
        return batches
    require_type(
        not isinstance(batches, Batch),
        f"{name} must be batches, got a single one: put it in a list.",
    )
    found = "one string" if isinstance(batches, str) else type(batches).__name__
    require_type(
        isinstance(batches, list | tuple),
        f"{name} must be Batches or a list of batches, got {found}: use padded_batches, "
        "labelled_batches, stream_batches or pair_batches.",
    )
    require(len(batches), f"{name} is empty: there is nothing to learn from or to score.")
    kept = [as_batch(batch) for batch in batches]
    return Batches(lambda: iter(kept), len(kept))


def by_name(batch, state=None):
    """Return the arguments that a model takes by name, apart from inputs and targets."""
    given = {"state": state, "mask": batch.mask, "labels": batch.labels}
    return {name: value for name, value in given.items() if value is not None}


def shuffled(batch, count, batch_size, rng):
    """Return the `Batches` of `batch(rows)`, reordered each epoch if there is an rng."""

    def walk():
        order = np.arange(count) if rng is None else rng.permutation(count)
        for start in range(0, count, batch_size):
            yield batch(order[start : start + batch_size])

    return Batches(walk, -(-count // batch_size), rng=rng)


def _shapes(x):
    """Return the shape of an array, or of the arrays of a named tuple."""
    if hasattr(x, "_asdict"):
        return "(" + ", ".join(f"{name} {_shapes(a)}" for name, a in x._asdict().items()) + ")"
    return str(np.shape(x))


def _numbers(x):
    """Whether something can be the inputs or targets of a batch."""
    if isinstance(x, tuple):
        return True  # PairInputs
    try:
        return np.ndim(x) >= 1 and np.asarray(x).dtype.kind in "biuf"
    except ValueError:  # rows of different lengths
        return False
