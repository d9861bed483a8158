"""Loses test_step 1: the caller's memory is overwritten.

Says: changes c, which belongs to the caller
"""


# %% step
def lstm_step(x, h, c, W_xh, W_hh, b_h):
    i, f, g, o = np.split(x @ W_xh + h @ W_hh + b_h, 4, axis=1)
    c *= sigmoid(f)
    c += sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c.copy()
