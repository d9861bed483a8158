"""Loses test_adam 2: the moments are in global variables and outlive their network.

Says: adam_step
"""

# %% adam
M, V, T = {}, {}, [0]


def adam_step(params, grads, state, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
    T[0] += 1
    new = {}
    for k, g in grads.items():
        M[k] = betas[0] * M.get(k, 0.0) + (1 - betas[0]) * g
        V[k] = betas[1] * V.get(k, 0.0) + (1 - betas[1]) * g**2
        m, v = M[k] / (1 - betas[0] ** T[0]), V[k] / (1 - betas[1] ** T[0])
        new[k] = params[k] - lr * m / (np.sqrt(v) + eps)
    return new, {"t": T[0]}
