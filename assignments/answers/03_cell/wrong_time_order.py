"""Loses test_forward 4: the last symbol is read first.

Says: read backwards
"""


# %% forward
def forward(xs, h0, W_xh, W_hh, b_h):
    hs, h = [], h0
    for x in xs[::-1]:
        h = step(x, h, W_xh, W_hh, b_h)
        hs.append(h)
    return np.stack(hs)
