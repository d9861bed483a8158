"""Loses test_step 3: column vectors in a book of rows.

Says: transposed
"""


# %% step
def step(x, h, W_xh, W_hh, b_h):
    return np.tanh(x @ W_xh + h @ W_hh.T + b_h)
