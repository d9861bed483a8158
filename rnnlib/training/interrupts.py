"""Ctrl-C that waits for the end of a training step."""

import contextlib
import signal
import threading


class Interrupts:
    """A context in which Ctrl-C waits until it is welcome.

    The first Ctrl-C is remembered, and raises KeyboardInterrupt where `welcome` begins.  A second
    one raises it at once, in case a step takes too long.  None is raised while a run is wound up,
    after the first was raised or after `refuse`.

    Signals reach the main thread only, and a user's own handler is left alone.  In other threads,
    or with such a handler, nothing is held back, and `Optimizer.step` still completes or changes
    nothing.
    """

    def __enter__(self):
        self._pending = self._open = self._refused = self._installed = False
        main = threading.current_thread() is threading.main_thread()
        if main and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, self._handle)
            self._installed = True
        return self

    def __exit__(self, *error):
        if self._installed:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    @contextlib.contextmanager
    def welcome(self):
        """Return a context in which Ctrl-C raises KeyboardInterrupt, even one that has waited."""
        self._open, self._refused = True, False
        try:
            if self._pending:
                self._refused = True
                raise KeyboardInterrupt
            yield
        finally:
            self._open = False

    def refuse(self):
        """Let no more Ctrl-C through."""
        self._refused = True

    def _handle(self, number, frame):
        if (self._open or self._pending) and not self._refused:
            self._refused = True  # one is enough to end the run
            raise KeyboardInterrupt
        self._pending = True
