"""Sequences of symbols to be counted: strings of characters, or tuples of longer symbols.

Both can be cut, joined and looked up in a dict, so counting is written once for both.
"""

from ..errors import require_type
from ..text.splitters import Characters
from ..text.vocabulary import END

END_OF = {str: END, tuple: (END,)}
"""The end mark, as a sequence of symbols of either kind."""


def symbols_of(sequence, vocab):
    """Return the symbols of a sequence, if the vocabulary has all of them.

    A string of characters is a sequence of symbols already, and the fastest; others are tuples.
    """
    try:
        ids = vocab.encode(sequence)
    except ValueError as error:
        raise ValueError(
            f"{error} A counter gives unknown symbols no probability: pass it "
            "vocab=Vocabulary.from_text(all the sequences, those to score too)."
        ) from None
    if isinstance(vocab.splitter, Characters):
        return "".join(sequence)
    return tuple(vocab.symbols[i] for i in ids)


def context_of(context, vocab):
    """Return a context's symbols; those that a vocabulary of words lacks are "<unk>"."""
    symbols = isinstance(context, list | tuple) and all(isinstance(s, str) for s in context)
    require_type(
        isinstance(context, str) or symbols,
        f"A context must be a text or a list of symbols, got {context!r:.60}.",
    )
    if isinstance(vocab.splitter, Characters):
        return "".join(context)
    symbols = vocab.splitter.split(context) if isinstance(context, str) else context
    return tuple(s if s in vocab else vocab.splitter.unknown for s in symbols)
