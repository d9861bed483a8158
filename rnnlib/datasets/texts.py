"""The tales of the book, larger texts from elsewhere, and a loader for your own."""

import os
from pathlib import Path

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

    A title stands on a line of its own; an empty line ends a paragraph, two end a tale.
    """
    return load_text(data_path("tales.txt"))


def fetch_text(name):
    """Return a larger text in the public domain, fetched when it is first asked for.

    The file is kept as `{name}.txt` in the folder that the environment variable RNNLIB_DATA
    names, or else in the user's cache, and no network is needed from then on.  A file that was
    put there by hand is as good, if it is the same to the byte.

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
    """
    if name not in FETCHED:
        raise ValueError(f"There is no text {name!r} to fetch; known are {', '.join(FETCHED)}.")
    import pooch

    url, sha256 = FETCHED[name]
    folder = Path(os.environ.get("RNNLIB_DATA") or pooch.os_cache("rnnlib"))
    path = folder / f"{name}.txt"
    if not path.is_file():
        by_hand = f"fetch {url} by other means and save it as {str(path)!r}"
        try:
            pooch.retrieve(url, f"sha256:{sha256}", path.name, folder, progressbar=True)
        except OSError as error:
            raise ConnectionError(
                f"The text {name!r} could not be fetched: {error}. Try again with a network, or "
                f"{by_hand}; the environment variable RNNLIB_DATA can name another folder."
            ) from error
        except ValueError as error:
            raise ValueError(
                f"What was sent is not the text {name!r}, and was thrown away: {error} "
                f"Try again, or {by_hand}."
            ) from error
    elif pooch.file_hash(str(path)) != sha256:
        raise ValueError(
            f"{str(path)!r} is not the text {name!r}: its sha256 is not {sha256}. "
            "Delete it to have it fetched again."
        )
    return load_text(path)


def load_text(path, encoding="utf-8"):
    r"""Read a text file of your own.

    Parameters
    ----------
    path : str or Path
    encoding : str

    Returns
    -------
    str
        The whole text, line ends as "\n".  A file with one name a line becomes a list of names
        with `load_text(path).split()`.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    ValueError
        The file is empty, or is not text in this encoding.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(
            f"There is no file {str(path)!r} (looked in {Path.cwd()}). "
            "Give the path of a plain text file."
        )
    try:
        text = path.read_text(encoding=encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{str(path)!r} is not {encoding} text: byte {error.start} is "
            f"0x{error.object[error.start]:02x}. Save it as UTF-8, or pass encoding='latin-1'."
        ) from None
    if not text.strip():
        raise ValueError(f"{str(path)!r} holds no text: there is nothing to learn from it.")
    return text
