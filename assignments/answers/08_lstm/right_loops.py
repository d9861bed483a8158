"""Right: loops over rows and units, the math module, a list for each row of weights."""

# %% step
import math


def lstm_step(x, h, c, W_xh, W_hh, b_h):
    B, H = h.shape
    shown, kept = np.zeros((B, H)), np.zeros((B, H))

    def before(row, column):
        total = b_h[column]
        for d in range(x.shape[1]):
            total += x[row, d] * W_xh[d, column]
        for d in range(H):
            total += h[row, d] * W_hh[d, column]
        return total

    for row in range(B):
        for unit in range(H):
            i, f, o = (1 / (1 + math.exp(-before(row, n * H + unit))) for n in (0, 1, 3))
            kept[row, unit] = f * c[row, unit] + i * math.tanh(before(row, 2 * H + unit))
            shown[row, unit] = o * math.tanh(kept[row, unit])
    return shown, kept


# %% half_life
def half_life(b):
    if np.ndim(b):
        return np.array([half_life(one) for one in b])
    return math.log(2) / math.log1p(math.exp(-b))


# %% memory
def memory():
    return [[0, 0, 2, 0], [30, -30, 0, 2]], [[0, 0, 0, 0]], [-15, 15, 0, 3]


# %% turned
def turned(xs, h, c, W_xh, W_hh, b_h, w):
    def preferred(row, k=None):
        state, memory = h[row : row + 1], c[row : row + 1].copy()
        if k is not None:
            memory[0, k] *= -1
        for x in xs[:, row]:
            state, memory = lstm_step(x[None], state, memory, W_xh, W_hh, b_h)
        return float((state @ w)[0]) > 0

    B, H = c.shape
    return [sum(preferred(b) != preferred(b, k) for b in range(B)) / B for k in range(H)]
