"""Scores of a model on batches that it is not trained on."""

import numpy as np

from ..errors import require, require_type
from ..text.batches import as_batches, by_name
from ..threads import one_blas_thread
from . import parallel


def evaluate(model, batches, *, workers="auto"):
    """Return the mean nats per target over all batches, without dropout and without training.

    Parameters
    ----------
    model : LanguageModel, TransformerLanguageModel, SequenceClassifier, SequenceTagger or Seq2Seq
    batches : Batches or list of Batch
    workers : int or "auto"
        As in `train_steps`.

    Returns
    -------
    float

    Raises
    ------
    TypeError, ValueError
        Arguments of the wrong kind, or batches in which no target counts.
    """
    check_model(model)
    parallel.check_workers(workers)
    batches = as_batches(batches)
    state, total, count = None, 0.0, 0
    with one_blas_thread():
        for batch in batches:
            loss, last = parallel.loss(model, batch, state, workers=workers)
            state = last if batches.carries_state else None
            total += loss * batch.count
            count += batch.count
    return total / count


def accuracy(model, batches):
    """Return the share of targets that the model predicts correctly.

    Parameters
    ----------
    model : SequenceClassifier or SequenceTagger
    batches : Batches or list of Batch
        As those of `labelled_batches`; targets where the mask is 0 do not count.

    Returns
    -------
    float

    Raises
    ------
    TypeError, ValueError
        A model without `predict`, targets of another shape than its answers, or batches in which
        no target counts.

    Examples
    --------
    >>> names, classes = ["rex", "allo", "mimus"], [0, 1, 0]
    >>> vocab = rl.Vocabulary.from_text(names)
    >>> classifier = rl.SequenceClassifier(len(vocab), 8, 2, rng=rng)
    >>> rl.accuracy(classifier, rl.labelled_batches(vocab, names, classes, 2)) <= 1
    True
    """
    check_model(model)
    require_type(
        hasattr(model, "predict"),
        f"model must be a SequenceClassifier or SequenceTagger, got {type(model).__name__}.",
    )
    right, count = 0.0, 0
    with one_blas_thread():
        for batch in as_batches(batches):
            found, targets = model.predict(batch.inputs, mask=batch.mask), np.asarray(batch.targets)
            require(
                found.shape == targets.shape,
                f"The model answers with classes {found.shape}, but the targets are "
                f"{targets.shape}: a classifier needs one label for each sequence, a tagger one "
                "for each symbol.",
            )
            hits = found == targets
            masked = batch.mask is not None and np.shape(batch.mask) == hits.shape
            right += float(np.sum(hits * batch.mask if masked else hits))
            count += batch.count
    require(count, "The mask is 0 everywhere: there is no target to score.")
    return right / count


def rehearse(model, batches):
    """Score one batch, so that batches of the wrong kind are refused at once.

    The generator that shuffles them draws what it would have drawn.
    """
    rng = batches.rng
    before = None if rng is None else rng.bit_generator.state
    try:
        batch = next(iter(batches))
        model.loss(batch.inputs, batch.targets, **by_name(batch))
    finally:
        if rng is not None:
            rng.bit_generator.state = before


def check_model(model):
    """Raise a TypeError unless a model can be trained and scored."""
    kind = f"the class {model.__name__}" if isinstance(model, type) else type(model).__name__
    require_type(
        not isinstance(model, type) and hasattr(model, "loss_and_grads") and hasattr(model, "loss"),
        f"model must be a network such as LanguageModel(…), got {kind}. The order is model, "
        "batches, optimizer.",
    )
