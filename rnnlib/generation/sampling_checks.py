"""Checks of the arguments of sampling and searching, before anything is drawn."""

from numbers import Integral, Real

import numpy as np

from ..errors import at_least_one, kind_of, require, require_type
from ..text.splitters import UNKNOWN
from ..text.vocabulary import END, Vocabulary
from .stops import Stops


def check_settings(temperature, top_k, top_p):
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


def check_logits(logits):
    """Return logits (…, V) as an array of real numbers."""
    logits = np.asarray(logits)
    require_type(logits.dtype.kind in "fiu", f"logits must be real numbers, got {logits.dtype}.")
    require(logits.ndim and logits.size, f"logits must be (…, V), got shape {logits.shape}.")
    return logits


def check_highest(highest):
    """Refuse logits whose highest is not a finite number."""
    if np.isfinite(highest).all():
        return
    require(not np.isnan(highest).any(), "The logits contain nan: the network has diverged.")
    require(not np.isposinf(highest).any(), "The logits contain inf: the network has diverged.")
    raise ValueError("No symbol is left to choose from: all are banned, or have logits of -inf.")


def check_banned(banned, V):
    """Return the banned symbols, given by their ids or as a mask, as a mask (V,)."""
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


def check_task(model, vocab, prompt, start, stop, banned, length):
    """Return the prompt's ids, those to read first, the Stops, and the mask of banned symbols."""
    require_type(
        not isinstance(model, type)
        and callable(getattr(model, "forward", None))
        and getattr(model, "predicts_next", True),  # a user's own model need not say so
        f"model must be a LanguageModel, got {kind_of(model)}: it does not say "
        "which symbol comes next.",
    )
    require_type(isinstance(vocab, Vocabulary), f"vocab must be a Vocabulary, got {vocab!r:.60}.")
    V = getattr(model, "config", {}).get("vocab_size", len(vocab))
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


def room(model, unread, length):
    """Return how many symbols can be added: no more than a Transformer has positions for.

    The last symbol needs none, since it is not read.  If the prompt alone is too long, the model
    says so.
    """
    positions = getattr(model, "config", {}).get("max_len")
    return length if positions is None else min(length, max(1, positions - len(unread) + 1))


def _banned_symbols(vocab, banned):
    if banned is None:
        banned = [UNKNOWN] if UNKNOWN in vocab else []
    require_type(
        isinstance(banned, list | tuple | set | frozenset),
        f"banned must be a list of symbols, got {banned!r:.60}.",
    )
    for symbol in banned:
        require(symbol in vocab, f"The banned {symbol!r} is not a symbol of the vocabulary.")
    if not banned:
        return None
    mask = np.array([symbol in banned for symbol in vocab.symbols])
    require(not mask.all(), "No symbol is left to choose from: all are banned.")
    return mask


def start_labels(label, B):
    """Return the argument that starts B texts from a class, if one is given."""
    if label is None:
        return {}
    whole = isinstance(label, Integral) and not isinstance(label, bool)
    require_type(whole, f"label must be a whole number, got {label!r:.60}.")
    return {"labels": np.full(B, label)}
