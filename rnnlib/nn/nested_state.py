"""Functions over nested states: tuples of tuples of arrays, as deep as the layers are nested.

One layer's state is a tuple of arrays (B, H), h first; a stack's is a tuple of those; a
bidirectional layer's has one for each direction.  None, "start at zeros", is passed through.
"""


def map_state(function, *states):
    """Apply a function to corresponding arrays of one or more states.

    Parameters
    ----------
    function : callable
        Takes one array of each state; what it returns takes their place.
    *states : nested tuples of ndarray, or None
        All nested in the same way.

    Returns
    -------
    nested tuples
        As the first state is nested, named tuples included; None if that is None.

    Raises
    ------
    ValueError
        The states are nested in different ways.

    Examples
    --------
    >>> from rnnlib.nn.nested_state import map_state
    >>> state = (np.zeros((2, 3)), (np.zeros((2, 5)), None))
    >>> map_state(np.shape, state)
    ((2, 3), ((2, 5), None))
    >>> map_state(lambda a, b: np.concatenate([a, b]).shape, state, state)
    ((4, 3), ((4, 5), None))
    """
    first = states[0]
    if any(type(state) is not type(first) for state in states):
        kinds = " and ".join(sorted({type(state).__name__ for state in states}))
        raise ValueError(f"The states are nested in different ways: {kinds} at the same place.")
    if first is None:
        return None
    if not isinstance(first, tuple):
        return function(*states)
    if len({len(state) for state in states}) > 1:
        lengths = " and ".join(str(len(state)) for state in states)
        raise ValueError(f"The states are nested in different ways: tuples of {lengths} parts.")
    parts = [map_state(function, *part) for part in zip(*states, strict=True)]
    return type(first)(*parts) if hasattr(first, "_fields") else tuple(parts)


def flatten(state):
    """List the arrays of a nested state from left to right."""
    arrays = []
    map_state(arrays.append, state)
    return arrays


def unflatten(arrays, like):
    """Nest arrays as in `like`: the inverse of `flatten`."""
    remaining = iter(arrays)
    return map_state(lambda _: next(remaining), like)
