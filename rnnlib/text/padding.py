"""Sequences of different lengths as the columns of one array."""

import numpy as np

from ..errors import require


def pad_rows(rows, fill):
    """Lay sequences of ids side by side.

    Parameters
    ----------
    rows : sequence of ndarray of int
    fill : int
        Fills the columns of the shorter ones, after their end.

    Returns
    -------
    ids : ndarray (T, B) of int
    lengths : ndarray (B,) of int

    Raises
    ------
    ValueError
        There are no sequences.
    """
    require(len(rows), "There are no sequences to lay side by side.")
    lengths = np.array([len(row) for row in rows])
    ids = np.full((lengths.max(), len(rows)), fill)
    for b, row in enumerate(rows):
        ids[: len(row), b] = row
    return ids, lengths


def valid_mask(lengths, longest):
    """Return (T, B) booleans, true where a row has not ended; T is `longest`."""
    return np.arange(longest)[:, None] < lengths
