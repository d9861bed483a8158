"""Loses test_step 4: the bias is missing.

Says: bias b_h is missing
"""


# %% step
def lstm_step(x, h, c, W_xh, W_hh, b_h):
    i, f, g, o = np.split(x @ W_xh + h @ W_hh, 4, axis=1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c
