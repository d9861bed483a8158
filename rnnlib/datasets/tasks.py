"""Tasks that need memory, and whose best possible score is known.  Chapters 7 and 15."""

import numpy as np

from ..errors import at_least_one, require, require_generator
from ..text.batches import Batch, Batches
from ..text.vocabulary import END

REBER = {
    "start": {"T": "loop S", "P": "loop T"},
    "loop S": {"S": "loop S", "X": "cross"},
    "loop T": {"T": "loop T", "V": "fork"},
    "cross": {"X": "loop T", "S": "last"},
    "fork": {"P": "cross", "V": "last"},
    "last": {"E": None},
}
"""Reber's grammar: from each state, the letters that may come and the states they lead to."""


def recall_batches(lag, batch_size, count, rng, num_symbols=4):
    """Make the task to say, at the end of a row of random symbols, which came first.

    Parameters
    ----------
    lag : int
        Steps between the symbol and the answer.
    batch_size : int
        B
    count : int
        Batches in an epoch; each epoch draws new ones.
    rng : numpy.random.Generator
    num_symbols : int
        All equally likely, so that an answer without memory is right once in `num_symbols`.

    Returns
    -------
    Batches
        Inputs, targets and mask `(lag + 1, B)`; the mask is 1 at the last step only.
    """
    at_least_one(lag=lag, batch_size=batch_size, count=count, num_symbols=num_symbols)
    require_generator(rng)

    def walk():
        for _ in range(count):
            ids = rng.integers(num_symbols, size=(lag + 1, batch_size))
            mask = np.zeros(ids.shape, np.float32)
            mask[-1] = 1
            yield Batch(ids, np.broadcast_to(ids[0], ids.shape), mask)

    return Batches(walk, count, rng=rng)


def adding(length, count, rng):
    """Draw rows of the adding problem: numbers, two of which are marked and are to be added.

    Parameters
    ----------
    length : int
        T, at least 2; one number is marked in each half.
    count : int
        B
    rng : numpy.random.Generator

    Returns
    -------
    xs : ndarray (T, B, 2)
        A number from U(0, 1), and 1 where it is marked, 0 elsewhere.
    sums : ndarray (B,)
        Of the two marked numbers.  Whoever always answers 1 has a mean squared error of 1/6.

    References
    ----------
    S. Hochreiter and J. Schmidhuber, "Long short-term memory", Neural Computation 9 (1997),
    section 5.4; in the form of M. Arjovsky, A. Shah and Y. Bengio, "Unitary evolution recurrent
    neural networks", ICML 2016.
    """
    at_least_one(count=count)
    require(length >= 2, f"length must be at least 2, for a number in each half, got {length}.")
    require_generator(rng)
    xs = np.zeros((length, count, 2), np.float32)
    xs[..., 0] = rng.random((length, count))
    half, rows = length // 2, np.arange(count)
    for low, high in ((0, half), (half, length)):
        xs[rng.integers(low, high, count), rows, 1] = 1
    return xs, (xs[..., 0] * xs[..., 1]).sum(axis=0)


def reber(count, rng):
    """Draw strings of the embedded Reber grammar.

    A string is B, then T or P, then a string of Reber's grammar in B … E, then *the same* T or P,
    then E.  The last letter but one cannot be known without remembering the second.

    Parameters
    ----------
    count : int
    rng : numpy.random.Generator

    Returns
    -------
    list of str

    References
    ----------
    A. Reber, "Implicit learning of artificial grammars", Journal of Verbal Learning and Verbal
    Behavior 6 (1967); S. Hochreiter and J. Schmidhuber, "Long short-term memory", Neural
    Computation 9 (1997), section 5.1.
    """
    at_least_one(count=count)
    require_generator(rng)
    strings = []
    for _ in range(count):
        branch, inner, state = "TP"[rng.integers(2)], "", "start"
        while state is not None:
            choices = sorted(REBER[state])
            letter = choices[rng.integers(len(choices))]
            inner, state = inner + letter, REBER[state][letter]
        strings.append(f"B{branch}B{inner}{branch}E")
    return strings


def reber_surprise(string):
    """Return the exact surprise of one string, in nats: one coin is tossed at each fork."""
    surprise, state = np.log(2), "start"
    inner = string[3:-2]
    well = string[:3] + string[-2:] in ("BTBTE", "BPBPE")
    for letter in inner:
        well = well and state is not None and letter in REBER[state]
        require(well, f"{string!r} is not of the embedded Reber grammar.")
        surprise += np.log(len(REBER[state]))
        state = REBER[state][letter]
    require(well and state is None, f"{string!r} is not of the embedded Reber grammar.")
    return float(surprise)


def reber_entropy():
    """Return the exact entropy of the embedded Reber grammar, in nats per symbol.

    No model can predict its strings, end marks included, with less on average.  The expected
    number of visits v to each state solves v = start + v P, with P the probabilities of the moves.
    """
    states = list(REBER)
    moves = np.zeros((len(states), len(states)))
    for i, state in enumerate(states):
        for after in REBER[state].values():
            if after is not None:
                moves[i, states.index(after)] += 1 / len(REBER[state])
    start = np.eye(len(states))[states.index("start")]
    visits = np.linalg.solve(np.eye(len(states)) - moves.T, start)
    surprise = np.log(2) + visits @ [np.log(len(REBER[state])) for state in states]
    return float(surprise / (visits.sum() + len("BTB" + "TE" + END)))
