"""Loses test_epoch 1: the new weights are written over those that came in.

Says: somebody may have kept them
"""


# %% epoch
def train_epoch(params, state, names, rng, size=32, lr=0.01, limit=1.0):
    total, symbols = 0.0, 0
    for batch in batches(names, size, rng):
        x, y, mask = pack(batch)
        h0 = np.zeros((len(batch), len(params["b_h"])))
        loss, grads = loss_and_grads(params, x, y, mask, h0)
        new, state = adam_step(params, clip_by_norm(grads, limit), state, lr)
        for name in params:
            params[name][...] = new[name]
        total, symbols = total + loss * mask.sum(), symbols + mask.sum()
    return params, state, total / symbols
