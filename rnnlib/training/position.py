"""The position of a training run within its epoch, so that it can be resumed there."""

import zlib
from dataclasses import dataclass, field

import numpy as np

from ..errors import require


@dataclass
class Position:
    """A place between two steps of an epoch.

    Attributes
    ----------
    step, batches : int
        Steps of the epoch that are done, and all its steps.
    symbols : list of int
        Per step done: targets that counted.
    seconds : float
        Wall time since the epoch began.
    order, before : dict or None
        State of the batches' generator when the epoch began, and when the last batch was drawn;
        None if they have none.
    state : tuple or None
        The model's state after the last step, if the batches carry it on.
    last : batch or int
        The last batch, or its `check_sum`.
    """

    step: int = 0
    batches: int = 0
    symbols: list = field(default_factory=list)
    seconds: float = 0.0
    order: dict | None = None
    before: dict | None = None
    state: tuple | None = None
    last: object = None

    def restart(self):
        """Go to the beginning of an epoch."""
        self.__init__()

    def advance(self, symbols, state):
        """Record a step."""
        self.step += 1
        self.symbols.append(symbols)
        self.state = state

    def walk(self, batches):
        """Yield (i, batch) for the remaining steps of this epoch.

        The generator of the batches is set back to the start of the epoch, to skip the batches
        that are done, and then to where the run was saved.

        Raises
        ------
        ValueError
            As `check`; or the last batch that is done differs from the run's.
        """
        self.check(batches)
        rng, steps = batches.rng, enumerate(batches)
        if self.step == 0:
            self.restart()
            self.batches, self.order = len(batches), _state(rng)
        else:
            self._walk_past(steps, rng)
        before = _state(rng)
        for i, batch in steps:
            self.last, self.before = batch, before
            yield i, batch
            before = _state(rng)
        self.restart()

    def _walk_past(self, steps, rng):
        """Skip the batches that are done, and check that the last is the run's."""
        now = _state(rng)
        _set_state(rng, self.order)
        for _ in range(self.step - 1):
            next(steps)
        _set_state(rng, self.before)  # the model may have drawn its dropout in between
        _, last = next(steps)
        _set_state(rng, now)
        same = check_sum(last) == check_sum(self.last)
        require(same, f"{self._said}and these are other batches. {_ADVICE}")

    def check(self, batches):
        """Refuse to resume in mid-epoch with batches that cannot be those of the run.

        Raises
        ------
        ValueError
            Their number differs, or the kind of their generator.
        """
        if self.step == 0:
            return
        require(
            len(batches) == self.batches, f"{self._said}but there are {len(batches)} now. {_ADVICE}"
        )
        then, now = (
            state and state["bit_generator"] for state in (self.order, _state(batches.rng))
        )
        require(then == now, f"{self._said}shuffled by {then}, but now by {now}. {_ADVICE}")

    @property
    def _said(self):
        return f"The run was saved after {self.step} of {self.batches} batches of an epoch, "


_ADVICE = (
    "Make the same batches, with rng=checkpoint.rng; or start the epoch again, with "
    "checkpoint.history.position = None."
)


def _state(rng):
    return None if rng is None else rng.bit_generator.state


def _set_state(rng, state):
    if rng is not None:
        rng.bit_generator.state = state


def check_sum(batch):
    """Return the check sum of a batch; a check sum is returned as it is.

    Parameters
    ----------
    batch : tuple of arrays and tuples, None among them, or int
    """
    if isinstance(batch, int):
        return batch
    total = 0
    for part in batch:
        if isinstance(part, tuple):
            total = zlib.crc32(check_sum(part).to_bytes(4, "big"), total)
        elif part is not None:
            total = zlib.crc32(np.ascontiguousarray(part), total)
    return total
