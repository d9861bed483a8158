"""The state of a random generator, as JSON."""

import numpy as np

from ...errors import require
from .classes import by_name, known_class, plain

BITS32, BITS64, BITS128 = 2**32 - 1, 2**64 - 1, 2**128 - 1

GENERATORS = by_name(
    np.random.PCG64, np.random.PCG64DXSM, np.random.MT19937, np.random.Philox, np.random.SFC64
)

_LEFT_OVER = {"has_uint32": 1, "uinteger": BITS32}
_PCG = {"state": {"state": BITS128, "inc": BITS128}} | _LEFT_OVER
_STATES = {
    "PCG64": _PCG,
    "PCG64DXSM": _PCG,
    "MT19937": {"state": {"key": [BITS32] * 624, "pos": 624}},
    "Philox": {
        "state": {"counter": [BITS64] * 4, "key": [BITS64] * 2},
        "buffer": [BITS64] * 4,
        "buffer_pos": 4,
    }
    | _LEFT_OVER,
    "SFC64": {"state": {"state": [BITS64] * 4}} | _LEFT_OVER,
}
"""The largest value of every number in the state of a generator."""


def describe_generator(rng):
    """Return the state of a generator of one of NumPy's kinds."""
    known_class(rng, by_name(np.random.Generator))
    known_class(rng.bit_generator, GENERATORS)
    return plain(rng.bit_generator.state)


def check_state(state):
    """Refuse a state that its generator could not be in."""
    require(type(state) is dict, "the state of a generator is missing")
    kind = state.get("bit_generator")
    require(
        type(kind) is str and kind in GENERATORS,
        f"the generator {kind!r:.40} is unknown; known are {', '.join(GENERATORS)}",
    )
    rest = {k: v for k, v in state.items() if k != "bit_generator"}
    require(_within(rest, _STATES[kind]), f"{kind} cannot be in the state that is given")
    return state


def build_generator(state):
    """Return a generator in a state that `describe_generator` wrote."""
    check_state(state)
    rng = np.random.Generator(GENERATORS[state["bit_generator"]](0))
    rng.bit_generator.state = state
    return rng


def _within(value, most):
    """Whether all numbers are whole, and from 0 to the largest allowed."""
    if isinstance(most, dict):
        same = type(value) is dict and value.keys() == most.keys()
        return same and all(_within(value[k], most[k]) for k in most)
    if isinstance(most, list):
        same = type(value) is list and len(value) == len(most)
        return same and all(map(_within, value, most))
    return type(value) is int and 0 <= value <= most
