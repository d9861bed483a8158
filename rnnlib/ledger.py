"""Reading and writing tables of results: every row made by a command, never by hand."""

import csv
from pathlib import Path

import numpy as np

from .errors import require, require_type
from .files import file_path, writing


def read_ledger(path):
    """Return the rows of a results table, numbers as float where they are numbers.

    Parameters
    ----------
    path : str or Path
        The name of a table in `results/`, such as "names", which is looked for in the working
        folder, in those above it and in the checkout; or the path of any table.

    Returns
    -------
    list of dict

    Raises
    ------
    FileNotFoundError
        There is no such table.
    ValueError
        It is not a table: its rows differ in length, or it is not UTF-8 text.
    """
    path = _found(path)
    if not path.is_file():
        raise FileNotFoundError(f"There is no ledger {str(path)!r}: `make results` writes it.")
    with path.open(encoding="utf-8", newline="") as file:
        try:
            columns, *rows = filter(None, csv.reader(file, strict=True))
        except (ValueError, csv.Error) as error:  # no header, not UTF-8, an open quotation mark
            raise ValueError(f"{str(path)!r} is not a results table: {error}.") from None
    for i, row in enumerate(rows, 1):
        require(
            len(row) == len(columns),
            f"Row {i} of {str(path)!r} has {len(row)} values for {len(columns)} columns.",
        )
    return [dict(zip(columns, map(_number, row), strict=True)) for row in rows]


def write_ledger(path, rows):
    """Write a results table whole: whoever reads it sees the old one or the new one.

    Parameters
    ----------
    path : str or Path
        As in `files.writing`.
    rows : sequence of dict
        All with the keys of the first, which become the columns.

    Raises
    ------
    ValueError, TypeError
        There are no rows, their keys differ, or they are no dicts; an old table stays as it was.
    """
    many = np.iterable(rows) and not isinstance(rows, dict | str | set)
    rows = list(rows) if many else [rows]
    for row in rows if many else [None]:
        require_type(
            isinstance(row, dict),
            lambda: f"rows must be a list of dicts, the path comes first; got {rows!r:.60}.",
        )
    require(rows and rows[0], "A results table needs at least one row, and a column.")
    columns = list(rows[0])
    for i, row in enumerate(rows):
        differ = sorted(map(str, set(row) ^ set(columns)))
        require(not differ, f"Row {i} differs from the columns {columns} of row 0 in {differ}.")
    with writing(path, "w") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def mean_scores(rows, column="test"):
    """Return the mean of a column over the splits of each model, in the order of the rows."""
    models = dict.fromkeys(row["model"] for row in rows)
    return {m: float(np.mean([r[column] for r in rows if r["model"] == m])) for m in models}


def _found(path):
    """Return where a table is: at its path, or by its name in a folder `results/` nearby."""
    at_path, asked = file_path(path, to_write=False), Path(path)
    named = asked.parent.name in ("", "..", "results") and not asked.expanduser().is_absolute()
    if at_path.is_file() or not named:
        return at_path
    name = asked.name if asked.suffix else f"{asked.name}.csv"
    folders = (Path.cwd(), *Path.cwd().parents, Path(__file__).parents[1])
    places = [folder / "results" / name for folder in folders]
    return next((place for place in places if place.is_file()), places[0])


def _number(text):
    try:
        return float(text)
    except ValueError:
        return text
