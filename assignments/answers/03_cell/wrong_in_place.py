"""Loses test_step 1: the caller's state is overwritten.

Says: copy it first
"""


# %% step
def step(x, h, W_xh, W_hh, b_h):
    h[:] = np.tanh(x @ W_xh + h @ W_hh + b_h)
    return h.copy()
