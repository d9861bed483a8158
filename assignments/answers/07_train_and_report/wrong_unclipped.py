"""Loses test_epoch 4: gradients are not clipped.

Says: The gradient is not clipped
"""


# %% epoch
def train_epoch(params, state, names, rng, size=32, lr=0.01, limit=1.0):
    total, symbols = 0.0, 0
    for batch in batches(names, size, rng):
        x, y, mask = pack(batch)
        h0 = np.zeros((len(batch), len(params["b_h"])))
        loss, grads = loss_and_grads(params, x, y, mask, h0)
        params, state = adam_step(params, grads, state, lr)
        total, symbols = total + loss * mask.sum(), symbols + mask.sum()
    return params, state, total / symbols
