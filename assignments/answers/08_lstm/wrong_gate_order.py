"""Loses test_step 4: the blocks are taken as i, f, o, g, as another library has them.

Says: in the order i, f, o, g
"""


# %% step
def lstm_step(x, h, c, W_xh, W_hh, b_h):
    i, f, o, g = np.split(x @ W_xh + h @ W_hh + b_h, 4, axis=1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c
