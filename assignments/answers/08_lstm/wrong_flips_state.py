"""Loses test_turned 2: what is shown is flipped, and not what is remembered.

Says: memory c is what is to be flipped
"""


# %% turned
def turned(xs, h, c, W_xh, W_hh, b_h, w):
    before = lstm_forward(xs, h, c, W_xh, W_hh, b_h)[0][-1] @ w > 0
    shares = []
    for k in range(c.shape[1]):
        other = h.copy()
        other[:, k] = -h[:, k]
        after = lstm_forward(xs, other, c, W_xh, W_hh, b_h)[0][-1] @ w > 0
        shares.append((after != before).mean())
    return np.array(shares)
