"""How the learning rate changes during a training run.  Chapter 8."""

import contextlib
import inspect

import numpy as np

from ..errors import require, require_type
from .hyperparameters import number


def cosine_decay(progress, final=0.0):
    """Return the factor on the learning rate: 1 at the start, `final` at the end.  Chapter 8.

    Parameters
    ----------
    progress : float
        Share of the training run that is done, 0 to 1.
    final : float

    References
    ----------
    I. Loshchilov and F. Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017.
    """
    progress = number("progress", progress, "be finite")
    return float(final + (1 - final) * 0.5 * (1 + np.cos(np.pi * progress)))


def no_decay(progress):
    """Return the factor 1: a constant learning rate."""
    return 1.0


def warm_up(share, then=cosine_decay):
    """Return a schedule that rises from 0 to 1, and then follows another.

    The first step has length 0; it only fills the memory of an optimizer that has one.

    Parameters
    ----------
    share : float
        Share of the training run that the rise takes, 0 ≤ share < 1.
    then : callable
        The schedule of the rest, whose progress is counted from the end of the rise.

    Returns
    -------
    callable
        From progress to factor.

    References
    ----------
    P. Goyal et al., "Accurate, large minibatch SGD: training ImageNet in 1 hour", 2017.

    Examples
    --------
    >>> schedule = rl.warm_up(0.1)
    >>> [round(schedule(progress), 2) for progress in (0, 0.05, 0.1, 1)]
    [0.0, 0.5, 1.0, 0.0]
    """
    share = number("share", share, "be in [0, 1)")
    check_schedule(then, "then")

    def schedule(progress):
        if progress < share:
            return progress / share
        return then((progress - share) / (1 - share))

    return schedule


def check_schedule(schedule, name="schedule"):
    """Raise a TypeError unless a schedule can be called, such as `cosine_decay`."""
    require_type(
        callable(schedule),
        f"{name} must be a function from progress (0 to 1) to a factor, such as cosine_decay, "
        f"got {schedule!r:.40}.",
    )
    with contextlib.suppress(ValueError):  # what is written in C has no signature
        arguments = inspect.signature(schedule)
        try:
            arguments.bind(0.5)
        except TypeError as error:
            raise TypeError(
                f"{name} must take the progress (0 to 1) and nothing else, got a function of "
                f"{arguments} ({error})."
            ) from None


def factor(schedule, progress):
    """Return the factor of a schedule as a Python float; 0 gives a step of length 0."""
    value = schedule(progress)
    require_type(value is not None, f"The schedule returned nothing at progress {progress:g}.")
    found = number(f"The factor of the schedule at progress {progress:g}", value, "be finite")
    require(found >= 0, f"The schedule returned {found:g} at progress {progress:g}: below 0.")
    return found
