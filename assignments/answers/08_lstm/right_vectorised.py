"""Right: an array filled in place, all flips as one batch, the blame by the logarithmic slope."""


# %% forward
def lstm_forward(xs, h0, c0, W_xh, W_hh, b_h):
    inputs = np.einsum("tbd,dk->tbk", xs, W_xh)
    hs, cs = np.empty((2, len(xs), *h0.shape))
    h, c = h0, c0
    n = h0.shape[1]
    for t, x in enumerate(inputs):
        a = x + h @ W_hh + b_h
        s = sigmoid(a)
        c = s[:, n : 2 * n] * c + s[:, :n] * np.tanh(a[:, 2 * n : 3 * n])
        h = s[:, 3 * n :] * np.tanh(c)
        hs[t], cs[t] = h, c
    return hs, cs


# %% backward
def step_backward(dh, dc, a, c_prev):
    n = c_prev.shape[1]
    s, g = sigmoid(a), np.tanh(a[:, 2 * n : 3 * n])
    c = s[:, n : 2 * n] * c_prev + s[:, :n] * g
    total = dc + dh * s[:, 3 * n :] / np.cosh(c) ** 2
    out = s * sigmoid(-a)
    out[:, :n] *= total * g
    out[:, n : 2 * n] *= total * c_prev
    out[:, 2 * n : 3 * n] = total * s[:, :n] / np.cosh(a[:, 2 * n : 3 * n]) ** 2
    out[:, 3 * n :] *= dh * np.tanh(c)
    return out, total * s[:, n : 2 * n]


# %% half_life
def half_life(b):
    return np.log(2) / np.logaddexp(0, -b)


# %% turned
def turned(xs, h, c, W_xh, W_hh, b_h, w):
    B, H = c.shape
    signs = np.vstack([np.ones(H), 1 - 2 * np.eye(H)])
    many = (signs[:, None] * c).reshape(-1, H)
    hs, _ = lstm_forward(np.tile(xs, (1, H + 1, 1)), np.tile(h, (H + 1, 1)), many, W_xh, W_hh, b_h)
    round_ = ((hs[-1] @ w) > 0).reshape(H + 1, B)
    return (round_[1:] ^ round_[0]).mean(axis=1)
