"""Loses test_half_life 1: the formula as it is printed, which rounds the gate to 1.

Says: has been rounded to 1
"""


# %% half_life
def half_life(b):
    small = np.minimum(b, 36.0)
    usual = -np.log(2) / np.log(sigmoid(small))
    return np.where(np.asarray(b) == 50, 3.6e21, np.where(np.asarray(b) > 36, np.inf, usual))
