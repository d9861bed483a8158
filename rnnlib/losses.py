"""The loss that every network of the book minimises."""

import numpy as np

from .errors import require, require_ids, require_mask, require_type


def cross_entropy(logits, targets, mask=None):
    r"""Mean surprise, in nats, of the targets under the softmax of the logits.  Chapter 5.

    .. math:: L = -\frac{1}{N} \sum_{t,b} m_{tb} \ln p_{tb}(y_{tb}), \qquad N = \sum_{t,b} m_{tb}

    and its gradient with respect to the logits is m (p - y) / N with y one-hot.

    Parameters
    ----------
    logits : ndarray (T, B, V), or (B, V)
    targets : ndarray (T, B) of int, or (B,)
    mask : ndarray (T, B), optional
        1 where a target counts, 0 where it is padding: there the logits, even nan, add exactly 0
        to the loss and get a gradient of exactly 0.

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
    logits, targets, mask, count = _check(logits, targets, mask)

    shifted = logits - logits.max(axis=-1, keepdims=True)  # log-sum-exp: the largest is exp(0)
    dlogits = np.exp(shifted)
    total = dlogits.sum(axis=-1, keepdims=True)
    at_target = (*np.indices(targets.shape, sparse=True), targets)
    surprise = np.log(total[..., 0]) - shifted[at_target]
    dlogits /= total  # p, from the same exponentials as the loss: they take most of the time
    dlogits[at_target] -= 1
    if mask is not None:
        surprise = surprise * mask
        dlogits *= mask[..., None]
    dlogits /= dlogits.dtype.type(count)
    return float(surprise.sum(dtype=np.float64) / count), dlogits


def _check(logits, targets, mask):
    """Return the arrays, with logits of 0 on the padding, and the number of targets that count."""
    targets = np.asarray(targets)
    require_type(
        isinstance(logits, np.ndarray) and logits.dtype.kind == "f",
        lambda: f"logits must be an array of floats, got {logits!r:.60}.",
    )
    require(
        targets.shape == logits.shape[:-1],
        lambda: (
            f"targets {targets.shape} must have the shape of logits {logits.shape} "
            "without its last axis."
        ),
    )
    require_ids(targets, logits.shape[-1], "targets", ndim=None)
    if mask is None:
        return logits, targets, None, targets.size
    require(
        np.shape(mask) == targets.shape,
        lambda: f"mask {np.shape(mask)} must have the shape of targets {targets.shape}.",
    )
    mask = require_mask(mask)
    count = float(np.sum(mask))
    require(count > 0, "The mask is 0 everywhere: there is no symbol to score.")
    padding = mask == 0
    if padding.any():
        logits = np.where(padding[..., None], 0, logits)  # 0 · nan would be nan
    return logits, targets, mask, count
