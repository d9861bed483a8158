"""Loses test_step 3: the recurrent product is taken away.

Says: signs are wrong
"""


# %% step
def step(x, h, W_xh, W_hh, b_h):
    return np.tanh(x @ W_xh - h @ W_hh + b_h)
