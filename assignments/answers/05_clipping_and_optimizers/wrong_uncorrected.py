"""Loses test_smooth 2: the mean starts too low.

Says: correction is missing
"""


# %% smooth
def smooth(losses, beta):
    s, out = 0.0, []
    for loss in losses:
        s = beta * s + (1 - beta) * loss
        out.append(s)
    return np.array(out)
