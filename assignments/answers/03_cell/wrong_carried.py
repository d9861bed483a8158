"""Loses test_forward 1: a state in a global variable outlives its sequence.

Says: outlive its sequence
"""

# %% forward
MEMORY = {}


def forward(xs, h0, W_xh, W_hh, b_h):
    h = MEMORY.get(h0.shape, h0) if not h0.any() else h0
    hs = []
    for x in xs:
        h = step(x, h, W_xh, W_hh, b_h)
        hs.append(h)
    MEMORY[h0.shape] = h
    return np.stack(hs)
