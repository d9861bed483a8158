"""Loses test_turned 2: the unit with the largest weight is named, without an experiment.

Says: differs from the right values
"""


# %% turned
def turned(xs, h, c, W_xh, W_hh, b_h, w):
    return (np.abs(w) == np.abs(w).max()).astype(float)
