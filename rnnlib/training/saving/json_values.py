"""Checks of single values that come from a file."""

from ...errors import require


def take(saved, what, types):
    """Return the values of a JSON object, if it has exactly these keys, with these types."""
    same = type(saved) is dict and saved.keys() == types.keys()
    require(same, f"the {what} must hold {', '.join(types)}")
    for key, kind in types.items():
        if kind is not object and type(saved[key]) is not kind:
            raise ValueError(f"the {key} of the {what} cannot be {saved[key]!r:.40}")
    return [saved[key] for key in types]


def is_size(value):
    """Whether this is a whole number from 1 on that can be the length of an array."""
    return type(value) is int and 1 <= value < 2**31


def is_number(value):
    """Whether this is a number, not too large for a float."""
    return type(value) is float or (type(value) is int and abs(value) <= 2**1000)


def is_text(value):
    """Whether this is a text."""
    return type(value) is str


def is_list(value, fits):
    """Whether this is a list whose items all fit."""
    return type(value) is list and all(map(fits, value))
