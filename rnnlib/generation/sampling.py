"""From a distribution to a text.  Chapter 9."""

import numpy as np

from ..errors import at_least_one, require_generator
from ..functional import log_softmax, softmax
from ..text.vocabulary import END
from ..threads import one_blas_thread
from .beam import search
from .sampling_checks import (
    check_banned,
    check_highest,
    check_logits,
    check_settings,
    check_task,
    room,
    start_labels,
)


def next_symbol_distribution(logits, temperature=1.0, top_k=None, top_p=None, banned=None):
    r"""Turn logits into the probabilities that the next symbol is drawn from.

    Parameters
    ----------
    logits : ndarray (…, V)
        Of one position or of many; -inf rules a symbol out.
    temperature : float
        Logits are divided by it: below 1 the likely becomes likelier, above 1 all become more
        equal.  At 0 the most probable symbol gets everything.
    top_k : int, optional
        Keep only the k most probable symbols.
    top_p : float, optional
        Keep only the fewest symbols that together have this share of the probability.
    banned : sequence of int, or ndarray (V,) of bool, optional
        Symbols to rule out, by their ids or as a mask.

    Returns
    -------
    ndarray (…, V) of float64

    Raises
    ------
    ValueError, TypeError
        A setting of the wrong kind or out of range, logits that are nan or inf, or no symbol left
        to choose from.

    References
    ----------
    A. Holtzman et al., "The curious case of neural text degeneration", ICLR 2020 (top_p).
    """
    temperature = check_settings(temperature, top_k, top_p)
    logits = check_logits(logits)
    banned = None if banned is None else check_banned(banned, logits.shape[-1])
    return _distribution(logits, temperature, top_k, top_p, banned)


def _distribution(logits, temperature, top_k, top_p, banned):
    """Return the probabilities, given arguments that have been checked; `banned` is a mask."""
    logits = logits.astype(np.float64)
    if banned is not None:
        logits[..., banned] = -np.inf
    highest = logits.max(axis=-1, keepdims=True)
    check_highest(highest)
    if temperature == 0:
        p = np.zeros_like(logits)
        np.put_along_axis(p, logits.argmax(axis=-1)[..., None], 1, axis=-1)
        return p
    with np.errstate(over="ignore"):  # at a tiny temperature, -inf
        p = softmax((logits - highest) / temperature)
    if top_k is None and top_p is None:
        return p
    order = np.argsort(-p, axis=-1, kind="stable")  # most probable first
    ranked = np.take_along_axis(p, order, axis=-1)
    if top_p is not None and top_p < 1:
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
    banned=None,
    label=None,
    num_samples=None,
    rng,
):
    r"""Let a language model write.

    Parameters
    ----------
    model : LanguageModel or TransformerLanguageModel
    vocab : Vocabulary
    prompt : str, or sequence of symbols
        The beginning of the text.
    length : int
        The most symbols to add.  The `max_len` of a Transformer may end a text before.
    start : str
        Read before the prompt: "\n", as in training on names.  May be "" if there is a prompt.
    stop : str or list of str, optional
        Ends the text, and is not part of it: "\n" for names, "\n\n" for paragraphs.
    temperature, top_k, top_p
        As in `next_symbol_distribution`.
    banned : list of str, optional
        Symbols never to write; by default "<unk>", if the vocabulary has it.
    label : int, optional
        The class to write, for a model with `num_classes`.
    num_samples : int, optional
        How many texts to write, side by side as one batch: much faster than one after another.
    rng : numpy.random.Generator

    Returns
    -------
    str, or list of str with num_samples
        The prompt and its continuation.  A vocabulary of words sets the blanks of both, and
        replaces unknown words of the prompt by "<unk>".

    Raises
    ------
    ValueError, TypeError
        An argument of the wrong kind or out of range, a symbol outside the vocabulary, or nothing
        to start from.

    Examples
    --------
    >>> text = generate(model, vocab, "tri", stop="\n", temperature=0.7, rng=rng)
    >>> names = generate(model, vocab, stop="\n", num_samples=100, rng=rng)
    """
    require_generator(rng)
    temperature = check_settings(temperature, top_k, top_p)
    prompt, unread, stops, banned = check_task(model, vocab, prompt, start, stop, banned, length)
    length = room(model, unread, length)
    B = 1 if num_samples is None else num_samples
    at_least_one(num_samples=B)
    given = start_labels(label, B)
    unread = np.tile(unread[:, None], B)  # (T, B)
    state, columns, writing = None, [], np.ones(B, dtype=bool)
    with one_blas_thread():
        while len(columns) < length and writing.any():
            logits, state, _ = model.forward(unread, state, **given)
            given = {}  # the state has read it
            p = _distribution(logits[-1], temperature, top_k, top_p, banned)
            ids = _draw(p, rng)
            columns.append(np.where(writing, ids, -1))
            writing &= ~stops.reached(columns)
            unread = ids[None]
    rows = np.reshape(columns, (-1, B)).T.astype(int)
    texts = [stops.text(prompt, ids[ids >= 0].tolist()) for ids in rows]
    return texts[0] if num_samples is None else texts


def _draw(p, rng):
    """Draw one id from each row of (B, V): where a uniform number falls among the sums."""
    sums = p.cumsum(axis=1)
    sums /= sums[:, -1:]
    return (sums <= rng.random((len(p), 1))).sum(axis=1)


def beam_search(
    model,
    vocab,
    prompt="",
    *,
    width=5,
    length=200,
    start=END,
    stop=None,
    length_penalty=0.0,
    banned=None,
    label=None,
):
    r"""Search for the most probable texts, where `generate` draws one.  Chapters 9 and 19.

    Parameters
    ----------
    model : LanguageModel or TransformerLanguageModel
    vocab : Vocabulary
    prompt, start, stop, banned, label
        As in `generate`.
    width : int
        Beginnings to keep; 1 takes the most probable symbol at each step.
    length : int
        The most symbols to add, those of the stop included.
    length_penalty : float
        The α of `beam.length_penalty`: 0 compares probabilities, and short texts win; 1 nearly
        compares means over the symbols.

    Returns
    -------
    list of (str, Hypothesis)
        The texts with their log-probabilities and scores, best first; at most `width`.

    Raises
    ------
    ValueError, TypeError
        As `generate`; a width or a length below 1.

    Examples
    --------
    >>> (best, hypothesis), *others = beam_search(model, vocab, "tri", stop="\n")
    """
    at_least_one(width=width, length=length)
    prompt, unread, stops, banned = check_task(model, vocab, prompt, start, stop, banned, length)
    length = room(model, unread, length)

    def step(ids, state, **given):
        logits, state, _ = model.forward(ids, state, **given)
        log_p = log_softmax(logits[-1])
        if banned is not None:
            log_p[:, banned] = -np.inf
        return log_p, state

    with one_blas_thread():
        log_p, state = step(unread[:, None], None, **start_labels(label, 1))
        best = search(
            lambda ids, state: step(ids[None], state),
            log_p,
            state,
            width=width,
            length=length,
            end=stops.at_end,
            alpha=length_penalty,
        )
    return [(stops.text(prompt, found.ids + found.mark), found) for found in best]
