"""Translations, and the attention that they paid to each source symbol."""

import numpy as np

from ..errors import at_least_one, kind_of, require, require_numbers, require_type
from ..text.pair_batches import PairInputs, pad_rows
from ..text.vocabulary import END, Vocabulary
from .beam import check_alpha, greedy, search


def translate(
    model,
    source_vocab,
    target_vocab,
    texts,
    *,
    max_length=50,
    beam_width=1,
    length_penalty=0.0,
):
    r"""Translate texts.  Chapter 19.

    Parameters
    ----------
    model : Seq2Seq
    source_vocab, target_vocab : Vocabulary
        The vocabularies of training; the target's contains "\n".
    texts : list of str, or of lists of symbols
        With beam_width 1 all are translated at once, as one batch.
    max_length : int
        The most symbols of a translation, the end mark included.
    beam_width : int
        Hypotheses to keep; 1 takes the most probable symbol at each step.
    length_penalty : float
        Exponent α of Wu et al.; 0 prefers short translations, 0.6 to 1 is usual.

    Returns
    -------
    list of str

    Raises
    ------
    TypeError
        One string where a list is expected, or a model that cannot translate.
    ValueError
        No texts, an empty one, a symbol outside the vocabulary, or one of the vocabularies is not
        the model's.
    """
    end = _check(model, source_vocab, target_vocab)
    require_type(
        isinstance(texts, list | tuple),
        f"texts must be a list of texts, got {texts!r:.60}: pass [text], or list(texts).",
    )
    require(len(texts), "There are no texts to translate.")
    at_least_one(max_length=max_length, beam_width=beam_width)
    check_alpha(length_penalty)
    sources = [_source(source_vocab, text, f"text {i}") for i, text in enumerate(texts)]
    written = translate_ids(
        model,
        sources,
        end=end,
        max_length=max_length,
        beam_width=beam_width,
        length_penalty=length_penalty,
    )
    return [target_vocab.decode(ids) for ids in written]


def alignment(model, source_vocab, target_vocab, source, target):
    r"""Return how much attention each symbol of a target paid to each source symbol.

    Parameters
    ----------
    model, source_vocab, target_vocab
        As in `translate`; the model has attention.
    source, target : str, or list of symbols
        The target without an end mark, as `translate` returns it.

    Returns
    -------
    ndarray (T+1, S)
        Rows sum to 1; the last is that of the end mark.

    Raises
    ------
    ValueError
        The model has no attention or has diverged, or the target holds an end mark; otherwise as
        in `translate`.
    """
    end = _check(model, source_vocab, target_vocab)
    require(model.config["attention"], "This model has no attention: build it with attention=True.")
    ids = _source(source_vocab, source, "source")
    target = _encode(target_vocab, target, "target")
    require(end not in target, "The target holds the end mark, which gets a row of its own.")
    written = np.concatenate([[end], target])
    inputs = PairInputs(ids[:, None], np.array([len(ids)]), written[:, None])
    _, _, cache = model.forward(inputs)
    weights = cache.decoder.attention.weights[0]
    require_numbers(weights, "attention weights")
    return weights


def translate_ids(model, sources, *, end, max_length=50, beam_width=1, length_penalty=0.0):
    r"""Write a target for each source.

    Parameters
    ----------
    model : Seq2Seq
    sources : list of ndarray (S,) of int
    end : int
        Id of "\n" in the target vocabulary, which starts and ends a target.
    max_length, beam_width, length_penalty
        As in `translate`.

    Returns
    -------
    list of ndarray of int
        Without the end marks.
    """
    if beam_width == 1:
        step, state = model.writer(*pad_rows(sources, 0))
        return greedy(step, np.full(len(sources), end), state, length=max_length, end=end)
    options = dict(width=beam_width, length=max_length, end=end, alpha=length_penalty)
    return [_best(model, source, end, options) for source in sources]


def _best(model, source, end, options):
    step, state = model.writer(source[:, None], np.array([len(source)]))
    log_p, state = step(np.array([end]), state)
    best, *_ = search(step, log_p, state, **options)
    return np.array(best.ids, int)


def _check(model, source_vocab, target_vocab):
    r"""Return the id of "\n" in the target vocabulary, if both vocabularies fit the model."""
    require_type(
        not isinstance(model, type) and hasattr(model, "writer"),
        f"Only a Seq2Seq can translate, got {kind_of(model)}; rl.generate writes with a "
        "language model.",
    )
    for side, vocab in (("source", source_vocab), ("target", target_vocab)):
        V = model.config[f"{side}_vocab_size"]
        require_type(
            isinstance(vocab, Vocabulary), f"{side}_vocab must be a Vocabulary, got {vocab!r:.60}."
        )
        require(
            len(vocab) == V,
            f"{side}_vocab has {len(vocab)} symbols, but the model was built for {V}: pass the "
            "vocabularies of its training, the source's first.",
        )
    require(END in target_vocab, r'The target vocabulary has no end mark "\n".')
    return int(target_vocab.encode([END])[0])


def _source(vocab, text, name):
    ids = _encode(vocab, text, name)
    require(len(ids) > 0, f"The {name} is empty: there is nothing to read.")
    return ids


def _encode(vocab, text, name):
    require_type(
        isinstance(text, str | list | tuple),
        f"The {name} must be a string or a list of symbols, got {text!r:.60}.",
    )
    return vocab.encode(text)
