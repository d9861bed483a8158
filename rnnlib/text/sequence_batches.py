"""Minibatches of names, and of sequences to classify or tag."""

import numpy as np

from ..errors import at_least_one, require, require_type
from .batches import Batch, shuffled
from .list_checks import classes, listed, no_end_marks, one_label_each, shuffler
from .padding import pad_rows, valid_mask
from .vocabulary import END, Vocabulary


def padded_batches(vocab, sequences, batch_size, rng=None, labels=None):
    r"""Put names of different lengths side by side.  Chapter 3.

    A name x₁…xₙ becomes the inputs "\n" x₁…xₙ and the targets x₁…xₙ "\n": the network reads the
    start mark and must predict the first letter, and so on until it must predict the end mark.
    Shorter names are filled with "\n", and the mask is 0 there.

    Parameters
    ----------
    vocab : Vocabulary
        Contains "\n" and every symbol of the sequences.
    sequences : list of str, or of lists of symbols
        Without end marks.
    batch_size : int
        B; the last batch of an epoch may be smaller.
    rng : numpy.random.Generator, optional
        Shuffles at the start of each epoch.  Without it the order is kept.
    labels : sequence of int, optional
        One class for each name, for a `LanguageModel` with `num_classes`.

    Returns
    -------
    Batches
        Inputs, targets and mask `(T, B)` with T the longest name of the batch plus one; labels
        `(B,)`.

    Raises
    ------
    TypeError, ValueError
        Arguments of the wrong kind, no sequences, more or fewer labels than sequences, a symbol
        outside the vocabulary, or a sequence that contains the end mark.
    """
    sequences, encoded = _encoded(vocab, sequences, batch_size, rng)
    require(
        END in vocab,
        r'The vocabulary has no end mark "\n". Build it from the list of names, '
        "Vocabulary.from_text(names), and not from one joined text.",
    )
    end = vocab.encode([END])
    no_end_marks("sequences", sequences, encoded, end[0])
    labels = None if labels is None else classes(labels, encoded, sequences)
    encoded = [np.concatenate([end, ids, end]) for ids in encoded]

    def batch(rows):
        padded, lengths = pad_rows([encoded[i] for i in rows], end[0])
        mask = _floats(lengths - 1, len(padded) - 1)
        return Batch(padded[:-1], padded[1:], mask, None if labels is None else labels[rows])

    return shuffled(batch, len(encoded), batch_size, rng)


def labelled_batches(vocab, sequences, labels, batch_size, rng=None):
    """Put sequences to classify or tag side by side.  Chapter 18.

    Parameters
    ----------
    vocab : Vocabulary
    sequences : list of str, or of lists of symbols
    labels : sequence of int, or of sequences of int
        One class for each sequence, or one for each symbol of each sequence.
    batch_size, rng
        As in `padded_batches`.

    Returns
    -------
    Batches
        Inputs and mask `(T, B)` with T the longest sequence of the batch; the labels are the
        targets, `(B,)` or, one for each symbol, `(T, B)`.  Short rows are filled with 0.

    Raises
    ------
    TypeError, ValueError
        As `padded_batches`; an empty sequence.
    """
    sequences, encoded = _encoded(vocab, sequences, batch_size, rng)
    require(all(map(len, encoded)), "There must be sequences, and none may be empty.")
    labels = listed("labels", labels, "numbers")
    tagged = bool(labels) and np.ndim(labels[0]) == 1
    if tagged:
        one_label_each(labels, encoded, sequences)
        labels = [classes(*each) for each in zip(labels, encoded, sequences, strict=True)]
    else:
        labels = classes(labels, encoded, sequences)

    def batch(rows):
        ids, lengths = pad_rows([encoded[i] for i in rows], 0)
        targets = pad_rows([labels[i] for i in rows], 0)[0] if tagged else labels[rows]
        return Batch(ids, targets, _floats(lengths, len(ids)))

    return shuffled(batch, len(encoded), batch_size, rng)


def _floats(lengths, longest):
    return valid_mask(lengths, longest).astype(np.float32)


def _encoded(vocab, sequences, batch_size, rng):
    """Check the arguments; return the sequences and the ids of each."""
    require_type(
        isinstance(vocab, Vocabulary),
        f"vocab must be a Vocabulary, got {type(vocab).__name__}: it comes first, then the "
        "sequences, then batch_size.",
    )
    sequences = listed("sequences", sequences)
    require(len(sequences), "There are no sequences to make batches of.")
    at_least_one(batch_size=batch_size)
    shuffler(rng)
    return sequences, [vocab.encode(sequence) for sequence in sequences]
