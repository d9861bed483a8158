"""Right: a class with a tape, all weights in one matrix, lists instead of tuples."""


# %% step
class Cell:
    def __init__(self, W_xh, W_hh, b_h):
        self.W = np.concatenate([W_xh, W_hh, b_h[None]])

    def gates(self, x, h):
        a = np.concatenate([x, h, np.ones((len(x), 1))], axis=1) @ self.W
        return self.open(a)

    @staticmethod
    def open(a):
        n = a.shape[1] // 4
        out = 1 / (1 + np.exp(-a))
        out[:, 2 * n : 3 * n] = np.tanh(a[:, 2 * n : 3 * n])
        return out.reshape(len(a), 4, n).transpose(1, 0, 2)

    def __call__(self, x, h, c):
        i, f, g, o = self.gates(x, h)
        c = f * c + i * g
        return [o * np.tanh(c), c]


def lstm_step(x, h, c, W_xh, W_hh, b_h):
    return Cell(W_xh, W_hh, b_h)(x, h, c)


# %% forward
def lstm_forward(xs, h0, c0, W_xh, W_hh, b_h):
    cell, tape = Cell(W_xh, W_hh, b_h), [(h0, c0)]
    for x in xs:
        tape.append(cell(x, *tape[-1]))
    hs, cs = zip(*tape[1:], strict=True)
    return np.array(hs), np.array(cs)


# %% backward
def step_backward(dh, dc, a, c_prev):
    i, f, g, o = Cell.open(a)
    t = np.tanh(f * c_prev + i * g)
    d = dc + dh * o - dh * o * t * t
    blocks = np.stack([d * g, d * c_prev, d * i, dh * t])
    slopes = np.stack([i - i * i, f - f * f, 1 - g * g, o - o * o])
    return np.hstack(list(blocks * slopes)).tolist(), (d * f).tolist()


# %% memory
def memory():
    W = np.zeros((3, 4))
    W[0, 2] = 0.8
    W[1, :2] = 25, -24
    return W[:2], W[2:], np.array([-12, 9, 0, 8])
