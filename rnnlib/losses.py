"""The loss that every network of the book minimises."""

import numpy as np


def cross_entropy(logits, targets, mask=None):
    r"""Mean surprise, in nats, of the targets under the softmax of the logits.  Chapter 5.

    .. math:: L = -\frac{1}{N} \sum_{t,b} m_{tb} \ln p_{tb}(y_{tb}), \qquad N = \sum_{t,b} m_{tb}

    and its gradient with respect to the logits is m (p - y) / N with y one-hot.

    Parameters
    ----------
    logits : ndarray (T, B, V)
    targets : ndarray (T, B) of int
    mask : ndarray (T, B), optional
        1 where a target counts, 0 where it is padding.

    Returns
    -------
    loss : float
        Nats per unmasked symbol.
    dlogits : ndarray (T, B, V)

    Raises
    ------
    ValueError
        Shapes that do not match, a target outside 0 … V-1, or a mask without a single 1.
    """
    targets = np.asarray(targets)
    if targets.shape != logits.shape[:-1]:
        raise ValueError(
            f"targets {targets.shape} must have the shape of logits {logits.shape} "
            "without its last axis."
        )
    if mask is not None and np.shape(mask) != targets.shape:
        raise ValueError(f"mask {np.shape(mask)} must have the shape of targets {targets.shape}.")
    vocab_size = logits.shape[-1]
    ids = targets.size > 0 and np.issubdtype(targets.dtype, np.integer)
    if not ids or targets.min() < 0 or targets.max() >= vocab_size:
        raise ValueError(f"targets must be ids in 0 … {vocab_size - 1}, at least one of them.")
    count = targets.size if mask is None else float(np.sum(mask))
    if count == 0:
        raise ValueError("The mask is 0 everywhere: there is no symbol to score.")

    shifted = logits - logits.max(axis=-1, keepdims=True)  # log-sum-exp: the largest is exp(0)
    dlogits = np.exp(shifted)
    total = dlogits.sum(axis=-1, keepdims=True)
    at_target = (*np.indices(targets.shape, sparse=True), targets)
    surprise = np.log(total[..., 0]) - shifted[at_target]
    dlogits /= total  # p, of the same exponentials as the loss: they are most of the time
    dlogits[at_target] -= 1
    if mask is not None:
        surprise = surprise * mask
        dlogits *= mask[..., None]
    dlogits /= dlogits.dtype.type(count)
    return float(surprise.sum(dtype=np.float64) / count), dlogits
