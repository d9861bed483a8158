"""One batch on several processors: each takes some of the sequences, and the gradients are added.

NumPy lets other threads run while it computes, so threads are enough.  Between its calls they wait
for each other: the split pays where calls are long.  `experiments/busy_machine.py` measures where.
Chapter 21.
"""

import copy
from concurrent.futures import ThreadPoolExecutor
from numbers import Integral

import numpy as np

from ..errors import at_least_one, require_type
from ..nn.nested_state import map_state
from ..text.batches import by_name
from ..threads import cores, one_blas_thread, set_by_hand

UNITS, NUMBERS = 256, 2**14
"""The split pays from this many hidden units, and this many numbers of the state a worker."""


def loss_and_grads(model, batch, state=None, *, workers=1, train=True):
    """Compute `model.loss_and_grads` with the batch split over threads.

    Parameters
    ----------
    model : LanguageModel, TransformerLanguageModel, SequenceClassifier, SequenceTagger or Seq2Seq
    batch : Batch
    state : tuple, optional
        Where the sequences start, as an earlier call returned it.
    workers : int or "auto"
        Parts of the batch, each in a thread whose products use one processor.
    train : bool
        Whether dropout acts.

    Returns
    -------
    loss, grads, state
        Of the whole batch, up to the order of summation.

    Notes
    -----
    With dropout each part draws the masks of the whole batch from a copy of the model's generator,
    and takes its own columns.  So the masks do not depend on the number of workers.
    """

    def call(model, batch, state):
        given = by_name(batch, state)
        return model.loss_and_grads(batch.inputs, batch.targets, train=train, **given)

    found = _split(call, model, batch, state, workers, drops=train)
    if len(found) == 1:
        return found[0][1]
    shares, results = zip(*found, strict=True)
    losses, grads, states = zip(*results, strict=True)
    return float(np.dot(shares, losses)), _weighted_sum(grads, shares), _joined(states)


def loss(model, batch, state=None, *, workers=1):
    """Compute `model.loss` as `loss_and_grads` does: (loss, state)."""

    def call(model, batch, state):
        return model.loss(batch.inputs, batch.targets, **by_name(batch, state))

    found = _split(call, model, batch, state, workers, drops=False)
    if len(found) == 1:
        return found[0][1]
    shares, results = zip(*found, strict=True)
    losses, states = zip(*results, strict=True)
    return float(np.dot(shares, losses)), _joined(states)


def check_workers(workers):
    """Raise an error unless workers is "auto" or a whole number from 1."""
    require_type(
        isinstance(workers, Integral) or (isinstance(workers, str) and workers == "auto"),
        f'workers must be "auto" or a whole number, got {workers!r:.40}.',
    )
    if workers != "auto":
        at_least_one(workers=workers)


def number_of_workers(model, batch, workers="auto"):
    """Return how many parts a batch is split into.

    "auto" takes one for each processor, as long as the model has 256 units or more and the state of
    each part 16,384 numbers or more: 64 sequences of 256 units, 32 of 512.  Below that, parts wait
    for each other.  It takes one if the user has set the number of threads, by an environment
    variable or by threadpoolctl.
    """
    check_workers(workers)
    sequences = np.shape(batch.targets)[-1]
    if workers != "auto":
        return min(workers, sequences)
    units = getattr(model, "config", {}).get("hidden_size", 0)
    if units < UNITS:
        return 1
    most = min(cores(), sequences * units // NUMBERS)
    return 1 if most < 2 or set_by_hand() else most


def _split(call, model, batch, state, workers, drops):
    """Return pairs of a part's share of the targets and what `call` returned for it."""
    number = number_of_workers(model, batch, workers)
    columns = np.array_split(np.arange(np.shape(batch.targets)[-1]), number)
    parts = [slice(own[0], own[-1] + 1) for own in columns]
    batches = [_part(batch, own) for own in parts] if number > 1 else [batch]
    shares = [part.count / max(batch.count, 1) for part in batches]
    if number == 1 or not all(shares):  # a part of nothing but padding has no loss
        return [(1.0, call(model, batch, state))]
    states = [map_state(lambda s, own=own: s[own], state) for own in parts]
    twins = _twins(model, parts) if drops and model.config["dropout"] else [model] * number
    with one_blas_thread(), ThreadPoolExecutor(number) as threads:
        results = list(threads.map(call, twins, batches, states))
    if twins[0] is not model:
        model.rng.bit_generator.state = twins[0].rng.bit_generator.state
    return list(zip(shares, results, strict=True))


def _part(x, own):
    """Cut some sequences out of a batch: out of (T, B), (B,) or a named tuple of them."""
    if isinstance(x, tuple):
        return type(x)(*(_part(a, own) for a in x))
    return x if x is None else np.asarray(x)[..., own]


def _joined(states):
    """Put the states of the parts together again."""
    return map_state(lambda *parts: np.concatenate(parts), *states)


def _weighted_sum(grads, shares):
    """Add up the gradients of the parts, in the arrays of the first."""
    total, *others = grads
    for name, g in total.items():
        g *= g.dtype.type(shares[0])
        for other, share in zip(others, shares[1:], strict=True):
            g += other[name] * g.dtype.type(share)
    return total


class _Columns(np.random.Generator):
    """A generator that draws for all sequences of a batch, and returns what a part needs."""

    def __init__(self, rng, own, sequences):
        super().__init__(copy.deepcopy(rng.bit_generator))
        self.own, self.sequences = own, sequences

    def random(self, size=None, dtype=np.float64, out=None):
        """Draw (…, B, H) uniform numbers, and return the part's own columns of them."""
        *first, _, last = size
        return super().random((*first, self.sequences, last), dtype)[..., self.own, :]


def _twins(model, parts):
    """Return models with the same weights, each with a generator for its own part of the batch."""
    shared = {id(p): p for p in model.params.values()}
    return [
        copy.deepcopy(model, shared | {id(model.rng): _Columns(model.rng, own, parts[-1].stop)})
        for own in parts
    ]
