"""What the tables of results share: a model's probabilities, alone and mixed with a counter's.

The probabilities of two models are mixed symbol by symbol, ``w p + (1 - w) q``, with one weight w
for all symbols.  It is chosen on validation symbols, whose likelihood is concave in w, so there is
one best weight; the test symbols are scored once, with that weight.

Two more ways to mix, for those who want the last hundredth of a nat:

- A `Product` multiplies what its models expect, and scales the result to sum to 1.  Its logarithm
  of the likelihood is concave in the powers, so there is one best set of those, too.
- A `SequenceMixture` averages the probabilities of whole sequences, each the product over its
  symbols.  Then some models may have read them from right to left: names turned round are other
  strings, one for each name, so that probabilities of turned names add up to 1 over all names as
  well, and so do those of the mixture.  What nobody can tell any more is the next letter.
"""

from typing import NamedTuple

import numpy as np

import rnnlib as rl
from rnnlib.functional import softmax


class Mixture(NamedTuple):
    """Several models that predict together, symbol by symbol: their probabilities, weighted."""

    models: tuple
    weights: tuple


class Product(NamedTuple):
    """Several models that predict together: their probabilities, to powers, are multiplied.

    What comes out is scaled to sum to 1 over the symbols.  Where a mixture is as sure as its
    members on average, here each may object: a symbol that one of them excludes does not come.
    """

    models: tuple
    powers: tuple


class SequenceMixture(NamedTuple):
    """Several models of whole sequences: one is drawn, by its weight, and writes all symbols."""

    models: tuple
    weights: tuple


class Backwards(NamedTuple):
    """A model that was trained on sequences turned round, and is to predict them as they are."""

    model: object


def symbol_probabilities(model, sequences, batches_for):
    """Return the probability that a model gives to each symbol and end mark, in their order.

    Parameters
    ----------
    model : LanguageModel, TransformerLanguageModel, NGram, Mixture or Product
    sequences : list of str
    batches_for : callable
        Takes sequences and a network, and returns the batches in which it reads them, in order.

    Returns
    -------
    ndarray (N,) of float64
    """
    if isinstance(model, Mixture):
        parts = [symbol_probabilities(m, sequences, batches_for) for m in model.models]
        return np.average(parts, axis=0, weights=model.weights)
    if isinstance(model, Product):
        p, targets = distributions(model, sequences, batches_for)
        return p[np.arange(len(p)), targets]
    if isinstance(model, rl.NGram):
        return np.concatenate(model.symbol_probabilities(sequences))
    return network_probabilities(model, batches_for(sequences, model))


def distributions(model, sequences, batches_for):
    """Return what a model expects in place of each symbol and end mark, and the ids that came.

    Parameters
    ----------
    model, sequences, batches_for
        As in `symbol_probabilities`.

    Returns
    -------
    p : ndarray (N, V) of float64
    targets : ndarray (N,) of int
    """
    if isinstance(model, Mixture | Product):
        parts, targets = zip(
            *(distributions(m, sequences, batches_for) for m in model.models), strict=True
        )
        if isinstance(model, Mixture):
            return np.average(parts, axis=0, weights=model.weights), targets[0]
        return softmax(np.tensordot(model.powers, np.log(parts), axes=1)), targets[0]
    if isinstance(model, rl.NGram):
        p = [model.probabilities(s[:i]) for s in sequences for i in range(len(s) + 1)]
        return np.array(p), model.vocab.encode("".join(s + "\n" for s in sequences))
    found = list(network_distributions(model, batches_for(sequences, model)))
    return tuple(map(np.concatenate, zip(*found, strict=True)))


def sequence_probabilities(model, sequences, batches_for):
    """Return the probability that a model gives to each sequence, its end mark included.

    Parameters
    ----------
    model, sequences, batches_for
        As in `symbol_probabilities`, or a `SequenceMixture` or `Backwards`; the sequences are
        names, since the probability of a long text would be 0 in float64.

    Returns
    -------
    ndarray (N,) of float64
    """
    if isinstance(model, SequenceMixture):
        parts = [sequence_probabilities(m, sequences, batches_for) for m in model.models]
        return np.average(parts, axis=0, weights=model.weights)
    if isinstance(model, Backwards):
        turned = [sequence[::-1] for sequence in sequences]
        return sequence_probabilities(model.model, turned, batches_for)
    p = symbol_probabilities(model, sequences, batches_for)
    starts = np.cumsum([0] + [len(sequence) + 1 for sequence in sequences[:-1]])
    return np.multiply.reduceat(p, starts)


def network_probabilities(model, batches):
    """Return the probability that a network gives to each target, one sequence after the other."""
    found = network_distributions(model, batches)
    return np.concatenate([p[np.arange(len(p)), targets] for p, targets in found])


def network_distributions(model, batches):
    """Yield, for each batch, what a network expects (N, V) and the targets (N,) that came."""
    state = None
    for ids, targets, *rest in batches:
        mask, labels = (*rest, None, None)[:2]
        logits, last, _ = model.forward(ids, state, labels=labels)
        state = last if batches.carries_state else None
        asked = np.ones_like(targets) if mask is None else mask
        asked = asked.T > 0  # (B, T): one sequence after the other
        yield softmax(logits.astype(np.float64)).swapaxes(0, 1)[asked], targets.T[asked]


def best_weight(p, q):
    """Return the w in 0 … 1 that makes ``w p + (1 - w) q`` most likely, by bisection.

    Parameters
    ----------
    p, q : ndarray (N,)
        What two models give to the same symbols, or to the same sequences.
    """
    low, high = 0.0, 1.0
    while high - low > 1e-6:
        w = (low + high) / 2
        slope = np.mean((p - q) / (q + w * (p - q)))  # of the mean ln(w p + (1 - w) q)
        low, high = (w, high) if slope > 0 else (low, w)
    return round((low + high) / 2, 5)


def best_weights(probabilities, rounds=2000):
    """Return the weights, adding up to 1, that make a mixture of many models most likely.

    Each round gives a model the mean share that it had in the probability of what came: the EM
    algorithm, which never makes the likelihood smaller, and ends at its only maximum.

    Parameters
    ----------
    probabilities : sequence of ndarray (N,)
        What each model gives to the same symbols, or to the same sequences.
    """
    p = np.stack(probabilities)
    weights = np.full(len(p), 1 / len(p))
    for _ in range(rounds):
        shares = weights[:, None] * p
        weights = np.mean(shares / shares.sum(axis=0), axis=1)
    return weights


def best_powers(distributions, targets, rounds=20):
    """Return the powers that make the product of many models most likely.

    The logarithm of the likelihood is concave in them, and Newton's method finds its maximum: its
    gradient is how much more a model's ln p is for what came than was to be expected, and its
    curvature the covariance of the models' ln p.

    Parameters
    ----------
    distributions : sequence of ndarray (N, V)
        What each model expects in place of the same symbols.
    targets : ndarray (N,) of int
        The symbols that came.
    """
    logs = np.log(distributions)  # (K, N, V)
    came = logs[:, np.arange(len(targets)), targets]  # (K, N)
    powers = np.full(len(logs), 1 / len(logs))
    for _ in range(rounds):
        p = softmax(np.tensordot(powers, logs, axes=1))  # (N, V)
        expected = (logs * p).sum(axis=-1)  # (K, N)
        off = logs - expected[..., None]
        curvature = np.einsum("inv,jnv,nv->ij", off, off, p) / len(p)
        curvature += 1e-6 * np.eye(len(logs))  # two models may be the same
        powers += np.linalg.solve(curvature, (came - expected).mean(axis=1))
    return powers


def mixed(p, q, weight):
    """Return the probabilities of the mixture."""
    return weight * p + (1 - weight) * q


def nats(p, symbols=None):
    """Return the mean of -ln p over the symbols; if p are of whole sequences, say how many."""
    return float(-np.log(p).sum() / (symbols or len(p)))


def size(model):
    """Return how many numbers a model holds: parameters of networks, counts of counters."""
    if isinstance(model, Mixture | Product | SequenceMixture):
        return sum(map(size, model.models))
    if isinstance(model, Backwards):
        return size(model.model)
    if isinstance(model, rl.NGram):
        return sum(map(len, model.counts.values()))
    return sum(p.size for p in model.params.values())
