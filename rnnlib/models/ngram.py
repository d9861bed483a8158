"""Counting: the baseline that every network of the book has to beat."""

from collections import Counter, defaultdict

import numpy as np

from ..errors import require
from ..text.vocabulary import END, Vocabulary


class NGram:
    r"""A smoothed n-gram model of short sequences.  Chapter 2.

    The probability of a symbol w after a context h is the Witten–Bell mixture

    .. math:: P(w \mid h) = \frac{c(hw) + n(h)\, P(w \mid h')}{c(h) + n(h)}

    where c counts, n(h) is the number of *different* symbols seen after h, and h' is h without
    its oldest symbol.  The recursion ends in the uniform distribution, which is order 0.

    Parameters
    ----------
    order : int
        Symbols in a gram: order 4 looks back at 3 symbols.
    vocab : Vocabulary, optional
        The symbols that may come, if some of them are in none of the sequences to be counted.

    References
    ----------
    I. Witten and T. Bell, "The zero-frequency problem", IEEE Trans. Inf. Theory 37 (1991).
    S. Chen and J. Goodman, "An empirical study of smoothing techniques for language modeling",
    Computer Speech & Language 13 (1999), for the recursion over contexts.
    """

    def __init__(self, order=4, vocab=None):
        require(order >= 0, f"order must be 0 (uniform) or more, got {order}.")
        self.order = order
        self.given, self.vocab = vocab, None
        self.counts = defaultdict(Counter)  # context -> how often each symbol followed it

    def fit(self, sequences):
        """Count the grams of all sequences, start and end mark included.

        Returns
        -------
        NGram
            The model itself.

        Raises
        ------
        ValueError
            There are no sequences, or a symbol is not in the vocabulary given.
        TypeError
            A single string was given.
        """
        if isinstance(sequences, str):
            raise TypeError(
                "sequences must be a list of strings, got one string: put it in a list."
            )
        if not sequences:
            raise ValueError("There are no sequences to count.")
        if self.given:
            for sequence in sequences:
                self.given.encode(sequence)  # says which symbol is unknown
        self.vocab = self.given or Vocabulary.from_text(sequences)
        self.counts.clear()
        for context, symbol in self._events(sequences if self.order else []):
            self._count(context, symbol)
        return self

    def probabilities(self, context):
        """Return the distribution of the next symbol.

        Parameters
        ----------
        context : str
            What came before; only the last `order - 1` symbols count.

        Returns
        -------
        ndarray (V,)
        """
        self._require_fitted()
        context = (END * self.order + context)[len(context) + 1 :]  # its last order - 1 symbols
        return self._smoothed(context, {})

    def nats_per_symbol(self, sequences):
        """Return the mean of -ln P over all symbols and end marks of the sequences.

        Raises
        ------
        ValueError
            No sequences, or a symbol that was never counted.
        """
        self._require_fitted()
        if not sequences:
            raise ValueError("There are no sequences to score.")
        ids = np.concatenate([self.vocab.encode(sequence + END) for sequence in sequences])
        known = {}
        contexts = (context for context, _ in self._events(sequences))
        p = [self._smoothed(h, known)[w] for h, w in zip(contexts, ids, strict=True)]
        return float(-np.log(p).mean())

    def sample(self, rng, max_length=50):
        """Draw one sequence, symbol by symbol, until its end mark.

        Parameters
        ----------
        rng : numpy.random.Generator
        max_length : int
            Where to stop if no end mark is drawn.
        """
        self._require_fitted()
        text = ""
        while len(text) < max_length:
            symbol = self.vocab.symbols[rng.choice(len(self.vocab), p=self.probabilities(text))]
            if symbol == END:
                break
            text += symbol
        return text

    def _smoothed(self, context, known):
        """Return the distribution after a context; `known` keeps those of all its endings."""
        if context not in known:
            if context:
                p = self._smoothed(context[1:], known)
            else:
                p = np.full(len(self.vocab), 1 / len(self.vocab))
            followers = self.counts.get(context)
            if followers:
                ids, counts = self.vocab.encode(followers), np.array([*followers.values()])
                p = self._mixed(p, ids, counts)
            known[context] = p
        return known[context]

    def _count(self, context, symbol):
        """Note a symbol after a context and all its shorter endings."""
        for start in range(len(context) + 1):
            self.counts[context[start:]][symbol] += 1

    def _mixed(self, p, ids, counts):
        """Mix the counts of a context with the distribution of the shorter one."""
        n, c = len(counts), counts.sum()
        p = p * n
        p[ids] += counts
        p /= c + n
        return p

    def _events(self, sequences):
        """Yield (context, symbol) for each symbol and end mark; contexts have one length."""
        width = max(self.order - 1, 0)
        for sequence in sequences:
            padded = END * width + sequence + END
            for i in range(width, len(padded)):
                yield padded[i - width : i], padded[i]

    def _require_fitted(self):
        if self.vocab is None:
            raise ValueError("This NGram has counted nothing yet: call fit(sequences) first.")


class KneserNey(NGram):
    r"""The same counts, smoothed as well as we know how: interpolated Kneser–Ney.  Chapter 2.

    .. math:: P(w \mid h) = \frac{\max(c(hw) - d, 0) + d\, n(h)\, P(w \mid h')}{c(h)}

    The longest contexts count how often a symbol followed them, all shorter ones in how many
    *different* contexts that are one symbol longer it did: they are asked only where those fail.

    Parameters
    ----------
    order : int
        As in `NGram`.
    discount : float
        The d taken from every count, in (0, 1]; near 1, what was seen once has hardly a say.
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
        require(0 < discount <= 1, f"discount must be in (0, 1], got {discount}.")
        self.discount = discount

    def _count(self, context, symbol):
        for start in range(len(context) + 1):
            followers = self.counts[context[start:]]
            followers[symbol] += 1
            if followers[symbol] > 1:  # the shorter context has met this one before
                break

    def _mixed(self, p, ids, counts):
        d = self.discount
        p = p * (d * len(counts))
        p[ids] += counts - d  # never negative: every count is at least 1, d at most 1
        p /= counts.sum()
        return p
