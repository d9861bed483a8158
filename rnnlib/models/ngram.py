"""Counting: the baseline that every network of the book has to beat."""

from collections import Counter, defaultdict
from numbers import Integral, Real
from operator import itemgetter

import numpy as np

from ..errors import require, require_generator, require_type
from ..text.list_checks import text_list
from ..text.splitters import UNKNOWN
from ..text.vocabulary import END, Vocabulary
from .ngram_symbols import END_OF, context_of, symbols_of

LONGEST = 100
"""The highest order."""


class NGram:
    r"""A smoothed n-gram model of sequences of symbols.  Chapter 2.

    The probability of a symbol w after a context h is the Witten–Bell mixture

    .. math:: P(w \mid h) = \frac{c(hw) + n(h)\, P(w \mid h')}{c(h) + n(h)}

    where c counts, n(h) is the number of *different* symbols seen after h, and h' is h without
    its oldest symbol.  The recursion ends in the uniform distribution, which is order 0.

    Parameters
    ----------
    order : int
        Symbols in a gram: order 4 looks back at 3 symbols.
    vocab : Vocabulary, optional
        The possible symbols, if some of them occur in none of the sequences counted, or if they
        are not characters but words, merged pairs or chords.  By default, the characters that are
        counted.

    References
    ----------
    I. Witten and T. Bell, "The zero-frequency problem", IEEE Trans. Inf. Theory 37 (1991).
    S. Chen and J. Goodman, "An empirical study of smoothing techniques for language modeling",
    Computer Speech & Language 13 (1999), for the recursion over contexts.
    """

    def __init__(self, order=4, vocab=None):
        _check_arguments(order, vocab)
        self.order = order
        self.given, self.vocab = vocab, None
        self.counts = defaultdict(Counter)  # context -> how often each symbol followed it

    def _mixed(self, p, c, total, kinds):
        """Mix the counts c after a context with the probabilities p after the shorter one."""
        return (c + kinds * p) / (total + kinds)

    def _smoothed(self, context, p, counts_of):
        """Mix the counts after all endings of a context with p, the shortest ending first.

        `counts_of` takes out of a Counter the count of one symbol, or the counts (V,) of all.
        """
        for start in range(len(context), -1, -1):
            followers = self.counts.get(context[start:])
            if not followers:  # no longer context was counted either
                break
            p = self._mixed(p, counts_of(followers), *self._totals[context[start:]])
        return p

    def _count(self, context, symbol):
        """Count a symbol after a context and all its shorter endings."""
        for start in range(len(context) + 1):
            self.counts[context[start:]][symbol] += 1

    def fit(self, sequences):
        """Count the grams of all sequences, start and end marks included.

        Parameters
        ----------
        sequences : iterable of str
            Names; or one running text, as a list of one.  With a vocabulary given, each may also
            be a list of its symbols.

        Returns
        -------
        NGram
            The model itself.

        Raises
        ------
        ValueError
            There are no sequences, one still ends in a line break, or a symbol is not in the
            vocabulary given.
        TypeError
            A single string, or something other than strings.
        """
        sequences = text_list(sequences, "sequences", or_symbols=self.given is not None)
        require(sequences, "There are no sequences to count.")
        vocab = self.given or Vocabulary.from_text(sequences)
        require(END in vocab, f"The vocabulary has no end mark {END!r}; a counter needs one.")
        sequences = [symbols_of(sequence, vocab) for sequence in sequences]
        self.vocab = vocab
        self.counts.clear()
        for context, symbol in self._events(sequences if self.order else []):
            self._count(context, symbol)
        self._totals = {h: (c.total(), len(c)) for h, c in self.counts.items()}
        return self

    def probabilities(self, context):
        """Return the distribution of the next symbol.

        Parameters
        ----------
        context : str, or sequence of symbols
            Everything before it; only the last `order - 1` symbols count.

        Returns
        -------
        ndarray (V,)
        """
        self._require_fitted()
        context = self._marked(context_of(context, self.vocab))
        uniform = np.full(len(self.vocab), 1 / len(self.vocab))
        return self._smoothed(context[len(context) - self._width :], uniform, self._all_counts)

    def symbol_probabilities(self, sequences):
        """Return the probability of each symbol and end mark, where it occurs.

        Parameters
        ----------
        sequences : iterable of str
            As in `fit`.

        Returns
        -------
        list of ndarray (T + 1,)
            One array per sequence of T symbols; its last entry is the end mark's.

        Raises
        ------
        ValueError, TypeError
            As in `fit`.
        """
        self._require_fitted()
        sequences = text_list(sequences, "sequences", or_symbols=self.given is not None)
        require(sequences, "There are no sequences to score.")
        sequences = [symbols_of(sequence, self.vocab) for sequence in sequences]
        return [
            np.array(
                [
                    self._smoothed(context, 1 / len(self.vocab), itemgetter(symbol))
                    for context, symbol in self._events([sequence])
                ]
            )
            for sequence in sequences
        ]

    def nats_per_symbol(self, sequences):
        """Return the mean of -ln P over all symbols and end marks of the sequences.

        Raises
        ------
        ValueError, TypeError
            As in `fit`.
        """
        p = np.concatenate(self.symbol_probabilities(sequences))
        return float(-np.log(p).mean())

    def sample(self, rng, max_length=50):
        """Draw one sequence, symbol by symbol, until its end mark; "<unk>" is not drawn.

        Parameters
        ----------
        rng : numpy.random.Generator
        max_length : int
            Where to stop if no end mark is drawn.
        """
        self._require_fitted()
        require_generator(rng)
        _check_length(max_length)
        symbols = []
        while len(symbols) < max_length:
            p = self.probabilities(symbols[-self.order :])
            if UNKNOWN in self.vocab:
                p[self.vocab.encode([UNKNOWN])] = 0  # it is not a word
                p /= p.sum()
            symbol = self.vocab.symbols[rng.choice(len(p), p=p)]
            if symbol == END:
                break
            symbols.append(symbol)
        return self.vocab.splitter.join(symbols)

    def _all_counts(self, followers):
        """Return the counts (V,) of all symbols."""
        counts = np.zeros(len(self.vocab))
        counts[self.vocab.encode([*followers])] = [*followers.values()]
        return counts

    def _events(self, sequences):
        """Yield (context, symbol) for each symbol and end mark; contexts have one length."""
        width = self._width
        for sequence in sequences:
            marked = self._marked(sequence) + END_OF[type(sequence)]
            for i in range(width, len(marked)):
                yield marked[i - width : i], marked[i]

    def _marked(self, sequence):
        """Put the start marks before a sequence that the first contexts need."""
        return END_OF[type(sequence)] * self._width + sequence

    @property
    def _width(self):
        return max(self.order - 1, 0)

    def _require_fitted(self):
        name = type(self).__name__
        fitted = self.vocab is not None
        require(fitted, f"This {name} has counted nothing yet: call fit(sequences) first.")


class KneserNey(NGram):
    r"""The same counts, smoothed as well as we know how: interpolated Kneser–Ney.  Chapter 2.

    .. math:: P(w \mid h) = \frac{\max(c(hw) - d, 0) + d\, n(h)\, P(w \mid h')}{c(h)}

    The longest contexts count how often a symbol followed them; a shorter one counts in how many
    *different* contexts one symbol longer it did, since it is needed only where those fail.

    Parameters
    ----------
    order : int
        As in `NGram`.
    discount : float
        The d taken from every count, in (0, 1]; near 1, what was seen once hardly counts.
    vocab : Vocabulary, optional
        As in `NGram`.

    Raises
    ------
    ValueError
        A negative order, or a discount out of range.

    References
    ----------
    R. Kneser and H. Ney, "Improved backing-off for m-gram language modeling", ICASSP 1995.
    S. Chen and J. Goodman, "An empirical study of smoothing techniques for language modeling",
    Computer Speech & Language 13 (1999), for the form that interpolates.
    """

    def __init__(self, order=6, discount=0.95, vocab=None):
        super().__init__(order, vocab)
        real = isinstance(discount, Real) and not isinstance(discount, bool)
        require_type(real, f"discount must be a number, got {discount!r:.60}.")
        require(0 < discount <= 1, f"discount must be in (0, 1], got {discount}.")
        self.discount = float(discount)

    def _count(self, context, symbol):
        for start in range(len(context) + 1):
            followers = self.counts[context[start:]]
            followers[symbol] += 1
            if followers[symbol] > 1:  # the shorter context has met this one before
                break

    def _mixed(self, p, c, total, kinds):
        d = self.discount
        return ((c > 0) * (c - d) + d * kinds * p) / total  # every count is 0 or at least 1


def _check_arguments(order, vocab):
    whole = isinstance(order, Integral) and not isinstance(order, bool)
    require_type(whole, f"order must be a whole number, got {order!r:.60}.")
    require(order >= 0, f"order must be 0 (uniform) or more, got {order}.")
    require(
        order <= LONGEST,
        f"order must be at most {LONGEST}, got {order:,}: no context of so many symbols is met "
        "twice, and counting them takes memory that grows with the square of the order.",
    )
    own = vocab is None or isinstance(vocab, Vocabulary)
    require_type(own, f"vocab must be a Vocabulary, got {vocab!r:.60}.")


def _check_length(length):
    whole = isinstance(length, Integral) and not isinstance(length, bool)
    require_type(whole, f"max_length must be a whole number, got {length!r:.60}.")
    require(length >= 0, f"max_length must be 0 or more, got {length}.")
