"""Loses test_epoch 4: a name begins in the state in which the name before has ended.

Says: carried into the next one
"""


# %% epoch
def train_epoch(params, state, names, rng, size=32, lr=0.01, limit=1.0):
    total, symbols, last = 0.0, 0, np.zeros((size, len(params["b_h"])))
    for batch in batches(names, size, rng):
        x, y, mask = pack(batch)
        h0 = last[: len(batch)]
        hs, _ = forward(params, x, h0)
        loss, grads = loss_and_grads(params, x, y, mask, h0)
        params, state = adam_step(params, clip_by_norm(grads, limit), state, lr)
        last = hs[mask.sum(axis=0) - 1, np.arange(len(batch))]
        total, symbols = total + loss * mask.sum(), symbols + mask.sum()
    return params, state, total / symbols
