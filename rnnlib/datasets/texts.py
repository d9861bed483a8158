"""The tales of the book, larger texts from elsewhere, and a loader for your own."""

import hashlib
import importlib.util
import os
from pathlib import Path

from ..errors import require
from .plain_text import read_text
from .shipped import data_path

FETCHED = {
    "tinyshakespeare": (
        "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt",
        "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
    ),
}
"""Texts too large to ship: where each is found, and its sha256."""


def tales():
    """Return 64 short tales as one text of 148,413 characters, written for this book (CC0).

    Each title is on its own line; an empty line ends a paragraph, two end a tale.
    """
    return load_text(data_path("tales.txt"))


def fetch_text(name):
    """Return a larger text in the public domain, fetched when it is first asked for.

    The file is kept as `{name}.txt` in the folder that the environment variable RNNLIB_DATA
    names, or else in the user's cache, and no network is needed from then on.  A file put there
    by hand serves as well, if it is the same to the byte.

    Parameters
    ----------
    name : str
        "tinyshakespeare": 1,115,394 characters of Shakespeare's plays, collected by A. Karpathy.

    Raises
    ------
    ValueError
        No text has this name; or the file, or what was sent, is not the text expected.
    ConnectionError
        The text could not be fetched; says where to put it by hand.
    ImportError
        Fetching needs `pooch`, which is not installed.
    """
    require(
        name in list(FETCHED),
        f"There is no text {name!r} to fetch; known are {', '.join(FETCHED)}.",
    )
    url, sha256 = FETCHED[name]
    folder = _folder_of_texts()
    path = folder / f"{name}.txt"
    if not path.is_file():
        _fetch(name, url, sha256, path)
    elif hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
        raise ValueError(
            f"{str(path)!r} is not the text {name!r}: its sha256 is not {sha256}. "
            "Delete it to have it fetched again."
        )
    return load_text(path)


def _folder_of_texts():
    """Return the folder that RNNLIB_DATA names, or the user's cache."""
    named = os.environ.get("RNNLIB_DATA")
    return Path(named).expanduser() if named else Path(_pooch().os_cache("rnnlib"))


def _pooch():
    """Import pooch when it is needed: the package imports with NumPy alone."""
    try:
        import pooch
    except ImportError:
        raise ImportError(
            "Fetching a text needs pooch: pip install pooch. Or save the text by hand and let "
            "the environment variable RNNLIB_DATA name its folder."
        ) from None
    return pooch


def _fetch(name, url, sha256, path):
    """Fetch a text into a file, if it is the one expected."""
    pooch = _pooch()
    by_hand = f"fetch {url} by other means and save it as {str(path)!r}"
    try:
        pooch.retrieve(url, f"sha256:{sha256}", path.name, path.parent, progressbar=_has_tqdm())
    except OSError as error:
        raise ConnectionError(
            f"The text {name!r} could not be fetched: {error}. Try again with a network, or "
            f"{by_hand}; the environment variable RNNLIB_DATA can name another folder."
        ) from error
    except ValueError as error:
        raise ValueError(
            f"The download is not the text {name!r}, and was deleted: {error} "
            f"Try again, or {by_hand}."
        ) from error


def _has_tqdm():
    """Whether a progress bar can be shown."""
    return importlib.util.find_spec("tqdm") is not None


def load_text(path, encoding="utf-8"):
    r"""Read a text file of your own.

    Parameters
    ----------
    path : str or Path
        A "~" is your home folder.
    encoding : str

    Returns
    -------
    str
        The whole text, without a byte order mark, line breaks as "\n".  `load_names` makes a list
        of a file with one name a line.

    Raises
    ------
    FileNotFoundError
        There is no such file, or it is a folder.
    ValueError
        The file is empty, or is not plain text in this encoding; says what it is instead.
    """
    text = read_text(path, encoding)
    require(text.strip(), f"{str(path)!r} contains no text: there is nothing to learn from.")
    return text


def load_names(path, encoding="utf-8"):
    """Read a file with one name a line: "Rio Grande" is one name.

    Blank lines are left out, and so are blanks around a name.  What occurs twice is kept, as it
    is part of the data; `split` drops it.

    Parameters and errors are those of `load_text`.

    Returns
    -------
    list of str
        In the order of the file.
    """
    lines = load_text(path, encoding).splitlines()
    return [line.strip() for line in lines if line.strip()]
