"""Collections of texts: one list, whatever was given, and nothing else than texts in it."""

from collections.abc import Mapping, Set

import numpy as np

from ..errors import require, require_type

LINE_ENDS = tuple("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")
"""The characters at which `str.splitlines` ends a line."""


def text_list(texts, name, or_symbols=False):
    r"""Return a list of the texts given, each of them a string without its line end.

    An iterator is read once; a set is put in order, so that no run depends on hashing.

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
        One string instead of many, a mapping, or something else than strings in it.
    ValueError
        One still ends in its line end, as `readlines()` leaves them: read as a symbol it would be
        a second end mark, which costs next to nothing to predict.  A text of several lines may
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
            f"{name} must not keep their line ends, got {text[-40:]!r} at position {i}: "
            "use text.splitlines(), or strip each.",
        )
    return texts


def _keeps_line_end(text):
    """Whether a line end is the last symbol, and there is none before."""
    if isinstance(text, str):
        return text.endswith(LINE_ENDS) and len(text.splitlines()) == 1
    return "\n" in text and list(text).index("\n") == len(text) - 1


def _described(thing):
    if isinstance(thing, str):
        return f"one string {thing[:40]!r}"
    return f"{thing!r:.40} ({type(thing).__name__})"
