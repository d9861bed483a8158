"""Loses test_backward 1: along the memory, blame should go through the forget gate.

Says: through the forget gate
"""


# %% backward
def step_backward(dh, dc, a, c_prev):
    i, f, g, o = np.split(a, 4, axis=1)
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    shown = np.tanh(f * c_prev + i * g)
    total = dc + dh * o * (1 - shown**2)
    da = [
        total * g * i * (1 - i),
        total * c_prev * f * (1 - f),
        total * i * (1 - g**2),
        dh * shown * o * (1 - o),
    ]
    return np.hstack(da), total
