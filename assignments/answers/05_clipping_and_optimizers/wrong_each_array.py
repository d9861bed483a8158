"""Loses test_clip 3: a norm for each array.

Says: over all of them together
"""


# %% clip
def clip_by_norm(grads, limit):
    out = {}
    for k, g in grads.items():
        norm = np.sqrt((g**2).sum())
        out[k] = g * min(1.0, limit / norm) if norm else g * 1
    return out
