"""One batch on several processors: each takes some of the sequences, and the gradients are added.

NumPy lets other threads run while it computes, so threads are enough.  Between its calls they wait
for each other: the split pays where calls are long.  Against one thread on two cores, two workers
bring a factor of 1.5 for 256 or 512 units; with 128 units a step takes up to a half longer, with
64 three times as long.
"""

import copy
import ctypes
import functools
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from ..errors import at_least_one
from ..text.batches import by_name


def loss_and_grads(model, batch, state=None, *, workers=1, train=True):
    """Compute `model.loss_and_grads` with the batch split over threads.

    Parameters
    ----------
    model : LanguageModel, SequenceClassifier, SequenceTagger or Seq2Seq
    batch : Batch
    state : tuple, optional
        Where the sequences start, as an earlier call returned it.
    workers : int
        Parts of the batch, each in a thread whose products use one processor.
    train : bool
        Whether dropout acts.

    Returns
    -------
    loss, grads, state
        Of the whole batch, up to the order of summation.

    Raises
    ------
    ValueError
        workers is below 1.

    Notes
    -----
    With dropout each part draws its masks from a generator of its own, which is seeded from the
    model's.  So the masks depend on the number of workers, and on nothing that threads race for.
    """
    at_least_one(workers=workers)
    columns = np.arange(np.shape(batch.targets)[-1])
    rows = [part for part in np.array_split(columns, workers) if len(part)]
    parts = [_part(batch, slice(own[0], own[-1] + 1)) for own in rows]
    shares = [part.count / max(batch.count, 1) for part in parts] if len(rows) > 1 else [1]
    if len(rows) == 1 or not all(shares):  # a part of nothing but padding has no loss
        return _model_call(model, batch, state, train)

    def run(twin, part, own):
        return _model_call(twin, part, _state_rows(state, slice(own[0], own[-1] + 1)), train)

    twins = _twins(model, len(rows), train)
    with limit_blas(1), ThreadPoolExecutor(len(rows)) as threads:
        losses, grads, states = zip(*threads.map(run, twins, parts, rows), strict=True)
    loss = float(np.dot(shares, losses))
    return loss, _weighted_sum(grads, shares), _joined(states)


def limit_blas(threads):
    """Limit the threads of matrix products until the object returned is left or undone.

    Small products go best on one: a second brings up to a seventh, or costs a factor of 6.
    Measured on two cores for 64 to 192 units; the factor is that of a machine busy with something
    else, where two threads wait for each other at every product.  None limits nothing.
    """
    return _controller().limit(limits=threads, user_api="blas")


def keep_memory():
    """Tell the allocator to keep freed memory for the next step; return whether it listens.

    A step frees all its caches at its end.  The C library of Linux hands such memory back, and the
    next step asks for every page of it again: for an LSTM of 128 units over 50 steps 4,500 times,
    a quarter of its 87 ms.  The setting holds for the whole process, until it ends; elsewhere than
    on Linux with glibc nothing happens.
    """
    trim_threshold, mmap_threshold = -1, -3  # their numbers in <malloc.h>
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return False
    return all(mallopt(option, 2**30) for option in (trim_threshold, mmap_threshold))


def _model_call(model, batch, state, train):
    given = by_name(batch, state)
    return model.loss_and_grads(batch.inputs, batch.targets, train=train, **given)


def _part(x, own):
    """Cut some sequences out of a batch: out of (T, B), (B,) or a named tuple of them."""
    if isinstance(x, tuple):
        return type(x)(*(_part(a, own) for a in x))
    return x if x is None else np.asarray(x)[..., own]


def _state_rows(state, own):
    """Cut a part out of nested tuples of (B, H)."""
    if isinstance(state, np.ndarray):
        return state[own]
    return state and tuple(_state_rows(s, own) for s in state)


def _joined(states):
    """Put the states of the parts together again: the way back from `_state_rows`."""
    if states[0] is None or isinstance(states[0], np.ndarray):
        return None if states[0] is None else np.concatenate(states)
    return tuple(map(_joined, zip(*states, strict=True)))


def _weighted_sum(grads, shares):
    """Add up the gradients of the parts, in the arrays of the first."""
    total, *others = grads
    for name, g in total.items():
        g *= g.dtype.type(shares[0])
        for other, share in zip(others, shares[1:], strict=True):
            g += other[name] * g.dtype.type(share)
    return total


def _twins(model, number, train):
    """Return models with the same weights and, if there is dropout, a generator for each."""
    if not (train and model.config["dropout"]):
        return [model] * number
    seeds = model.rng.integers(2**63, size=number)
    shared = {id(p): p for p in model.params.values()}
    return [
        copy.deepcopy(model, shared | {id(model.rng): np.random.default_rng(seed)})
        for seed in seeds
    ]


@functools.cache  # looking for the libraries takes milliseconds
def _controller():
    from threadpoolctl import ThreadpoolController  # here: the core imports with NumPy alone

    return ThreadpoolController()
