"""Did the model invent, or did it copy?"""

from dataclasses import dataclass
from typing import NamedTuple


class NameNovelty(NamedTuple):
    """What is known of one generated name."""

    name: str
    copied: bool  # stands in the training names
    rediscovered: bool  # stands in the held-out names, which were never shown
    nearest: str  # the training name with the smallest edit distance
    distance: int  # letters to insert, delete or replace
    longest_copy: str  # its longest run of letters that stands in some training name


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
        """Share of names that stand in the training set."""
        return self._share(n.copied for n in self.names)

    @property
    def new(self):
        """Share of names that do not stand in the training set."""
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
    """Compare generated names with those that the model was trained on.

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
        No generated or no training names.

    Notes
    -----
    The edit distance is Levenshtein's: the fewest letters to insert, delete or replace.
    """
    from rapidfuzz.distance import Levenshtein  # here: the core imports with NumPy alone
    from rapidfuzz.process import cdist

    names, training = list(names), list(training)
    if not names or not training:
        raise ValueError("A novelty report needs generated names and training names.")
    distances = cdist(names, training, scorer=Levenshtein.distance)  # (names, training)
    nearest = distances.argmin(axis=1)
    known, unseen = set(training), set(held_out) - set(training)
    runs = {t[i:j] for t in known for i in range(len(t)) for j in range(i + 1, len(t) + 1)}
    return NoveltyReport(
        [
            NameNovelty(
                name,
                copied=name in known,
                rediscovered=name in unseen,
                nearest=training[k],
                distance=int(distances[i, k]),
                longest_copy=_longest_run(name, runs),
            )
            for i, (name, k) in enumerate(zip(names, nearest, strict=True))
        ]
    )


def _longest_run(name, runs):
    for length in range(len(name), 0, -1):
        for start in range(len(name) - length + 1):
            if name[start : start + length] in runs:
                return name[start : start + length]
    return ""
