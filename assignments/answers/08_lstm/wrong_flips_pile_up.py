"""Loses test_turned 2: the caller's memory is flipped, and never turned back.

Says: flips pile up
"""


# %% turned
def turned(xs, h, c, W_xh, W_hh, b_h, w):
    before = lstm_forward(xs, h, c, W_xh, W_hh, b_h)[0][-1] @ w > 0
    shares = []
    for k in range(c.shape[1]):
        c[:, k] = -c[:, k]
        after = lstm_forward(xs, h, c, W_xh, W_hh, b_h)[0][-1] @ w > 0
        shares.append((after != before).mean())
    return np.array(shares)
