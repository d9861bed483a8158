"""Minibatches of pairs: a source to read and a target to write."""

from typing import NamedTuple

import numpy as np

from ..errors import at_least_one
from .batches import Batches
from .vocabulary import END


class PairInputs(NamedTuple):
    """What a `Seq2Seq` reads: the source, and the target as far as it is written."""

    source: np.ndarray  # (S, B) of int, short rows filled up at the end
    lengths: np.ndarray  # (B,) of int, how many symbols of each source count
    target: np.ndarray  # (T, B) of int, each row begins with the start mark


def pair_batches(source_vocab, target_vocab, pairs, batch_size, rng=None):
    r"""Put pairs of sequences of different lengths side by side.  Chapter 18.

    A target y₁…yₙ becomes the decoder's inputs "\n" y₁…yₙ and the targets y₁…yₙ "\n", as in
    `padded_batches`.  The source stays as it is.

    Parameters
    ----------
    source_vocab, target_vocab : Vocabulary
        The target's holds "\n".
    pairs : sequence of (source, target)
        Each a string, or a list of symbols such as words, that its vocabulary can encode.
    batch_size : int
        B; the last batch of an epoch may be smaller.
    rng : numpy.random.Generator, optional
        Shuffles at the start of each epoch, so that pairs of about the same length meet: fewer
        pads, and a third less time.  Without it the order is kept.

    Returns
    -------
    Batches
        Yields `(inputs, targets, mask)`: a `PairInputs` and two arrays (T, B), so that `fit` and
        `evaluate` take them as they take those of `padded_batches`.

    Raises
    ------
    ValueError
        No pairs, an empty source, a batch size below 1, or a symbol outside its vocabulary.
    """
    if not len(pairs):
        raise ValueError("There are no pairs to make batches of.")
    at_least_one(batch_size=batch_size)
    if END not in target_vocab:
        raise ValueError(r'The target vocabulary has no end mark "\n", which ends a translation.')
    (end,) = target_vocab.encode([END])
    sources = [source_vocab.encode(source) for source, _ in pairs]
    targets = [np.concatenate([[end], target_vocab.encode(t), [end]]) for _, t in pairs]
    for i, source in enumerate(sources):
        if not len(source):
            raise ValueError(f"The source of pair {i} is empty: there is nothing to read.")

    def walk():
        for rows in _rows(list(map(len, targets)), batch_size, rng):
            source, lengths = pad_rows([sources[i] for i in rows], 0)
            written, sizes = pad_rows([targets[i] for i in rows], end)
            mask = valid_mask(sizes - 1, len(written) - 1).astype(np.float32)
            yield PairInputs(source, lengths, written[:-1]), written[1:], mask

    return Batches(walk, -(-len(pairs) // batch_size), rng=rng)


def _rows(sizes, batch_size, rng, pool=20):
    """List the rows of each batch; a shuffled pool of batches is sorted by size and cut."""
    starts = range(0, len(sizes), batch_size)
    if rng is None:
        return [np.arange(len(sizes))[start : start + batch_size] for start in starts]
    order = rng.permutation(len(sizes))
    for start in range(0, len(order), pool * batch_size):
        part = order[start : start + pool * batch_size]
        part[:] = part[np.argsort(np.take(sizes, part), kind="stable")]
    return [order[starts[i] : starts[i] + batch_size] for i in rng.permutation(len(starts))]


def pad_rows(rows, fill):
    """Lay sequences of ids side by side.

    Parameters
    ----------
    rows : sequence of ndarray of int
    fill : int
        Stands after the end of the shorter ones.

    Returns
    -------
    ids : ndarray (T, B) of int
    lengths : ndarray (B,) of int

    Raises
    ------
    ValueError
        There are no sequences.
    """
    if not len(rows):
        raise ValueError("There are no sequences to lay side by side.")
    lengths = np.array([len(row) for row in rows])
    ids = np.full((lengths.max(), len(rows)), fill)
    for b, row in enumerate(rows):
        ids[: len(row), b] = row
    return ids, lengths


def valid_mask(lengths, longest):
    """Return (T, B) booleans, true where a row has not ended; T is `longest`."""
    return np.arange(longest)[:, None] < lengths
