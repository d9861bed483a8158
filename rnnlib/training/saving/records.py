"""The history of a training run, and its place within an epoch, as JSON and arrays."""

from dataclasses import fields
from itertools import count

import numpy as np

from ...errors import require
from ..history import History
from ..position import Position, check_sum
from .classes import by_name, known_class, plain
from .generators import BITS32, check_state
from .kinds import is_list, is_number, is_text, take


def describe_history(history):
    """Return (description, arrays): records are arrays, since they grow with every step."""
    if type(history) is not History:
        known_class(history, by_name(History))
    saved, arrays = {}, {}
    for name in (f.name for f in fields(History) if f.name != "position"):
        value = getattr(history, name)
        if isinstance(value, list) and None not in value:
            arrays[f"history/{name}"] = _numbers(name, value)
        else:
            saved[name] = plain(value)
    position = history.position
    if position is not None and position.step:
        nested, states = _flatten(position.state)
        saved["position"] = {
            "step": position.step,
            "batches": position.batches,
            "seconds": position.seconds,
            "order": plain(position.order),
            "last": check_sum(position.last),
            "state": nested,
        }
        arrays["position/symbols"] = _numbers("symbols", position.symbols)
        arrays |= {f"position/{i}": a for i, a in enumerate(states)}
    return saved, arrays


def of_history(arrays):
    """Return those arrays of a checkpoint that belong to its history."""
    return {k: a for k, a in arrays.items() if k.startswith(("history/", "position/"))}


def build_history(saved, arrays):
    """Return the history that `describe_history` wrote; refuse what it cannot have written.

    Parameters
    ----------
    saved : dict
    arrays : dict of str to ndarray
        `history/…` and `position/…`.
    """
    require(type(saved) is dict, "the history is not described")
    saved, place = dict(saved), saved.get("position")
    saved.pop("position", None)
    records = {k.removeprefix("history/"): a for k, a in arrays.items() if k[:8] == "history/"}
    known = {f.name: f for f in fields(History) if f.name != "position"}
    strange = sorted((saved.keys() | records.keys()) - known.keys())
    require(not strange, f"a history has no {strange!r:.60}")
    for name, value in saved.items():
        text = type(known[name].default) is str
        fits = is_text(value) if text else is_list(value, lambda v: v is None or is_number(v))
        require(fits, f"the history's {name} cannot be {value!r:.40}")
    for name, array in records.items():
        is_record = array.ndim == 1 and name not in saved and type(known[name].default) is not str
        require(is_record, f"the history's {name} is not a record")
    history = History(**saved, **{name: array.tolist() for name, array in records.items()})
    states = {k.removeprefix("position/"): a for k, a in arrays.items() if k[:9] == "position/"}
    if place is not None:
        history.position = _build_position(place, states)
    require(place is not None or not states, "there are arrays of no position")
    return history


def _build_position(saved, arrays):
    kinds = {"step": int, "batches": int, "seconds": float, "last": int}
    *numbers, order, nested = take(saved, "position", kinds | {"order": object, "state": object})
    step, batches, seconds, last = numbers
    require(
        0 < step < batches < 2**53 and seconds >= 0 and 0 <= last <= BITS32,
        f"step {step} of {batches} is not in the middle of an epoch: save its end in on_epoch, "
        "when its losses are recorded",
    )
    symbols = arrays.get("symbols")
    require(
        symbols is not None and symbols.shape == (step,) and _are_counts(symbols),
        "the symbols of its steps are missing",
    )
    numbers = count()
    state = _nest(nested, arrays, numbers)
    require(len(arrays) == next(numbers) + 1, "there are arrays of no state")
    order = None if order is None else check_state(order)
    return Position(step, batches, symbols.astype(int).tolist(), seconds, order, state, last)


def check_form(state, initial):
    """Refuse a state that is not nested as the initial state of a batch is, or of other sizes."""

    def form(part):
        if isinstance(part, tuple):
            return tuple(map(form, part))
        return part is not None and (part.shape[1:], part.dtype)

    require(form(state) == form(initial), "the state that is carried on does not fit the model")


def _are_counts(numbers):
    return bool(((numbers >= 0) & (numbers < 2**53)).all())


def _flatten(state):
    """Return a nested tuple of arrays as nested lists of their numbers, and the arrays."""
    arrays = []

    def nested(part):
        if part is None:
            return None
        if isinstance(part, tuple):
            return [nested(p) for p in part]
        arrays.append(part)
        return len(arrays) - 1

    return nested(state), arrays


def _nest(nested, arrays, numbers):
    """Return the nested tuple that `_flatten` took apart."""
    if nested is None:
        return None
    if type(nested) is list:
        return tuple(_nest(part, arrays, numbers) for part in nested)
    i = next(numbers)
    require(nested == i and type(nested) is int, "the state is not nested as a state is")
    require(str(i) in arrays, "the state that is carried on is missing")
    return arrays[str(i)]


def _numbers(name, values):
    array = np.array(values) if values else np.empty(0)
    require(
        array.ndim == 1 and array.dtype.kind in "fiu",
        f"the history's {name} must hold numbers, got {values!r:.40}",
    )
    return array.astype(np.float64)
