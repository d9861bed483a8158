"""The tables and texts of the book, and a loader for your own."""

import csv
from pathlib import Path
from typing import NamedTuple

from .harmony import blues
from .translation import translation_pairs

__all__ = [
    "Dinosaur",
    "blues",
    "data_path",
    "dinosaur_names",
    "dinosaurs",
    "load_text",
    "tales",
    "translation_pairs",
]

_HERE = Path(__file__).parent


class Dinosaur(NamedTuple):
    """One row of the table; an empty string is an unknown."""

    genus: str
    clade: str
    diet: str
    period: str
    continent: str


def data_path(name):
    """Return the path of a file that ships with the package.

    An installed wheel carries the files inside the package; a checkout keeps them in `data/`.
    """
    for folder in (_HERE / "data", _HERE.parent / "data"):
        if (folder / name).is_file():
            return folder / name
    raise FileNotFoundError(
        f"{name!r} is missing from {_HERE / 'data'} and {_HERE.parent / 'data'}: "
        "the installation is incomplete, install rnnlib again."
    )


def dinosaurs():
    """Return the table of dinosaur genera, sorted by name.

    Returns
    -------
    list of Dinosaur
        1,499 rows of (genus, clade, diet, period, continent).

    References
    ----------
    The Paleobiology Database, paleobiodb.org, CC BY 4.0; see `data/README.md`.
    """
    with data_path("dinosaurs.csv").open(encoding="utf-8", newline="") as file:
        return [Dinosaur(**row) for row in csv.DictReader(file)]


def dinosaur_names():
    """Return the 1,499 genera as lower-case strings of the letters a to z, sorted."""
    return [row.genus.lower() for row in dinosaurs()]


def tales():
    """Return 64 short tales as one text of 148,413 characters, written for this book (CC0).

    A title stands on a line of its own; an empty line ends a paragraph, two end a tale.
    """
    return load_text(data_path("tales.txt"))


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
