"""Loses test_step 4: gates from −1 to 1.

Says: a gate is a logistic function
"""


# %% step
def lstm_step(x, h, c, W_xh, W_hh, b_h):
    i, f, g, o = np.split(np.tanh(x @ W_xh + h @ W_hh + b_h), 4, axis=1)
    c = f * c + i * g
    return o * np.tanh(c), c
