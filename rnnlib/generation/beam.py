"""Searching for probable texts: the best symbol at each step, or the best few beginnings.

Chapters 9 and 19.
"""

from numbers import Real
from typing import NamedTuple

import numpy as np

from ..errors import at_least_one, require
from ..nn.nested_state import map_state


class Hypothesis(NamedTuple):
    """A possible text, and how probable it is."""

    ids: tuple  # without the end mark
    log_p: float  # of all its symbols and, if it ended, of its end mark, in nats
    score: float  # log_p divided by the length penalty
    mark: tuple = ()  # the ids of its end mark, if it ended


def length_penalty(length, alpha):
    r"""Return :math:`((5 + n) / 6)^\alpha`, by which the log-probability of n symbols is divided.

    Every further symbol costs probability, so without it (alpha = 0) short texts win.

    References
    ----------
    Y. Wu et al., "Google's neural machine translation system", 2016, equation (14).
    """
    return ((5 + length) / 6) ** alpha


def greedy(step, ids, state, *, length, end):
    """Take the most probable symbol at each step, for all rows of a batch side by side.

    Parameters
    ----------
    step, state, end
        As in `search`.
    ids : ndarray (B,) of int
        The symbols to begin after.
    length : int
        The most symbols to write, end mark included.

    Returns
    -------
    list of ndarray of int
        Without the end marks.
    """
    at_least_one(length=length)
    going, written = np.ones(len(ids), bool), []
    while going.any() and len(written) < length:
        log_p, state = step(ids, state)
        ids = np.where(going, _check(log_p).argmax(axis=1), end)
        going &= ids != end
        written.append(ids)
    return [row[: np.append(row == end, True).argmax()] for row in np.transpose(written)]


def search(step, log_p, state, *, width, length, end=None, alpha=0.0):
    """Find probable sequences of ids, best first.

    At each step the most probable continuations of all open hypotheses are kept, as many as there
    are places left; a hypothesis that ends keeps its place.  So width 1 is greedy decoding, and a
    width beyond the number of sequences finds the best of all.

    Parameters
    ----------
    step : callable
        `step(ids, state) -> log_p (N, V), state` reads one more symbol in each of N rows; -inf
        rules a symbol out.
    log_p : ndarray (1, V)
        Log-probabilities of the first symbol.
    state : nested tuples of ndarray (1, H)
        The model's state before it.
    width : int
        Hypotheses to keep.
    length : int
        The most symbols of a hypothesis, its end mark included.
    end : int or callable, optional
        The id that ends a hypothesis; or `end(ids) -> n`, which returns how many of its last ids
        are the mark that ends it, 0 if it continues.
    alpha : float
        Exponent of `length_penalty`; the end mark counts as a symbol.

    Returns
    -------
    list of Hypothesis
        At most `width`, by decreasing score.

    Raises
    ------
    ValueError
        A width or a length below 1, an alpha that is not a number, or probabilities that are nan.
    """
    at_least_one(width=width, length=length)
    alpha = check_alpha(alpha)
    at_end = end if callable(end) else lambda ids: int(ids[-1] == end)
    done, beginnings, totals = [], [()], np.zeros(1)
    for n in range(1, length + 1):
        candidates = (totals[:, None] + _check(log_p)).ravel()
        best = np.argsort(-candidates, kind="stable")[: width - len(done)]
        best = best[candidates[best] > -np.inf]
        rows, symbols = np.divmod(best, log_p.shape[1])
        totals = candidates[best]
        penalty = length_penalty(n, alpha)
        beginnings = [(*beginnings[row], int(s)) for row, s in zip(rows, symbols, strict=True)]
        marks = np.array([at_end(ids) for ids in beginnings], int)
        ends = (marks > 0) | (n == length)
        for ids, mark, total, over in zip(beginnings, marks, totals, ends, strict=True):
            if over:
                cut, total = len(ids) - mark, float(total)
                done.append(Hypothesis(ids[:cut], total, total / penalty, ids[cut:]))
        beginnings = [ids for ids, over in zip(beginnings, ends, strict=True) if not over]
        if not beginnings:
            break
        rows, symbols, totals = rows[~ends], symbols[~ends], totals[~ends]
        log_p, state = step(symbols, map_state(lambda a, rows=rows: a[rows], state))
    return sorted(done, key=lambda hypothesis: -hypothesis.score)


def check_alpha(alpha):
    """Return the exponent of the length penalty as a float of a size that lengths can have."""
    real = isinstance(alpha, Real) and not isinstance(alpha, bool) and np.isfinite(alpha)
    require(real, f"The length penalty must be a finite number, got {alpha!r:.60}.")
    require(abs(alpha) <= 10, f"The length penalty must be in [-10, 10], got {alpha!r:.60}.")
    return float(alpha)


def _check(log_p):
    """Return log-probabilities, unless one is nan."""
    require(not np.isnan(log_p).any(), "The probabilities are nan: the network has diverged.")
    return log_p
