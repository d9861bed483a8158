"""Levenshtein's edit distance: the fewest symbols to insert, delete or replace."""

import numpy as np

CELLS = 1_000_000
"""Entries of the largest table that is held at once."""


def nearest(names, training):
    """Find the training text with the smallest edit distance from each name.

    rapidfuzz does it fast if it is installed; NumPy does it otherwise.

    Returns
    -------
    list of (int, int)
        Place in `training`, the first of equals, and distance, for each name.
    """
    try:
        from rapidfuzz.distance import Levenshtein
        from rapidfuzz.process import cdist
    except ImportError:
        rows = (distances(name, training) for name in names)
        return [(int(row.argmin()), int(row.min())) for row in rows]
    found, at_once = [], max(1, CELLS // len(training))
    for start in range(0, len(names), at_once):
        table = cdist(names[start : start + at_once], training, scorer=Levenshtein.distance)
        found += zip(table.argmin(axis=1).tolist(), table.min(axis=1).tolist(), strict=True)
    return found


def distances(name, texts):
    """Return the edit distances (N,) from a name to N texts.

    The table of all beginnings is filled row by row, for texts of about one length side by side:
    a row is the one above, with a deletion or a replacement; insertions then run along it, which is
    a running minimum.
    """
    found = np.zeros(len(texts), int)
    order = sorted(range(len(texts)), key=lambda k: len(texts[k]))
    while order:
        longest = len(texts[order[-1]]) + 1
        rows, order = order[-max(1, CELLS // longest) :], order[: -max(1, CELLS // longest)]
        letters = np.full((len(rows), longest - 1), -1)
        for letter_row, k in zip(letters, rows, strict=True):
            letter_row[: len(texts[k])] = [*map(ord, texts[k])]
        places = np.arange(longest)
        table = np.tile(places, (len(rows), 1))  # from the empty name: insert all
        for i, letter in enumerate(name, 1):
            replaced = table[:, :-1] + (letters != ord(letter))
            table[:, 0] = i
            table[:, 1:] = np.minimum(table[:, 1:] + 1, replaced)
            table = np.minimum.accumulate(table - places, axis=1) + places
        found[rows] = table[range(len(rows)), [len(texts[k]) for k in rows]]
    return found
