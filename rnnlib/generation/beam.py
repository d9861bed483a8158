"""Writing what is probable: the best symbol at each step, or the best few beginnings at once."""

from typing import NamedTuple

import numpy as np

from ..errors import at_least_one


class Hypothesis(NamedTuple):
    """One way to write, and how probable it is."""

    ids: tuple  # without the end mark
    log_p: float  # of all its symbols and, if it ended, of its end mark, in nats
    score: float  # log_p divided by the length penalty


def length_penalty(length, alpha):
    r"""Return :math:`((5 + n) / 6)^\alpha`, by which the log-probability of n symbols is divided.

    Every further symbol costs probability, so without it (alpha = 0) the short ones win.

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
        ids = np.where(going, log_p.argmax(axis=1), end)
        going &= ids != end
        written.append(ids)
    return [row[: np.append(row == end, True).argmax()] for row in np.transpose(written)]


def search(step, log_p, state, *, width, length, end=None, alpha=0.0):
    """Find probable sequences of ids, best first.

    At each step the most probable continuations of all open hypotheses are kept, as many as
    places are left; one that ends takes its place with it.  So width 1 is greedy decoding, and a
    width beyond the number of sequences finds the best of all.

    Parameters
    ----------
    step : callable
        `step(ids, state) -> log_p (N, V), state` reads one more symbol in each of N rows.
    log_p : ndarray (1, V)
        Log-probabilities of the first symbol.
    state : nested tuples of ndarray (1, H)
        The model's state before it.
    width : int
        Hypotheses to keep.
    length : int
        The most symbols of a hypothesis, its end mark included.
    end : int, optional
        The id that ends a hypothesis.
    alpha : float
        Exponent of `length_penalty`; the end mark counts as a symbol.

    Returns
    -------
    list of Hypothesis
        At most `width`, by falling score.

    Raises
    ------
    ValueError
        A width or a length below 1.
    """
    at_least_one(width=width, length=length)
    done, beginnings, totals = [], [()], np.zeros(1)
    for n in range(1, length + 1):
        candidates = (totals[:, None] + log_p).ravel()
        best = np.argsort(-candidates, kind="stable")[: width - len(done)]
        rows, symbols = np.divmod(best, log_p.shape[1])
        totals = candidates[best]
        ends = symbols == end if end is not None else np.zeros(len(best), bool)
        penalty = length_penalty(n, alpha)
        done += [
            Hypothesis(beginnings[row], float(total), float(total) / penalty)
            for row, total in zip(rows[ends], totals[ends], strict=True)
        ]
        rows, symbols, totals = rows[~ends], symbols[~ends], totals[~ends]
        beginnings = [(*beginnings[row], int(s)) for row, s in zip(rows, symbols, strict=True)]
        if n == length or not beginnings:
            break
        log_p, state = step(symbols, select_rows(state, rows))
    done += [
        Hypothesis(ids, float(total), float(total) / penalty)
        for ids, total in zip(beginnings, totals, strict=True)
    ]
    return sorted(done, key=lambda hypothesis: -hypothesis.score)


def select_rows(state, rows):
    """Take rows of the batch out of every array of a nested state."""
    if isinstance(state, np.ndarray):
        return state[rows]
    return tuple(select_rows(part, rows) for part in state)
