"""Training, validation and test sets that share nothing."""

from numbers import Integral

import numpy as np

from ..errors import require, require_type
from .list_checks import listed
from .vocabulary import END


def split(items, fractions=(0.8, 0.1, 0.1), seed=0):
    """Shuffle and cut a list into parts that share no item.

    Duplicates are dropped before the cut: an item in two parts would let a model score by
    remembering.  Chapter 2 measures how much.

    Parameters
    ----------
    items : iterable of hashable
        In an order that is the same in every run, so not a set.
    fractions : tuple of float
        Shares of the parts; they sum to 1.
    seed : int
        The same seed gives the same parts on every machine.

    Returns
    -------
    list of list
        One list per fraction.

    Raises
    ------
    TypeError
        One string, a set, or items that cannot be compared.
    ValueError
        Fractions that do not sum to 1, a part that would be empty, or strings that still end in a
        line break.
    """
    distinct = _distinct(listed("items", items))
    fractions = _fractions(fractions)
    _check_seed(seed)
    order = np.random.default_rng(seed).permutation(len(distinct))
    cuts = np.round(np.cumsum(fractions[:-1]) * len(distinct)).astype(int)
    parts = [[distinct[i] for i in part] for part in np.split(order, cuts)]
    require(
        all(parts),
        f"{len(distinct)} distinct items are too few for {len(fractions)} parts {fractions}.",
    )
    return parts


def no_line_breaks(name, items):
    r"""Raise a ValueError if a string still ends in a line break, as `readlines` leaves it."""
    for i, item in enumerate(items):
        require(
            not isinstance(item, str) or item.rstrip("\r\n") == item,
            f"{name}[{i}], {item!r:.40}, ends in a line break, which is the end mark {END!r} of a "
            "name: use text.splitlines() instead of readlines().",
        )


def _distinct(items):
    no_line_breaks("items", items)
    try:
        return list(dict.fromkeys(items))
    except TypeError as error:
        raise TypeError(
            f"items must be strings, tuples or the like, which can be told apart: {error}."
        ) from None


def _check_seed(seed):
    whole = isinstance(seed, Integral) and not isinstance(seed, bool)
    require_type(whole, f"seed must be a whole number, got {seed!r:.40}.")
    require(seed >= 0, f"seed must be at least 0, got {seed}.")


def _fractions(fractions):
    try:
        fractions = tuple(float(f) for f in fractions)
    except (TypeError, ValueError):
        raise TypeError(f"fractions must be a tuple of numbers, got {fractions!r:.40}.") from None
    require(
        all(f > 0 for f in fractions) and abs(sum(fractions) - 1) <= 1e-9,
        f"fractions must be positive and sum to 1, got {fractions} (sum {sum(fractions):g}).",
    )
    return fractions
