"""The two checks that many modules make of what they are given."""


def require(condition, message):
    """Raise a ValueError with this message unless the condition holds."""
    if not condition:
        raise ValueError(message)


def at_least_one(**sizes):
    """Raise a ValueError that names the first of the numbers that is below 1."""
    for name, size in sizes.items():
        require(size >= 1, f"{name} must be at least 1, got {size}.")
