"""Loses test_adam 5: the moments start too small.

Says: bias correction is missing
"""


# %% adam
def adam_step(params, grads, state, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
    m, v = state.get("m", {}), state.get("v", {})
    m = {k: betas[0] * m.get(k, 0.0) + (1 - betas[0]) * g for k, g in grads.items()}
    v = {k: betas[1] * v.get(k, 0.0) + (1 - betas[1]) * g**2 for k, g in grads.items()}
    new = {k: p - lr * m[k] / (np.sqrt(v[k]) + eps) for k, p in params.items()}
    return new, {"t": state.get("t", 0) + 1, "m": m, "v": v}
