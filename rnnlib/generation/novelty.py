"""Did the model invent, or did it copy?"""

from dataclasses import dataclass
from typing import NamedTuple

from ..errors import require
from ..text.list_checks import text_list
from .copies import longest_runs
from .distance import nearest


class NameNovelty(NamedTuple):
    """One generated name, compared with the training names."""

    name: str
    copied: bool  # is in the training names
    rediscovered: bool  # is in the held-out names, which were never shown
    nearest: str  # the training name with the smallest edit distance
    distance: int  # letters to insert, delete or replace
    longest_copy: str  # its longest run of letters that is in some training name


@dataclass
class NoveltyReport:
    """The novelty of many generated names.

    Attributes
    ----------
    names : list of NameNovelty
        One entry per generated name, in order, repeats included.
    """

    names: list

    @property
    def copied(self):
        """Share of names that are in the training set."""
        return self._share(n.copied for n in self.names)

    @property
    def new(self):
        """Share of names that are not in the training set."""
        return 1 - self.copied

    @property
    def distinct(self):
        """Distinct names over all names."""
        return len({n.name for n in self.names}) / len(self.names)

    @property
    def rediscovered(self):
        """Distinct held-out names that were generated, sorted."""
        return sorted({n.name for n in self.names if n.rediscovered})

    @property
    def mean_distance(self):
        """Mean edit distance to the nearest training name, in letters."""
        return sum(n.distance for n in self.names) / len(self.names)

    @property
    def mean_longest_copy(self):
        """Mean share of a name that its longest copied run covers."""
        return sum(len(n.longest_copy) / max(len(n.name), 1) for n in self.names) / len(self.names)

    def _share(self, flags):
        return sum(flags) / len(self.names)


def novelty_report(names, training, held_out=()):
    """Compare generated names, or texts, with those that the model was trained on.

    Parameters
    ----------
    names : list of str
        Generated.
    training : list of str
    held_out : list of str, optional
        Real names that the model never saw.

    Returns
    -------
    NoveltyReport

    Raises
    ------
    ValueError
        No generated or no training names, or some that still end in a line break.
    TypeError
        Something other than lists of names.

    Notes
    -----
    The edit distance is Levenshtein's: the fewest letters to insert, delete or replace.
    """
    names, training = text_list(names, "names"), text_list(training, "training")
    held_out = text_list(held_out, "held_out")
    require(names and training, "A novelty report needs generated names and training names.")
    known, unseen = set(training), set(held_out) - set(training)
    found = zip(names, nearest(names, training), longest_runs(names, known), strict=True)
    return NoveltyReport(
        [
            NameNovelty(
                name,
                copied=name in known,
                rediscovered=name in unseen,
                nearest=training[k],
                distance=distance,
                longest_copy=run,
            )
            for name, (k, distance), run in found
        ]
    )
