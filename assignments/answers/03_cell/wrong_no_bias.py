"""Loses test_step 3: the bias is missing.

Says: bias b_h is missing
"""


# %% step
def step(x, h, W_xh, W_hh, b_h):
    return np.tanh(x @ W_xh + h @ W_hh)
