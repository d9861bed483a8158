"""Loses test_clip 3: clipping by value, which turns the gradient.

Says: turns the gradient
"""


# %% clip
def clip_by_norm(grads, limit):
    return {k: np.clip(g, -limit, limit) for k, g in grads.items()}
