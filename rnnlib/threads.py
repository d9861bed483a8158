"""The threads of matrix products, and the number of processors.  Chapter 21."""

import contextlib
import functools
import os
import threading

VARIABLES = (
    *("OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "OMP_NUM_THREADS"),
    *("MKL_NUM_THREADS", "BLIS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"),
)
"""The environment variables by which users set the number of threads of matrix products."""


class SharedSetting:
    """A setting of the process, in force while at least one thread wants it.

    The first to enter makes the change and the last to leave undoes it, so uses that are nested or
    overlap leave the process as they found it.

    Parameters
    ----------
    change : callable
        Makes the change and returns the function that undoes it.
    """

    def __init__(self, change):
        self._change, self._undo = change, None
        self._lock, self._users = threading.Lock(), 0

    @contextlib.contextmanager
    def __call__(self):
        """Return a context in which the setting is in force."""
        with self._lock:
            if self._users == 0:
                self._undo = self._change()
            self._users += 1
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                if self._users == 0:
                    self._undo()


def cores():
    """Return the number of processors that this process may use."""
    if hasattr(os, "process_cpu_count"):  # Python 3.13
        return os.process_cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def set_by_hand():
    """Whether the user has set the number of threads of matrix products.

    Either by one of the environment's `VARIABLES`, or by a limit of threadpoolctl that differs
    from the libraries' own choice of one thread for each processor.
    """
    if any(os.environ.get(name) for name in VARIABLES):
        return True
    return any(1 < n < cores() for n in _blas_threads())


def _limit():
    if set_by_hand() or all(n == 1 for n in _blas_threads()):
        return lambda: None
    return _controller().limit(limits=1, user_api="blas").restore_original_limits


one_blas_thread = SharedSetting(_limit)
"""A context in which matrix products take one thread, unless the user has set their number.

The products of a time step are small.  With 64 to 192 units, a second thread saves at most a
seventh of the time, and on a busy machine, where two threads wait for each other at every product,
it takes ten to fifty times as long.  `experiments/busy_machine.py` measures it.
"""


def _blas_threads():
    controller = _controller()
    if controller is None:
        return []
    return [x["num_threads"] for x in controller.info() if x["user_api"] == "blas"]


@functools.cache  # looking for the libraries takes milliseconds
def _controller():
    try:
        from threadpoolctl import ThreadpoolController  # here: NumPy alone is enough
    except ImportError:
        return None
    return ThreadpoolController()
