"""Tables of results/ that are made row by row: a row that is kept stays as it is, as text.

`rl.read_ledger` makes every number a float, so rows that it read and that are written again would
change: 32 to 32.0, and 1.000 to 1.0.
"""

import csv

from tqdm import tqdm

import rnnlib as rl


def read(path, key, columns=None):
    """Return the rows of a table as text, by the text of the columns that tell them apart.

    None if there is no table yet, or if it has other columns than those expected.
    """
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows = list(reader)
    if columns and tuple(reader.fieldnames or ()) != tuple(columns):
        return {}
    return {tuple(row[name] for name in key): row for row in rows}


def as_key(job):
    """Return the key that `read` gives to the row of a job."""
    return tuple(map(str, job))


def fill(path, rows, jobs, make_row, order):
    """Make the rows of some jobs; the table is written after each, so that nothing is lost.

    Parameters
    ----------
    path : Path
    rows : dict
        The rows to keep, from `read`.
    jobs : iterable of tuple
        The arguments of `make_row`, which are the row's key; an old row of the same key goes.  A
        generator is asked for one job at a time, when the rows before it are there.
    make_row : callable
        Returns a dict.
    order : iterable of tuple
        All jobs that may have a row, in the order of the table.
    """
    keys = [as_key(job) for job in order]
    for job in tqdm(jobs, unit="row"):
        row = {name: str(value) for name, value in make_row(*job).items()}
        rows[as_key(job)] = row
        tqdm.write(" ".join(row.values()))
        rl.write_ledger(path, [rows[key] for key in keys if key in rows])
