"""Loses test_step 1: h is made from the memory before the step.

Says: h shows the old memory
"""


# %% step
def lstm_step(x, h, c, W_xh, W_hh, b_h):
    i, f, g, o = np.split(x @ W_xh + h @ W_hh + b_h, 4, axis=1)
    return sigmoid(o) * np.tanh(c), sigmoid(f) * c + sigmoid(i) * np.tanh(g)
