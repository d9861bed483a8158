"""From a distribution to a text.  Chapter 9."""

import numpy as np

from .beam import search
from .checks import require
from .functional import log_softmax, softmax
from .vocabulary import END


def next_symbol_distribution(logits, temperature=1.0, top_k=None, top_p=None):
    r"""Turn logits into the probabilities that the next symbol is drawn from.

    Parameters
    ----------
    logits : ndarray (V,)
    temperature : float
        Logits are divided by it: below 1 the likely becomes likelier, above 1 all become more
        equal.  At 0 the most probable symbol gets everything.
    top_k : int, optional
        Keep only the k most probable symbols.
    top_p : float, optional
        Keep only the fewest symbols that together hold this share of the probability.

    Returns
    -------
    ndarray (V,) of float64

    Raises
    ------
    ValueError
        A negative temperature, top_k below 1, or top_p outside (0, 1].

    References
    ----------
    A. Holtzman et al., "The curious case of neural text degeneration", ICLR 2020 (top_p).
    """
    require(temperature >= 0, f"temperature must be 0 or more, got {temperature}.")
    require(top_k is None or top_k >= 1, f"top_k must be at least 1, got {top_k}.")
    require(top_p is None or 0 < top_p <= 1, f"top_p must be in (0, 1], got {top_p}.")
    logits = np.asarray(logits, dtype=np.float64)
    if temperature == 0:
        return np.eye(len(logits))[logits.argmax()]
    p = softmax(logits / temperature)
    order = np.argsort(-p, kind="stable")  # most probable first
    keep = len(p)
    if top_k is not None:
        keep = min(keep, top_k)
    if top_p is not None:
        before = p[order].cumsum() - p[order]  # held by the symbols ahead of each
        keep = min(keep, int((before < top_p).sum()))
    p[order[keep:]] = 0
    return p / p.sum()


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
    rng : numpy.random.Generator

    Returns
    -------
    str
        The prompt and what follows it.  A vocabulary of words sets the blanks of both, and
        writes what it does not know of the prompt as "<unk>".

    Raises
    ------
    ValueError
        A symbol outside the vocabulary, nothing to start from, or a value out of range.

    Examples
    --------
    >>> generate(model, vocab, "tri", stop="\n", temperature=0.7, rng=rng)
    """
    require(length >= 0, f"length must be 0 or more, got {length}.")
    require(bool(start + prompt), "There is nothing to start from: pass a start or a prompt.")
    if stop is not None:
        stop = vocab.encode([stop])[0]
    unread = vocab.encode(start + prompt)
    state, new = None, []
    given = {} if label is None else {"labels": np.array([label])}
    while len(new) < length:
        logits, state, _ = model.forward(unread[:, None], state, **given)
        given = {}  # the state has read it
        p = next_symbol_distribution(logits[-1, 0], temperature, top_k, top_p)
        symbol = rng.choice(len(p), p=p)
        if symbol == stop:
            break
        new.append(symbol)
        unread = np.array([symbol])
    return vocab.decode([*vocab.encode(prompt), *new])


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
