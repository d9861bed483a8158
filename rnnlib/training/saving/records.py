"""The history of a training run, and its position within an epoch, as JSON and arrays."""

from dataclasses import fields

import numpy as np

from ...errors import require
from ...nn.nested_state import flatten, unflatten
from ..history import History
from ..position import Position, check_sum
from .classes import by_name, known_class, plain
from .generators import BITS32, check_state
from .json_values import is_list, is_number, is_text, take


def describe_history(history):
    """Return (description, arrays): records are arrays, since they grow with every step."""
    if type(history) is not History:
        known_class(history, by_name(History))
    saved, arrays = {}, {}
    for name in (f.name for f in fields(History) if f.name != "position"):
        value = getattr(history, name)
        is_record = isinstance(value, list) and None not in value
        numbers = _numbers(name, value) if is_record else None
        if is_record and numbers.dtype.kind == "f":
            arrays[f"history/{name}"] = numbers.astype(np.float64)
        else:
            saved[name] = plain(value)  # counts stay whole numbers in JSON
    position = history.position
    if position is not None and position.step:
        states = flatten(position.state)
        saved["position"] = {
            "step": position.step,
            "batches": position.batches,
            "seconds": position.seconds,
            "order": plain(position.order),
            "before": plain(position.before),
            "last": check_sum(position.last),
            "carried": len(states),
        }
        symbols = _numbers("symbols", position.symbols)
        arrays["position/symbols"] = symbols.astype(np.float64)
        arrays |= {f"position/{i}": a for i, a in enumerate(states)}
    return saved, arrays


def of_history(arrays):
    """Return those arrays of a checkpoint that belong to its history."""
    return {k: a for k, a in arrays.items() if k.startswith(("history/", "position/"))}


def build_history(saved, arrays, initial=None):
    """Return the history that `describe_history` wrote; refuse what it cannot have written.

    Parameters
    ----------
    saved : dict
    arrays : dict of str to ndarray
        `history/…` and `position/…`.
    initial : nested tuples of ndarray, optional
        The initial state of the model, as a state that is carried on is nested.
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
        if not fits:  # and not require(), whose message would spell out a long list
            raise ValueError(f"the history's {name} cannot be {value!r:.40}")
    for name, array in records.items():
        is_record = array.ndim == 1 and name not in saved and type(known[name].default) is not str
        require(is_record, f"the history's {name} is not a record")
    if None in saved.get("validation_loss", []):  # of an rnnlib that had no nan there
        losses = saved["validation_loss"]
        saved["validation_loss"] = [np.nan if x is None else x for x in losses]
    history = History(**saved, **{name: array.tolist() for name, array in records.items()})
    _check_lengths(history)
    states = {k.removeprefix("position/"): a for k, a in arrays.items() if k[:9] == "position/"}
    if place is not None:
        history.position = _build_position(place, states, initial)
    require(place is not None or not states, "there are arrays of no position")
    return history


def _check_lengths(history):
    """Refuse records of more epochs, or epochs of more steps, than there are."""
    for name in ("validation_loss", "seconds", "steps"):
        count = len(getattr(history, name))
        fits = count <= history.epochs
        require(fits, f"the history has {count} {name} of {history.epochs} epochs")
    counted = all(type(n) is int and n >= 0 for n in history.steps)
    require(
        counted and sum(history.steps) <= len(history.step_loss),
        f"the steps of the history are not those of its {len(history.step_loss)} losses",
    )


def _build_position(saved, arrays, initial):
    kinds = {"step": int, "batches": int, "seconds": float, "order": object, "before": object}
    values = take(saved, "position", kinds | {"last": int, "carried": int})
    step, batches, seconds, order, before, last, carried = values
    require(
        0 < step < batches < 2**53 and seconds >= 0 and 0 <= last <= BITS32,
        f"step {step} of {batches} is not in the middle of an epoch: save its end in on_epoch, "
        "when its losses are recorded",
    )
    symbols = arrays.pop("symbols", None)
    require(
        symbols is not None and symbols.shape == (step,) and _are_counts(symbols),
        "the symbols of its steps are missing",
    )
    state = _carried(arrays, initial) if arrays or carried else None
    if order is not None:
        check_state(order)
        check_state(before)
    symbols = symbols.astype(int).tolist()
    return Position(step, batches, symbols, seconds, order, before, state, last)


def _carried(arrays, initial):
    """Return the state that is carried on to the next batch, nested as the model's first."""
    found, expected = (
        {k: (a.shape[1:], a.dtype) for k, a in parts.items()}
        for parts in (arrays, {str(i): a for i, a in enumerate(flatten(initial))})
    )
    require(found == expected, "the state that is carried on does not fit the model")
    return unflatten([arrays[k] for k in expected], initial)


def _are_counts(numbers):
    return bool(((numbers >= 0) & (numbers < 2**53)).all())


def _numbers(name, values):
    array = np.array(values) if values else np.empty(0)
    if array.ndim != 1 or array.dtype.kind not in "fiu":
        raise ValueError(f"The history's {name} must hold numbers, got {values!r:.40}.")
    return array
