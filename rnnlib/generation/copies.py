"""The longest runs of letters that texts share with others, in memory that grows with the texts."""

import sys

import numpy as np

KEPT = 32
"""The hashes of runs shorter than this are kept: every name needs them."""


def longest_runs(names, training):
    """Find the longest run of letters of each name that is in some training text.

    If a run is shared, so are all shorter ones in it; so the length is found by halving an
    interval, for all names side by side.

    Parameters
    ----------
    names : list of str
    training : iterable of str

    Returns
    -------
    list of str
        Of equally long runs the first in the name.
    """
    known, written = _Runs(training), _Runs(names)
    longest, best = known.lengths.max(initial=0), [""] * len(written.lengths)
    low, high = np.zeros_like(written.lengths), np.minimum(written.lengths, longest)
    while (low < high).any():
        middle = (low + high + 1) // 2
        for length in np.unique(middle[low < high]).tolist():
            asked = np.flatnonzero((low < high) & (middle == length))
            found = _shared(written, asked, known, length)
            for k in asked.tolist():
                if k in found:
                    best[k], low[k] = found[k], length
                else:
                    high[k] = length - 1
    return best


def _shared(written, asked, known, length):
    """Return, for each text asked for, its first run of this length that is known, if any."""
    begins = [np.arange(written.lengths[k] - length + 1) + written.starts[k] for k in asked]
    owners = np.repeat(asked, [len(b) for b in begins])
    begins = np.concatenate(begins)
    hashes, places = known.sorted_hashes(length)
    own = written.hashes(begins, length)
    at = np.searchsorted(hashes, own).clip(max=len(hashes) - 1)
    found = {}
    for i in np.flatnonzero(hashes[at] == own):
        owner, begin, place = int(owners[i]), int(begins[i]), int(places[at[i]])
        if owner not in found:
            run = written.text[begin : begin + length]
            shared = run == known.text[place : place + length] or run in known.text
            if shared and known.border not in run:  # neither by chance, nor across two texts
                found[owner] = run
    return found


class _Runs:
    """Texts in a row, and the hashes of all their runs of one length.

    The hash of a run is a polynomial of its letters modulo 2⁶⁴ (R. Karp and M. Rabin, "Efficient
    randomized pattern-matching algorithms", IBM Journal of Research and Development 31, 1987).
    """

    base = 0x9E3779B97F4A7C15  # odd, so that it has an inverse

    def __init__(self, texts):
        texts = list(texts)
        letters = set().union(*texts)
        self.border = next(c for c in map(chr, range(sys.maxunicode, 0, -1)) if c not in letters)
        self.text = self.border.join(texts)
        self.lengths = np.array([len(text) for text in texts])
        self.starts = np.cumsum(self.lengths + 1) - self.lengths - 1
        codes = np.frombuffer(self.text.encode("utf-32-le", "surrogatepass"), np.uint32)
        mixed = (codes.astype(np.uint64) + np.uint64(1)) * np.uint64(0xBF58476D1CE4E5B9)
        self.sums = np.zeros(len(codes) + 1, np.uint64)
        np.cumsum(mixed * _powers(self.base, len(codes)), out=self.sums[1:])
        self.inverse = _powers(pow(self.base, -1, 2**64), len(codes))
        self.kept = {}

    def hashes(self, begins, length):
        """Return the hashes of the runs of a length that begin at these places."""
        return (self.sums[begins + length] - self.sums[begins]) * self.inverse[begins]

    def sorted_hashes(self, length):
        """Return the hashes of all runs of a length, sorted, and where each begins."""
        if length in self.kept:
            return self.kept[length]
        hashes = self.hashes(np.arange(len(self.text) - length + 1), length)
        places = np.argsort(hashes, kind="stable")
        found = hashes[places], places
        if length < KEPT:
            self.kept[length] = found
        return found


def _powers(base, n):
    powers = np.full(n, base, np.uint64)
    powers[:1] = 1
    return np.cumprod(powers, out=powers)
