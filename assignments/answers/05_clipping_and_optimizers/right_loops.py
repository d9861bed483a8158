"""Right: loops over entries, other names."""


# %% momentum
def momentum_step(params, grads, velocity, lr, momentum):
    moved, speeds = {}, {}
    for key in params:
        old = velocity[key] if key in velocity else np.zeros(params[key].shape)
        new = old.copy()
        for i in np.ndindex(*old.shape):
            new[i] = momentum * old[i] + grads[key][i]
        speeds[key] = new
        moved[key] = params[key] - lr * new
    return moved, speeds


# %% adam
def adam_step(params, grads, state, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
    b1, b2 = betas
    if not state:
        state = {"t": 0, "m": {}, "v": {}}
        for k in params:
            state["m"][k], state["v"][k] = np.zeros_like(params[k]), np.zeros_like(params[k])
    t, m, v, out = state["t"] + 1, {}, {}, {}
    for k, g in grads.items():
        m[k] = state["m"][k] + (1 - b1) * (g - state["m"][k])
        v[k] = state["v"][k] + (1 - b2) * (np.square(g) - state["v"][k])
        rate = lr * np.sqrt(1 - b2**t) / (1 - b1**t)
        out[k] = params[k] - rate * m[k] / (np.sqrt(v[k]) + eps * np.sqrt(1 - b2**t))
    return out, dict(t=t, m=m, v=v)
