"""Minibatches of one long text, whose rows continue from batch to batch."""

import numpy as np

from ..errors import at_least_one, require, require_type
from .batches import Batch, Batches


def stream_batches(ids, batch_size, seq_len):
    """Cut one long text into rows that continue from batch to batch.  Chapters 3 and 12.

    The text is laid out as B contiguous rows; batch k holds the k-th window of T symbols of each
    row.  So the state after one batch is the right initial state for the next, and every symbol
    that precedes a target is read exactly once.

    Parameters
    ----------
    ids : ndarray (N,) of int
        Those of a text larger than memory are in a file, see `open_ids`: of such an array no more
        is read than the windows of a batch, when its turn comes.
    batch_size : int
        B, the number of rows.
    seq_len : int
        T, the length of a window; the last window of a row may be shorter.

    Returns
    -------
    Batches
        Inputs and targets `(T, B)`, no mask; `carries_state` is true.

    Raises
    ------
    TypeError
        Text in place of its ids.
    ValueError
        The text is shorter than one window per row.  An id is negative: if the ids are in a file,
        only when its window's turn comes.
    """
    at_least_one(batch_size=batch_size, seq_len=seq_len)
    ids = _stream(ids)
    row = (len(ids) - 1) // batch_size
    require(
        row >= seq_len,
        f"A text of {len(ids):,} symbols is too short for {batch_size} rows of windows of "
        f"{seq_len}: {batch_size * seq_len + 1:,} are needed. "
        "Use a smaller batch_size or seq_len, or more text.",
    )
    inputs = ids[: row * batch_size].reshape(batch_size, row).T
    targets = ids[1 : row * batch_size + 1].reshape(batch_size, row).T

    def walk():
        for t in range(0, row, seq_len):
            window = inputs[t : t + seq_len], targets[t : t + seq_len]
            for shift, part in enumerate(window):
                _count_from_0(part, t + shift, row)
            yield Batch(*(part.astype(np.intp, copy=False) for part in window))

    return Batches(walk, -(-row // seq_len), carries_state=True)


def _stream(ids):
    """Return the ids of a text as an array; if they are in a file, without reading them."""
    in_file = isinstance(ids, np.memmap)
    text = isinstance(ids, str)
    found = f"text, {ids!r:.40}" if text else f"type {np.asarray(ids).dtype}"
    ids = np.asarray(ids)  # of a file too: no copy
    require_type(
        ids.dtype.kind in "iu", f"ids must be integers, got {found}: pass vocab.encode(text)."
    )
    require(ids.ndim == 1, f"ids must have one dimension, got shape {ids.shape}.")
    if not in_file and ids.size:
        _count_from_0(ids[:, None])
    return ids


def _count_from_0(window, start=0, row=0):
    """Refuse negative ids in a window (T, B) whose first row begins at a place; say where."""
    if window.dtype.kind == "i" and window.min() < 0:
        t, b = np.argwhere(window < 0)[0]
        raise ValueError(
            f"ids count from 0, got {window[t, b]} at position {start + t + b * row} of the text."
        )
