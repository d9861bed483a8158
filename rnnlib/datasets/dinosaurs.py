"""The table of dinosaurs, and the names in it."""

import csv
from typing import NamedTuple

from .shipped import data_path


class Dinosaur(NamedTuple):
    """One row of the table; an empty string is an unknown."""

    genus: str
    clade: str
    diet: str
    period: str
    continent: str


def dinosaurs():
    """Return the table of dinosaur genera, sorted by name.

    Returns
    -------
    list of Dinosaur
        1,372 rows of (genus, clade, diet, period, continent).

    References
    ----------
    The Paleobiology Database, paleobiodb.org, CC BY 4.0; see `data/README.md`.
    """
    with data_path("dinosaurs.csv").open(encoding="utf-8", newline="") as file:
        return [Dinosaur(**row) for row in csv.DictReader(file)]


def dinosaur_names():
    """Return the 1,372 genera as lower-case strings of the letters a to z, sorted."""
    return [row.genus.lower() for row in dinosaurs()]
