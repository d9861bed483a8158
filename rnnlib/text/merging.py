"""Byte-pair merging in time that grows with the text: neighbours in linked lists, best pair first.

Both functions keep symbols in a row of places: a merge writes the longer symbol into its left
place and unlinks the right one, so each merge takes a few steps wherever it happens.  Chapter 17.
"""

import heapq
from bisect import bisect_right
from collections import Counter, defaultdict


def learn_pairs(pieces, num_merges):
    """Find the merges: of the most frequent pair of neighbours, again and again.

    Parameters
    ----------
    pieces : dict of tuple of str to int
        Rows of symbols, and how often each occurs; merges never cross a row's end.
    num_merges : int
        The most pairs to return; one that occurs once is not worth a symbol.

    Returns
    -------
    list of (str, str)
        In the order of merging; among equally frequent pairs, the alphabetically first.
    """
    frequency, places, heap = Counter(), defaultdict(list), []
    weight = [n for piece, n in pieces.items() for _ in piece]
    row = _Row(pieces)

    def count(left, right, at, n):
        pair = left, right
        frequency[pair] += n
        if n > 0:
            places[pair].append(at)
        changed.add(pair)

    def queue_changed():
        for pair in changed:
            if frequency[pair] > 1:
                heapq.heappush(heap, (-frequency[pair], pair))
        changed.clear()

    changed = set()
    for at, after in enumerate(row.after):
        if after is not None:
            count(row.symbols[at], row.symbols[after], at, weight[at])
    queue_changed()
    pairs = []
    while heap and len(pairs) < num_merges:
        n, pair = heapq.heappop(heap)
        if frequency[pair] != -n:  # it has changed since, and was queued again
            continue
        pairs.append(pair)
        for at in sorted(set(places.pop(pair))):  # from left to right: "aaa" becomes "aa", "a"
            if row.pair(at) != pair:
                continue
            for start, sign in ((row.before[at], -1), (at, -1), (row.after[at], -1)):
                if start is not None and row.after[start] is not None:
                    count(*row.pair(start), start, sign * weight[at])
            row.merge(at)
            for start in (row.before[at], at):
                if start is not None and row.after[start] is not None:
                    count(*row.pair(start), start, weight[at])
        queue_changed()
    return pairs


def apply_pairs(symbols, ranks):
    """Merge pairs in the order of their ranks, each from left to right.

    Parameters
    ----------
    symbols : sequence of str
    ranks : dict of (str, str) to list of int
        The places of each pair in the order of merging, in increasing order.

    Returns
    -------
    list of str
    """
    row, heap = _Row([symbols]), []

    def queue(at, done):
        """Queue the next rank after `done` at which the pair that starts here is merged."""
        if at is None or row.after[at] is None:
            return
        times = ranks.get(row.pair(at), ())
        k = bisect_right(times, done)
        if k < len(times):
            heapq.heappush(heap, (times[k], at, row.pair(at)))

    for at in range(len(symbols)):
        queue(at, -1)
    while heap:
        rank, at, pair = heapq.heappop(heap)
        if row.pair(at) == pair:
            row.merge(at)
            queue(row.before[at], rank)
            queue(at, rank)
    return [symbol for symbol in row.symbols if symbol is not None]


class _Row:
    """Symbols in places, each linked to its neighbours of the same piece."""

    def __init__(self, pieces):
        self.symbols = [symbol for piece in pieces for symbol in piece]
        self.before = list(range(-1, len(self.symbols) - 1))
        self.after = list(range(1, len(self.symbols) + 1))
        end = 0
        for piece in pieces:
            if piece:
                self.before[end] = None
                end += len(piece)
                self.after[end - 1] = None

    def pair(self, at):
        """Return the pair of neighbours that starts here, or None."""
        after = self.after[at]
        return None if after is None else (self.symbols[at], self.symbols[after])

    def merge(self, at):
        """Write a symbol and its right neighbour into one place."""
        gone = self.after[at]
        after = self.after[gone]
        self.symbols[at] += self.symbols[gone]
        self.symbols[gone] = self.before[gone] = self.after[gone] = None
        self.after[at] = after
        if after is not None:
            self.before[after] = at
