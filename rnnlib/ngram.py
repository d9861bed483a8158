"""Counting: the baseline that every network of the book has to beat."""

from collections import Counter, defaultdict

import numpy as np

from .vocabulary import END, Vocabulary


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

    References
    ----------
    I. Witten and T. Bell, "The zero-frequency problem", IEEE Trans. Inf. Theory 37 (1991).
    S. Chen and J. Goodman, "An empirical study of smoothing techniques for language modeling",
    Computer Speech & Language 13 (1999), for the recursion over contexts.
    """

    def __init__(self, order=4):
        if order < 0:
            raise ValueError(f"order must be 0 (uniform) or more, got {order}.")
        self.order = order
        self.vocab = None
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
            There are no sequences.
        TypeError
            A single string was given.
        """
        if isinstance(sequences, str):
            raise TypeError(
                "sequences must be a list of strings, got one string: put it in a list."
            )
        if not sequences:
            raise ValueError("There are no sequences to count.")
        self.vocab = Vocabulary.from_text(sequences)
        self.counts.clear()
        for context, symbol in self._events(sequences):
            for start in range(len(context) + 1):
                self.counts[context[start:]][symbol] += 1
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
        p = np.full(len(self.vocab), 1 / len(self.vocab))
        if self.order == 0:
            return p
        context = (END * self.order + context)[len(context) + 1 :]  # its last order - 1 symbols
        for start in range(len(context), -1, -1):  # from no context to the whole of it
            followers = self.counts.get(context[start:])
            if not followers:
                break
            p *= len(followers)
            p[self.vocab.encode(followers)] += list(followers.values())
            p /= len(followers) + followers.total()
        return p

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
        for sequence in sequences:
            self.vocab.encode(sequence)  # says which symbol is unknown
        known = {}
        losses = []
        for context, symbol in self._events(sequences):
            if context not in known:
                known[context] = -np.log(self.probabilities(context))
            losses.append(known[context][self.vocab.encode(symbol)[0]])
        return float(np.mean(losses))

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
