"""Loses test_adam 5: ε inside of the root.

Says: outside of the root
"""


# %% adam
def adam_step(params, grads, state, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
    t = state.get("t", 0) + 1
    m, v = state.get("m", {}), state.get("v", {})
    m = {k: betas[0] * m.get(k, 0.0) + (1 - betas[0]) * g for k, g in grads.items()}
    v = {k: betas[1] * v.get(k, 0.0) + (1 - betas[1]) * g**2 for k, g in grads.items()}
    new = {}
    for k, p in params.items():
        new[k] = p - lr * m[k] / (1 - betas[0] ** t) / np.sqrt(v[k] / (1 - betas[1] ** t) + eps)
    return new, {"t": t, "m": m, "v": v}
