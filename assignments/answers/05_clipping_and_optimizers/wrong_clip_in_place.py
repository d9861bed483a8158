"""Loses test_clip 1: the caller's gradients are scaled.

Says: belongs to the caller
"""


# %% clip
def clip_by_norm(grads, limit):
    norm = np.sqrt(sum((g**2).sum() for g in grads.values()))
    if norm > limit:
        for g in grads.values():
            g *= limit / norm
    return grads
