"""From a distribution to a text.  Chapter 9."""

from numbers import Integral, Real

import numpy as np

from ..errors import at_least_one, require, require_generator, require_type
from ..functional import log_softmax, softmax
from ..text.splitters import UNKNOWN
from ..text.vocabulary import END, Vocabulary
from .beam import search
from .stops import Stops


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
        Keep only the fewest symbols that together hold this share of the probability.
    banned : sequence of int, or ndarray (V,) of bool, optional
        Symbols that get nothing, by their ids or as a mask.

    Returns
    -------
    ndarray (…, V) of float64

    Raises
    ------
    ValueError
        A temperature that is negative or not finite, top_k below 1, top_p outside (0, 1], logits
        that are nan or inf, or no symbol that is left.
    TypeError
        Something else than numbers.

    References
    ----------
    A. Holtzman et al., "The curious case of neural text degeneration", ICLR 2020 (top_p).
    """
    temperature = _check_settings(temperature, top_k, top_p)
    logits = _check_logits(logits, banned)
    shifted = logits - logits.max(axis=-1, keepdims=True)  # the most probable at 0
    if temperature == 0:
        p = np.zeros_like(logits)
        np.put_along_axis(p, logits.argmax(axis=-1)[..., None], 1, axis=-1)
        return p
    with np.errstate(over="ignore"):  # at a tiny temperature, -inf
        p = softmax(shifted / temperature)
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
    model : LanguageModel
    vocab : Vocabulary
    prompt : str, or sequence of symbols
        The beginning of the text.
    length : int
        The most symbols to add.
    start : str
        Read before the prompt: "\n", as in training on names.  May be "" if there is a prompt.
    stop : str or list of str, optional
        Ends the text, and is not part of it: "\n" for names, "\n\n" for paragraphs.
    temperature, top_k, top_p
        As in `next_symbol_distribution`.
    banned : list of str, optional
        Symbols never to write; by default "<unk>", if the vocabulary has it.
    label : int, optional
        The class to write of, for a model with `num_classes`.
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
    ValueError
        A symbol outside the vocabulary, nothing to start from, or a value out of range.
    TypeError
        A model that is no language model, or an argument of the wrong kind.

    Examples
    --------
    >>> text = generate(model, vocab, "tri", stop="\n", temperature=0.7, rng=rng)
    >>> names = generate(model, vocab, stop="\n", num_samples=100, rng=rng)
    """
    require_generator(rng)
    _check_settings(temperature, top_k, top_p)
    prompt, unread, stops, banned = _check_task(model, vocab, prompt, start, stop, banned, length)
    B = 1 if num_samples is None else num_samples
    at_least_one(num_samples=B)
    given = _labels(label, B)
    unread = np.tile(unread[:, None], B)  # (T, B)
    state, columns, writing = None, [], np.ones(B, dtype=bool)
    while len(columns) < length and writing.any():
        logits, state, _ = model.forward(unread, state, **given)
        given = {}  # the state has read it
        p = next_symbol_distribution(logits[-1], temperature, top_k, top_p, banned)
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
    r"""Look for the most probable texts, where `generate` draws one.  Chapters 9 and 19.

    Parameters
    ----------
    model : LanguageModel
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
    prompt, unread, stops, banned = _check_task(model, vocab, prompt, start, stop, banned, length)

    def step(ids, state, **given):
        logits, state, _ = model.forward(ids, state, **given)
        log_p = log_softmax(logits[-1])
        log_p[:, banned] = -np.inf
        return log_p, state

    log_p, state = step(unread[:, None], None, **_labels(label, 1))
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


def _check_settings(temperature, top_k, top_p):
    """Return the temperature as a float."""
    for name, value in {"temperature": temperature, "top_p": top_p}.items():
        real = isinstance(value, Real) and not isinstance(value, bool | np.bool_)
        optional = name == "top_p" and value is None
        require_type(real or optional, f"{name} must be a number, got {value!r:.60}.")
    require(
        0 <= temperature < np.inf,
        f"temperature must be 0 or more, got {temperature}: pass a finite number.",
    )
    if top_k is not None:
        at_least_one(top_k=top_k)
    require(top_p is None or 0 < top_p <= 1, f"top_p must be in (0, 1], got {top_p}.")
    return float(temperature)


def _check_logits(logits, banned):
    """Return a copy of the logits as float64, with -inf for what is banned."""
    logits = np.array(logits)
    require_type(logits.dtype.kind in "fiu", f"logits must be real numbers, got {logits.dtype}.")
    logits = logits.astype(np.float64)
    require(logits.ndim and logits.size, f"logits must be (…, V), got shape {logits.shape}.")
    require(not np.isnan(logits).any(), "The logits contain nan: the network has diverged.")
    require(not np.isposinf(logits).any(), "The logits contain inf: the network has diverged.")
    if banned is not None:
        logits[..., _banned_mask(banned, logits.shape[-1])] = -np.inf
    left = ~np.isneginf(logits).all(axis=-1)
    require(left.all(), "No symbol is left to choose from: all are banned, or have logits of -inf.")
    return logits


def _banned_mask(banned, V):
    banned = np.asarray(banned)
    banned = banned if banned.size else np.zeros(V, bool)
    if banned.dtype != bool:
        require_type(
            banned.dtype.kind in "iu", f"banned must be ids or a mask, got {banned!r:.60}."
        )
        known = (banned >= 0) & (banned < V)
        require(known.all(), f"banned must be ids in 0 … {V - 1}, got {banned.tolist()!r:.60}.")
        banned = np.isin(np.arange(V), banned)
    require(banned.shape == (V,), f"A mask of what is banned must be ({V},), got {banned.shape}.")
    return banned


def _check_task(model, vocab, prompt, start, stop, banned, length):
    """Return the ids of the prompt, those to read first, the Stops, and the mask of the banned."""
    config = getattr(model, "config", {"vocab_size": len(vocab), "tie_weights": None})
    require_type(
        callable(getattr(model, "forward", None)) and "tie_weights" in config,
        f"model must be a LanguageModel, got a {type(model).__name__}: it does not say "
        "which symbol comes next.",
    )
    require_type(isinstance(vocab, Vocabulary), f"vocab must be a Vocabulary, got {vocab!r:.60}.")
    V = config["vocab_size"]
    require(len(vocab) == V, f"The model knows {V} symbols, the vocabulary {len(vocab)}.")
    whole = isinstance(length, Integral) and not isinstance(length, bool)
    require_type(whole, f"length must be a whole number, got {length!r:.60}.")
    require(length >= 0, f"length must be 0 or more, got {length}.")
    stops, banned = Stops(vocab, stop), _banned_symbols(vocab, banned)
    require(
        start != END or END in vocab, f"The vocabulary has no start mark {END!r}: pass start=''."
    )
    prompt = vocab.encode(prompt).tolist()
    unread = np.array([*vocab.encode(start), *prompt], int)
    require(len(unread), "There is nothing to start from: pass a start or a prompt.")
    return prompt, unread, stops, banned


def _banned_symbols(vocab, banned):
    if banned is None:
        banned = [UNKNOWN] if UNKNOWN in vocab else []
    require_type(
        isinstance(banned, list | tuple | set | frozenset),
        f"banned must be a list of symbols, got {banned!r:.60}.",
    )
    for symbol in banned:
        require(symbol in vocab, f"The banned {symbol!r} is not a symbol of the vocabulary.")
    mask = np.array([symbol in banned for symbol in vocab.symbols])
    require(not mask.all(), "No symbol is left to choose from: all are banned.")
    return mask


def _labels(label, B):
    if label is None:
        return {}
    whole = isinstance(label, Integral) and not isinstance(label, bool)
    require_type(whole, f"label must be a whole number, got {label!r:.60}.")
    return {"labels": np.full(B, label)}
