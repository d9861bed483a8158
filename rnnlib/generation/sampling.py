"""From a distribution to a text.  Chapter 9."""

import numpy as np

from ..errors import at_least_one, require
from ..functional import log_softmax, softmax
from ..text.vocabulary import END
from .beam import search


def next_symbol_distribution(logits, temperature=1.0, top_k=None, top_p=None):
    r"""Turn logits into the probabilities that the next symbol is drawn from.

    Parameters
    ----------
    logits : ndarray (…, V)
        Of one position or of many.
    temperature : float
        Logits are divided by it: below 1 the likely becomes likelier, above 1 all become more
        equal.  At 0 the most probable symbol gets everything.
    top_k : int, optional
        Keep only the k most probable symbols.
    top_p : float, optional
        Keep only the fewest symbols that together hold this share of the probability.

    Returns
    -------
    ndarray (…, V) of float64

    Raises
    ------
    ValueError
        A negative temperature, top_k below 1, top_p outside (0, 1], or logits that are nan.

    References
    ----------
    A. Holtzman et al., "The curious case of neural text degeneration", ICLR 2020 (top_p).
    """
    require(temperature >= 0, f"temperature must be 0 or more, got {temperature}.")
    require(top_k is None or top_k >= 1, f"top_k must be at least 1, got {top_k}.")
    require(top_p is None or 0 < top_p <= 1, f"top_p must be in (0, 1], got {top_p}.")
    logits = np.asarray(logits, dtype=np.float64)
    require(not np.isnan(logits).any(), "The logits contain nan: the network has diverged.")
    if temperature == 0:
        return np.eye(logits.shape[-1])[logits.argmax(axis=-1)]
    p = softmax(logits / temperature)
    if top_k is None and top_p is None:
        return p
    order = np.argsort(-p, axis=-1, kind="stable")  # most probable first
    ranked = np.take_along_axis(p, order, axis=-1)
    if top_p is not None:
        before = ranked.cumsum(axis=-1) - ranked  # held by the symbols ahead of each
        ranked[before >= top_p] = 0
    if top_k is not None:
        ranked[..., top_k:] = 0
    np.put_along_axis(p, order, ranked, axis=-1)
    return p / p.sum(axis=-1, keepdims=True)


def generate(
    model,
    vocab,
    prompt="",
    *,
    length=200,
    start=END,
    stop=None,
    temperature=1.0,
    top_k=None,
    top_p=None,
    label=None,
    num_samples=None,
    rng,
):
    r"""Let a language model write.

    Parameters
    ----------
    model : LanguageModel
    vocab : Vocabulary
    prompt : str
        What the text begins with.
    length : int
        The most symbols to add.
    start : str
        Read before the prompt: "\n", as in training on names.  May be "" if there is a prompt.
    stop : str, optional
        A symbol that ends the text, and is not part of it; "\n" for names.
    temperature, top_k, top_p
        As in `next_symbol_distribution`.
    label : int, optional
        The class to write of, for a model with `num_classes`.
    num_samples : int, optional
        How many texts to write, side by side as one batch: much faster than one after another.
    rng : numpy.random.Generator

    Returns
    -------
    str, or list of str with num_samples
        The prompt and what follows it.  A vocabulary of words sets the blanks of both, and
        writes what it does not know of the prompt as "<unk>".

    Raises
    ------
    ValueError
        A symbol outside the vocabulary, nothing to start from, or a value out of range.

    Examples
    --------
    >>> generate(model, vocab, "tri", stop="\n", temperature=0.7, rng=rng)
    >>> names = generate(model, vocab, stop="\n", num_samples=100, rng=rng)
    """
    require(length >= 0, f"length must be 0 or more, got {length}.")
    require(bool(start + prompt), "There is nothing to start from: pass a start or a prompt.")
    B = 1 if num_samples is None else num_samples
    at_least_one(num_samples=B)
    end = None if stop is None else vocab.encode([stop])[0]
    unread = np.tile(vocab.encode(start + prompt)[:, None], B)  # (T, B)
    given = {} if label is None else {"labels": np.full(B, label)}
    state, columns, writing = None, [], np.ones(B, dtype=bool)
    while len(columns) < length and writing.any():
        logits, state, _ = model.forward(unread, state, **given)
        given = {}  # the state has read it
        ids = _draw(next_symbol_distribution(logits[-1], temperature, top_k, top_p), rng)
        writing &= ids != end
        columns.append(np.where(writing, ids, -1))
        unread = ids[None]
    prompt = vocab.encode(prompt)
    texts = [
        vocab.decode([*prompt, *ids[ids >= 0]])
        for ids in np.reshape(columns, (-1, B)).T.astype(int)
    ]
    return texts[0] if num_samples is None else texts


def _draw(p, rng):
    """Draw one id from each row of (B, V): where a uniform number falls among the sums."""
    sums = p.cumsum(axis=1)
    sums /= sums[:, -1:]
    return (sums <= rng.random((len(p), 1))).sum(axis=1)


def beam_search(
    model, vocab, prompt="", *, width=5, length=200, start=END, stop=None, length_penalty=0.0
):
    r"""Look for the most probable texts, where `generate` draws one.  Chapter 18.

    Parameters
    ----------
    model : LanguageModel
    vocab : Vocabulary
    prompt, start, stop
        As in `generate`.
    width : int
        Beginnings to keep; 1 takes the most probable symbol at each step.
    length : int
        The most symbols to add, the stop symbol included.
    length_penalty : float
        The α of `beam.length_penalty`: 0 compares probabilities, and short texts win; 1 nearly
        compares means over the symbols.

    Returns
    -------
    list of (str, Hypothesis)
        The texts with their log-probabilities and scores, best first; at most `width`.

    Raises
    ------
    ValueError
        A symbol outside the vocabulary, nothing to start from, a width or a length below 1.

    Examples
    --------
    >>> (best, hypothesis), *others = beam_search(model, vocab, "tri", stop="\n")
    """
    require(bool(start + prompt), "There is nothing to start from: pass a start or a prompt.")
    end = None if stop is None else vocab.encode([stop])[0]

    def step(ids, state):
        logits, state, _ = model.forward(ids, state)
        return log_softmax(logits[-1]), state

    log_p, state = step(vocab.encode(start + prompt)[:, None], None)
    found = search(
        lambda ids, state: step(ids[None], state),
        log_p,
        state,
        width=width,
        length=length,
        end=end,
        alpha=length_penalty,
    )
    return [(prompt + vocab.decode(hypothesis.ids), hypothesis) for hypothesis in found]
