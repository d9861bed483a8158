"""Files that are written whole or not at all."""

import contextlib
import os
import platform
import re
import shutil
import time
from pathlib import Path

from .errors import require

STALE_AFTER = 24 * 3600
"""Seconds after which an unfinished file counts as abandoned, whoever wrote it."""

_live = set()  # the unfinished files of this process that are being written


@contextlib.contextmanager
def writing(path, mode="wb"):
    """Open a file that takes the place of `path` when the block ends without an error.

    At every moment `path` is either the old file or the new one, even when several processes
    write to it at once, or one is killed.  Until the block ends, the content is in an unfinished
    file next to `path`, which is removed after any error, including Ctrl-C.  A file left by a
    killed process is removed by the next write to the same path.

    Parameters
    ----------
    path : str or Path
        "~" is the home folder; a missing folder is created.  A symbolic link is kept, and the
        file that it points to is replaced.  The permissions of an old file are kept.
    mode : "wb" or "w"
        Text is written as UTF-8, with its line endings unchanged.

    Yields
    ------
    file object

    Raises
    ------
    ValueError
        As `file_path`.

    Examples
    --------
    >>> with writing("notes.txt", "w") as file:
    ...     count = file.write("rex")
    """
    path = file_path(path).resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(path)
    unfinished = path.with_name(_unfinished_name(path))
    text = {} if "b" in mode else {"encoding": "utf-8", "newline": ""}
    _live.add(unfinished.name)
    try:
        with unfinished.open(mode.replace("w", "x"), **text) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileNotFoundError):
            shutil.copymode(path, unfinished)
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
        _live.discard(unfinished.name)
    _sync_folder(path.parent)


def file_path(path, to_write=True):
    """Return a path with its "~" expanded, from the root; refuse what cannot be a file.

    Parameters
    ----------
    path : str or Path
    to_write : bool
        Whether a file is to be written there, or only read.

    Raises
    ------
    TypeError
        It is not a path.
    ValueError
        It is a folder or a device, is inside a file, or may not be written.
    """
    if not isinstance(path, str | os.PathLike) or isinstance(os.fspath(path), bytes):
        raise TypeError(f"A path must be a string or a Path, got {type(path).__name__}.")
    name = os.fspath(path)
    require(name and "\0" not in name, f"A path needs the name of a file, got {name!r}.")
    try:
        whole = Path(name).expanduser().absolute()
        target = whole.resolve()
    except (RuntimeError, OSError) as error:  # no such home, links in a circle
        raise ValueError(f"{name!r} leads nowhere: {error}") from None
    if to_write:
        is_folder = target.is_dir() or name.endswith(("/", os.sep))
        require(
            not is_folder,
            f"{name!r} is a folder; name a file in it, such as {str(Path(name) / 'run.npz')!r}.",
        )
        require(not target.exists() or target.is_file(), f"{name!r} is not an ordinary file.")
        nearest = target if target.exists() else _nearest_folder(target)
        require(target.exists() or nearest.is_dir(), f"{str(nearest)!r} is a file, not a folder.")
        require(
            all(os.access(place, os.W_OK) for place in (nearest, _nearest_folder(target))),
            f"{name!r} may not be written; choose another place.",
        )
    return whole


def _nearest_folder(path):
    return next(parent for parent in path.parents if parent.exists())


def _unfinished_name(path):
    return f"{_stem(path)}.{_host()}-{os.getpid()}-{os.urandom(4).hex()}.unfinished"


def _stem(path):
    """Return the beginning of a file's name: with what is added, file systems allow 255 bytes."""
    return path.name.encode("utf-8", "surrogateescape")[:150].decode("utf-8", "ignore")


def _host():
    return re.sub(r"\W", "_", platform.node(), flags=re.ASCII)[:40]


def _remove_abandoned(path):
    """Remove the unfinished files of killed writers of this path."""
    pattern = rf"{re.escape(_stem(path))}\.(\w*)-(\d{{1,9}})-[0-9a-f]{{8}}\.unfinished"
    with contextlib.suppress(OSError), os.scandir(path.parent) as entries:
        for entry in entries:
            match = re.fullmatch(pattern, entry.name)
            if match and entry.name not in _live:
                with contextlib.suppress(OSError):  # another may remove it first
                    if _is_abandoned(match[1], int(match[2]), entry.stat().st_mtime):
                        os.unlink(entry.path)


def _is_abandoned(host, pid, written):
    if time.time() - written > STALE_AFTER:
        return True
    return host == _host() and (pid == os.getpid() or not _is_running(pid))


def _is_running(pid):
    """Return whether there is such a process; where that cannot be known, assume so."""
    if os.name != "posix":
        return True  # on Windows os.kill(pid, 0) is not a question
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, AttributeError):
        return True
    return True


def _sync_folder(folder):
    """Make the new name last through a power cut, where the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
