"""Right: the work is in a class, the latch has other weights, lists are returned."""


# %% step
class Cell:
    def __init__(self, W_xh, W_hh, b_h):
        self.weights = np.vstack([W_xh, W_hh, b_h])

    def __call__(self, x, h):
        ones = np.ones((len(x), 1))
        return np.tanh(np.hstack([x, h, ones]) @ self.weights)


def step(x, h, W_xh, W_hh, b_h):
    return Cell(W_xh, W_hh, b_h)(x, h).tolist()


# %% forward
def forward(xs, h0, W_xh, W_hh, b_h):
    cell, hs = Cell(W_xh, W_hh, b_h), [h0]
    for x in xs:
        hs.append(cell(x, hs[-1]))
    return np.array(hs[1:])


# %% latch
def latch():
    return [2.5, 9, 0.2]
