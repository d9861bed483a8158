"""Checks of lists of texts and of their labels."""

from collections.abc import Mapping
from numbers import Integral

import numpy as np

from ..errors import require, require_generator, require_type


def listed(name, things, of="strings"):
    """Return things of one's own choice and order as a list.

    Raises
    ------
    TypeError
        One string, whose letters would be taken for the things; a set, whose order differs from
        run to run; a mapping, or something that cannot be walked through.
    """
    require_type(
        not isinstance(things, str | bytes),
        f"{name} must be a list of {of}, got one string, {things!r:.40}: "
        "cut it with .splitlines(), or put it in a list.",
    )
    require_type(
        not isinstance(things, set | frozenset),
        f"{name} must be a list of {of}, got a set, whose order differs from run to run: "
        f"pass sorted({name}).",
    )
    require_type(
        np.iterable(things) and not isinstance(things, Mapping),
        f"{name} must be a list of {of}, got {things!r:.40}.",
    )
    return list(things)


def shuffler(rng):
    """Raise a TypeError unless `rng` is a Generator, or None for no shuffling."""
    if rng is not None:
        require_generator(rng)


def no_end_marks(name, sequences, encoded, end):
    """Raise a ValueError if a sequence holds the id of the end mark, which is put there later."""
    for i, ids in enumerate(encoded):
        require(
            end not in ids,
            f"{name}[{i}], {sequences[i]!r:.40}, holds the end mark itself: it would end twice. "
            "Names from a file: text.splitlines() in place of readlines().",
        )


def one_label_each(labels, ids, things):
    """Raise a ValueError unless there are as many labels as ids."""
    require(
        len(labels) == len(ids),
        f"There are {len(labels)} labels for {len(ids)}: {things!r:.40}.",
    )


def classes(labels, ids, things):
    """Return labels, one for each of the ids, as an array of whole numbers from 0."""
    labels = listed("labels", labels, "numbers")
    one_label_each(labels, ids, things)
    for n in labels:
        whole = isinstance(n, Integral) and not isinstance(n, bool)
        require_type(whole, f"labels must be whole numbers, got {n!r:.40}.")
    require(min(labels) >= 0, f"labels count from 0, got {min(labels)}.")
    return np.array(labels)
