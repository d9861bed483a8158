"""Right: a class with deep copies does the work."""

# %% adam
import copy


class Adam:
    def __init__(self, state, betas):
        self.state = copy.deepcopy(state) or {"t": 0, "m": {}, "v": {}}
        self.betas = betas

    def move(self, name, g):
        for moment, beta, value in zip("mv", self.betas, (g, g * g)):
            old = self.state[moment].get(name, 0 * g)
            self.state[moment][name] = beta * old + (1 - beta) * value
        m, v = (
            self.state[moment][name] / (1 - beta ** self.state["t"])
            for moment, beta in zip("mv", self.betas)
        )
        return m, v


def adam_step(params, grads, state, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
    adam = Adam(state, betas)
    adam.state["t"] += 1
    params = copy.deepcopy(params)
    for name, g in grads.items():
        m, v = adam.move(name, g)
        params[name] -= lr * m / (v**0.5 + eps)
    return params, adam.state
