"""Checks of lists of texts, and of the labels that go with them."""

from collections.abc import Mapping, Set
from numbers import Integral

import numpy as np

from ..errors import require, require_generator, require_type

LINE_ENDS = tuple("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")
"""The characters at which `str.splitlines` ends a line."""


def text_list(texts, name, or_symbols=False):
    r"""Return a list of the texts given, each of them a string without a line break at its end.

    An iterator is read once; a set is sorted, so that no run depends on hashing.

    Parameters
    ----------
    texts : iterable of str
    name : str
        The argument's name, for messages.
    or_symbols : bool
        Whether a text may also be a list of its symbols.

    Raises
    ------
    TypeError
        One string instead of many, a mapping, or an item that is not a string.
    ValueError
        A text still ends in a line break, as `readlines()` leaves it: read as a symbol it would
        be a second end mark, which costs next to nothing to predict.  A text of several lines may
        end in one.
    """
    many = np.iterable(texts) and not isinstance(texts, str | bytes | Mapping)
    require_type(
        many, f"{name} must be a list of strings, got {_described(texts)}: put it in a list."
    )
    texts = sorted(texts, key=str) if isinstance(texts, Set) else list(texts)
    for i, text in enumerate(texts):
        symbols = or_symbols and isinstance(text, list | tuple)
        require_type(
            all(isinstance(s, str) for s in text) if symbols else isinstance(text, str),
            f"{name} must be a list of strings, got {_described(text)} at position {i}.",
        )
        require(
            not _keeps_line_end(text),
            f"{name} must not end in line breaks, got {text[-40:]!r} at position {i}: "
            "use text.splitlines(), or strip each.",
        )
    return texts


def _keeps_line_end(text):
    """Whether the last symbol is the only line break."""
    if isinstance(text, str):
        return text.endswith(LINE_ENDS) and len(text.splitlines()) == 1
    return "\n" in text and list(text).index("\n") == len(text) - 1


def _described(value):
    if isinstance(value, str):
        return f"one string {value[:40]!r}"
    return f"{value!r:.40} ({type(value).__name__})"


def listed(name, items, of="strings"):
    """Return an argument as a list, in an order that is the same in every run."""
    require_type(
        not isinstance(items, str | bytes),
        f"{name} must be a list of {of}, got one string, {items!r:.40}: "
        "cut it with .splitlines(), or put it in a list.",
    )
    require_type(
        not isinstance(items, set | frozenset),
        f"{name} must be a list of {of}, got a set, whose order differs from run to run: "
        f"pass sorted({name}).",
    )
    require_type(
        np.iterable(items) and not isinstance(items, Mapping),
        f"{name} must be a list of {of}, got {items!r:.40}.",
    )
    return list(items)


def shuffler(rng):
    """Raise a TypeError unless `rng` is a Generator, or None for no shuffling."""
    if rng is not None:
        require_generator(rng)


def no_end_marks(name, sequences, encoded, end):
    """Raise a ValueError if a sequence contains the end mark, which is added later."""
    for i, ids in enumerate(encoded):
        require(
            end not in ids,
            f"{name}[{i}], {sequences[i]!r:.40}, contains the end mark itself: it would end twice. "
            "Read names with text.splitlines() instead of readlines().",
        )


def one_label_each(labels, ids, sequences):
    """Raise a ValueError unless there are as many labels as ids."""
    require(
        len(labels) == len(ids),
        f"There are {len(labels)} labels for {len(ids)}: {sequences!r:.40}.",
    )


def classes(labels, ids, sequences):
    """Return labels, one for each of the ids, as an array of whole numbers from 0."""
    labels = listed("labels", labels, "numbers")
    one_label_each(labels, ids, sequences)
    for n in labels:
        whole = isinstance(n, Integral) and not isinstance(n, bool)
        require_type(whole, f"labels must be whole numbers, got {n!r:.40}.")
    require(min(labels) >= 0, f"labels count from 0, got {min(labels)}.")
    return np.array(labels)
