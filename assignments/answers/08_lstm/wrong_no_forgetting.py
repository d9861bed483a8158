"""Loses test_step 3: the LSTM of 1997, which cannot forget; how it is shown is right.

Says: forget gate is missing
"""


# %% step
def lstm_step(x, h, c, W_xh, W_hh, b_h):
    i, _, g, o = np.split(x @ W_xh + h @ W_hh + b_h, 4, axis=1)
    c = c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c
