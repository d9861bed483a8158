"""Loses test_momentum 2: a running mean in the place of a velocity.

Says: the whole gradient
"""


# %% momentum
def momentum_step(params, grads, velocity, lr, momentum):
    v = {k: momentum * velocity.get(k, 0.0) + (1 - momentum) * g for k, g in grads.items()}
    return {k: p - lr * v[k] for k, p in params.items()}, v
