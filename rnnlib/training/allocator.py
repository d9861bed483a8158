"""The allocator: memory that is kept from one training step to the next."""

import ctypes

from ..threads import SharedSetting

TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3  # their numbers in <malloc.h>
LARGEST_OWN_THRESHOLD = 32 * 2**20
"""The limit to which the C library of Linux raises its own threshold as memory is freed."""


def keep_memory():
    """Tell the allocator to keep freed memory until the process ends; return whether it will.

    A step frees all its caches at its end.  The C library of Linux returns such memory to the
    system, and the next step requests every page of it again: for an LSTM of 128 units over 50 time
    steps 4,500 times, a quarter of its 87 ms.  Without glibc, nothing happens.
    """
    return _set_thresholds(2**30, 2**30)


def _begin():
    if not keep_memory():
        return lambda: None
    return _give_back


def _give_back():
    """Return free memory to the system, and set the thresholds that glibc arrives at itself."""
    _set_thresholds(LARGEST_OWN_THRESHOLD, 2 * LARGEST_OWN_THRESHOLD)
    _libc().malloc_trim(0)


memory_kept = SharedSetting(_begin)
"""A context in which the allocator keeps freed memory, see `keep_memory`.

At its end free memory goes back to the system.  The thresholds of glibc cannot be read, so they are
set to the limits that they rise to by themselves in a process that uses large arrays.
"""


def _set_thresholds(mmap, trim):
    try:
        mallopt = _libc().mallopt
    except (AttributeError, OSError, TypeError):
        return False
    return all([mallopt(MMAP_THRESHOLD, mmap), mallopt(TRIM_THRESHOLD, trim)])


def _libc():
    return ctypes.CDLL(None)
