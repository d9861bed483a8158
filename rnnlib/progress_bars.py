"""Progress bars, where they can be seen."""

import os
import sys


def visible(shown=True):
    """Whether to report progress.

    The environment variable TQDM_DISABLE=1 hides all bars, and so does a program without standard
    error, such as pythonw.
    """
    return shown and os.environ.get("TQDM_DISABLE", "0") == "0" and sys.stderr is not None


def open_bar(shown=True, **options):
    """Return a bar of tqdm, or None if it is not `visible` or not installed.

    Parameters
    ----------
    shown : bool
    **options
        Of tqdm: total, initial, unit.
    """
    if not visible(shown):
        return None
    try:
        from tqdm.auto import tqdm  # here: NumPy alone is enough
    except ImportError:
        return None
    return tqdm(leave=False, disable=False, **options)  # tqdm reads TQDM_DISABLE on import
