"""Reading and writing tables of results: every row made by a command, never by hand."""

import csv
import os
from pathlib import Path

import numpy as np


def read_ledger(path):
    """Return the rows of a results table, numbers as float where they are numbers.

    Parameters
    ----------
    path : str or Path
        For example `results/names.csv`.

    Returns
    -------
    list of dict

    Raises
    ------
    FileNotFoundError
        There is no such table.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"There is no ledger {str(path)!r}: `make results` writes it.")
    with path.open(encoding="utf-8", newline="") as file:
        return [{k: _number(v) for k, v in row.items()} for row in csv.DictReader(file)]


def write_ledger(path, rows):
    """Write a results table in one move: whoever reads it sees the old one or the new one.

    Parameters
    ----------
    path : str or Path
    rows : sequence of dict
        All with the keys of the first, which become the columns.
    """
    path = Path(path)
    unfinished = path.with_suffix(".unfinished")
    with unfinished.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    os.replace(unfinished, path)


def mean_scores(rows, column="test"):
    """Return the mean of a column over the splits of each model, in the order of the rows."""
    models = dict.fromkeys(row["model"] for row in rows)
    return {m: float(np.mean([r[column] for r in rows if r["model"] == m])) for m in models}


def _number(text):
    try:
        return float(text)
    except ValueError:
        return text
