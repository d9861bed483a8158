"""Loses test_momentum 2: the velocity is not handed on.

Says: lost between steps
"""


# %% momentum
def momentum_step(params, grads, velocity, lr, momentum):
    v = {k: momentum * velocity.get(k, 0.0) + g for k, g in grads.items()}
    return {k: p - lr * v[k] for k, p in params.items()}, {}
