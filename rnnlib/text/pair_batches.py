"""Minibatches of pairs: a source to read and a target to write."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..errors import at_least_one, require, require_type
from .batches import Batch, Batches
from .list_checks import listed, no_end_marks, shuffler
from .padding import pad_rows, valid_mask
from .vocabulary import END, Vocabulary


class PairInputs(NamedTuple):
    """The inputs of a `Seq2Seq`: the source, and the target so far."""

    source: np.ndarray  # (S, B) of int, short rows filled up at the end
    lengths: np.ndarray  # (B,) of int, the number of symbols of each source
    target: np.ndarray  # (T, B) of int, each row starts with the start mark


def pair_batches(source_vocab, target_vocab, pairs, batch_size, rng=None):
    r"""Put pairs of sequences of different lengths side by side.  Chapter 19.

    A target y₁…yₙ becomes the decoder's inputs "\n" y₁…yₙ and the targets y₁…yₙ "\n", as in
    `padded_batches`.  The source stays as it is.

    Parameters
    ----------
    source_vocab, target_vocab : Vocabulary
        The target's contains "\n".
    pairs : sequence of (source, target)
        Each a string, or a list of symbols such as words, that its vocabulary can encode.
    batch_size : int
        B; the last batch of an epoch may be smaller.
    rng : numpy.random.Generator, optional
        Shuffles at the start of each epoch, so that a batch has pairs of similar length: less
        padding, and a third less time.  Without it the order is kept.

    Returns
    -------
    Batches
        Inputs are `PairInputs`; targets and mask are `(T, B)`.

    Raises
    ------
    TypeError, ValueError
        Arguments of the wrong kind, no pairs, an empty source, a target that contains the end
        mark, or a symbol outside its vocabulary.
    """
    for name, vocab in (("source_vocab", source_vocab), ("target_vocab", target_vocab)):
        require_type(
            isinstance(vocab, Vocabulary),
            f"{name} must be a Vocabulary, got {type(vocab).__name__}.",
        )
    to_read, to_write = _pairs(pairs)
    at_least_one(batch_size=batch_size)
    shuffler(rng)
    require(
        END in target_vocab,
        r'The target vocabulary has no end mark "\n", which ends a translation.',
    )
    (end,) = target_vocab.encode([END])
    sources = [source_vocab.encode(source) for source in to_read]
    targets = [target_vocab.encode(target) for target in to_write]
    for i, source in enumerate(sources):
        require(len(source), f"The source of pair {i} is empty: there is nothing to read.")
    no_end_marks("targets", to_write, targets, end)
    targets = [np.concatenate([[end], ids, [end]]) for ids in targets]

    def walk():
        for rows in _rows(list(map(len, targets)), batch_size, rng):
            source, lengths = pad_rows([sources[i] for i in rows], 0)
            written, sizes = pad_rows([targets[i] for i in rows], end)
            mask = valid_mask(sizes - 1, len(written) - 1).astype(np.float32)
            yield Batch(PairInputs(source, lengths, written[:-1]), written[1:], mask)

    return Batches(walk, -(-len(sources) // batch_size), rng=rng)


def _rows(sizes, batch_size, rng, pool=20):
    """List the rows of each batch; a shuffled pool of batches is sorted by size and cut."""
    starts = range(0, len(sizes), batch_size)
    if rng is None:
        return [np.arange(len(sizes))[start : start + batch_size] for start in starts]
    order = rng.permutation(len(sizes))
    for start in range(0, len(order), pool * batch_size):
        part = order[start : start + pool * batch_size]
        part[:] = part[np.argsort(np.asarray(sizes)[part], kind="stable")]
    return [order[starts[i] : starts[i] + batch_size] for i in rng.permutation(len(starts))]


def _pairs(pairs):
    """Return the sources and the targets."""
    pairs = listed("pairs", pairs, "pairs (source, target)")
    require(len(pairs), "There are no pairs to make batches of.")
    for i, pair in enumerate(pairs):
        two = isinstance(pair, Sequence) and not isinstance(pair, str) and len(pair) == 2
        require_type(two, f"pairs[{i}] must be (source, target), got {pair!r:.60}.")
    return [source for source, _ in pairs], [target for _, target in pairs]
