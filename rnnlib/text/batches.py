"""From texts to training, validation and test sets, and to minibatches."""

import numpy as np

from ..errors import at_least_one
from .vocabulary import END


def split(items, fractions=(0.8, 0.1, 0.1), seed=0):
    """Shuffle and cut a list into parts that share no item.

    Duplicates are dropped before the cut: an item that stands in two parts would let a model
    score by remembering.  Chapter 2 measures how much.

    Parameters
    ----------
    items : sequence of hashable
    fractions : tuple of float
        Shares of the parts; they sum to 1.
    seed : int
        The same seed gives the same parts on every machine.

    Returns
    -------
    list of list
        One list per fraction.

    Raises
    ------
    ValueError
        Fractions that do not sum to 1, or a part that would be empty.
    """
    if any(f <= 0 for f in fractions) or abs(sum(fractions) - 1) > 1e-9:
        raise ValueError(
            f"fractions must be positive and sum to 1, got {fractions} (sum {sum(fractions):g})."
        )
    distinct = list(dict.fromkeys(items))
    order = np.random.default_rng(seed).permutation(len(distinct))
    cuts = np.round(np.cumsum(fractions[:-1]) * len(distinct)).astype(int)
    parts = [[distinct[i] for i in part] for part in np.split(order, cuts)]
    if not all(parts):
        raise ValueError(
            f"{len(distinct)} distinct items are too few for {len(fractions)} parts {fractions}."
        )
    return parts


class Batches:
    """Minibatches that can be walked through once per epoch.

    Iterating yields `(ids, targets, mask)`, or `(ids, targets)` where nothing is padded; each
    array is time-major, `(T, B)`.  A fourth, `labels (B,)`, holds classes that a model is told.

    Attributes
    ----------
    carries_state : bool
        Whether row b of a batch continues row b of the batch before, so that the model's state
        should be handed on.
    rng : numpy.random.Generator or None
        What shuffles the rows at the start of each epoch.
    """

    def __init__(self, walk, length, *, carries_state=False, rng=None):
        self._walk, self._length = walk, length
        self.carries_state, self.rng = carries_state, rng

    def __iter__(self):
        return self._walk()

    def __len__(self):
        return self._length


def padded_batches(vocab, sequences, batch_size, rng=None, labels=None):
    r"""Put names of different lengths side by side.  Chapter 3.

    A name x₁…xₙ becomes the inputs "\n" x₁…xₙ and the targets x₁…xₙ "\n": the network reads the
    start mark and must say the first letter, and so on until it must say the end mark.  Shorter
    names are filled with "\n", and the mask is 0 there.

    Parameters
    ----------
    vocab : Vocabulary
        Holds "\n" and every symbol of the sequences.
    sequences : sequence of str
    batch_size : int
        B; the last batch of an epoch may be smaller.
    rng : numpy.random.Generator, optional
        Shuffles at the start of each epoch.  Without it the order is kept.

    labels : sequence of int, optional
        One class for each name, for a `LanguageModel` with `num_classes`.

    Returns
    -------
    Batches
        Yields `(ids, targets, mask)`, each `(T, B)` with T the longest name of the batch plus one;
        with labels `(ids, targets, mask, labels)`, the last `(B,)`.

    Raises
    ------
    ValueError
        No sequences, a batch size below 1, labels that are more or fewer than the sequences, or a
        symbol outside the vocabulary.
    """
    if isinstance(sequences, str):
        raise TypeError("sequences must be a list of strings, got one string: use stream_batches.")
    if not len(sequences):
        raise ValueError("There are no sequences to make batches of.")
    at_least_one(batch_size=batch_size)
    if END not in vocab:
        raise ValueError(
            r'The vocabulary has no end mark "\n". Build it from the list of names, '
            "Vocabulary.from_text(names), and not from one joined text."
        )
    _check_one_label_each(sequences, labels)
    end = vocab.encode(END)
    encoded = [np.concatenate([end, vocab.encode(s), end]) for s in sequences]
    labels = None if labels is None else np.asarray(labels)

    def batch(rows):
        padded, mask = _pad([encoded[i] for i in rows], end[0])
        asked = padded[:-1], padded[1:], mask[1:]
        return asked if labels is None else (*asked, labels[rows])

    return _shuffled(batch, len(encoded), batch_size, rng)


def labelled_batches(vocab, sequences, labels, batch_size, rng=None):
    """Put sequences to be classified or tagged side by side.

    Parameters
    ----------
    vocab : Vocabulary
    sequences : sequence of str
    labels : sequence of int, or of sequences of int
        One class for each sequence, or one for each symbol of each sequence.
    batch_size, rng
        As in `padded_batches`.

    Returns
    -------
    Batches
        Yields `(ids, labels, mask)`: ids and mask `(T, B)` with T the longest sequence of the
        batch, labels `(B,)` or, one for each symbol, `(T, B)`; 0 fills what is too short.

    Raises
    ------
    ValueError
        No sequences, an empty one, labels that are more or fewer, a batch size below 1, or a
        symbol outside the vocabulary.
    """
    if not len(sequences) or not all(map(len, sequences)):
        raise ValueError("There must be sequences, and none may be empty.")
    at_least_one(batch_size=batch_size)
    _check_one_label_each(sequences, labels)
    encoded = [vocab.encode(s) for s in sequences]
    tagged = np.ndim(labels[0]) == 1
    if tagged:
        for sequence, tags in zip(sequences, labels, strict=True):
            _check_one_label_each(sequence, tags)
    labels = list(map(np.asarray, labels))

    def batch(rows):
        ids, mask = _pad([encoded[i] for i in rows], 0)
        chosen = [labels[i] for i in rows]
        return ids, _pad(chosen, 0)[0] if tagged else np.array(chosen), mask

    return _shuffled(batch, len(encoded), batch_size, rng)


def stream_batches(ids, batch_size, seq_len):
    """Cut one long text into rows that continue from batch to batch.  Chapter 3.

    The text is laid out as B contiguous rows; batch k holds the k-th window of T symbols of each
    row.  So the state after one batch is the right initial state for the next, and every symbol
    that is the input of a target is read exactly once.

    Parameters
    ----------
    ids : ndarray (N,) of int
    batch_size : int
        B, the number of rows.
    seq_len : int
        T, the length of a window; the last window of a row may be shorter.

    Returns
    -------
    Batches
        Yields `(ids, targets)`, each `(T, B)`; `carries_state` is true.

    Raises
    ------
    ValueError
        The text is shorter than one window per row.
    """
    at_least_one(batch_size=batch_size, seq_len=seq_len)
    ids = np.asarray(ids)
    if ids.ndim != 1:
        raise ValueError(f"ids must have one dimension, got shape {ids.shape}.")
    row = (len(ids) - 1) // batch_size
    if row < seq_len:
        raise ValueError(
            f"A text of {len(ids):,} symbols is too short for {batch_size} rows of windows of "
            f"{seq_len}: {batch_size * seq_len + 1:,} are needed. "
            "Use a smaller batch_size or seq_len, or more text."
        )
    inputs = ids[: row * batch_size].reshape(batch_size, row).T
    targets = ids[1 : row * batch_size + 1].reshape(batch_size, row).T

    def walk():
        for t in range(0, row, seq_len):
            yield inputs[t : t + seq_len], targets[t : t + seq_len]

    return Batches(walk, -(-row // seq_len), carries_state=True)


def arguments(batch, state):
    """Return ids, targets, what else the model is given by name, and how many targets count.

    A classifier has one target for a whole sequence: its mask tells where the sequence ends, and
    every target counts.
    """
    ids, targets, *rest = batch
    given = dict(zip(("mask", "labels"), rest, strict=False))
    if state is not None:
        given["state"] = state
    mask = given.get("mask")
    masked = mask is not None and mask.shape == targets.shape
    return ids, targets, given, int(mask.sum()) if masked else targets.size


def _shuffled(batch, count, batch_size, rng):
    """Return the Batches of `batch(rows)`, in a new order each epoch."""

    def walk():
        order = np.arange(count) if rng is None else rng.permutation(count)
        for start in range(0, count, batch_size):
            yield batch(order[start : start + batch_size])

    return Batches(walk, -(-count // batch_size), rng=rng)


def _pad(rows, fill):
    """Return rows of different lengths as the columns of (T, B), and the mask of what is theirs."""
    lengths = np.array([len(row) for row in rows])
    padded = np.full((lengths.max(), len(rows)), fill)
    mask = np.zeros(padded.shape, dtype=np.float32)
    for b, row in enumerate(rows):
        padded[: len(row), b] = row
        mask[: len(row), b] = 1
    return padded, mask


def _check_one_label_each(things, labels):
    if labels is not None and len(labels) != len(things):
        raise ValueError(f"There are {len(labels)} labels for {len(things)}: {things!r:.40}.")
