"""Right: arrays of names, a log-sum-exp by NumPy, all epochs kept and the best one picked."""


# %% batches
def batches(names, size, rng):
    mixed = np.array(names)[rng.permutation(len(names))]
    return np.split(mixed, range(size, len(mixed), size))


# %% surprises
def surprises(params, names):
    x, y, mask = pack(names)
    h0 = np.zeros((x.shape[1], params["W_hh"].shape[1]))
    z = forward(params, x, h0)[1]
    T, B = np.indices(y.shape)
    costs = np.logaddexp.reduce(z, axis=-1) - z[T, B, y]
    return np.where(mask, costs, 0).sum(axis=0)


# %% epoch
def train_epoch(params, state, names, rng, size=32, lr=0.01, limit=1.0):
    losses, weights = [], []
    for batch in batches(names, size, rng):
        x, y, mask = pack(batch)
        h0 = np.zeros((len(batch), params["b_h"].size))
        loss, grads = loss_and_grads(params, x, y, mask, h0)
        params, state = adam_step(params, clip_by_norm(grads, limit), state, lr)
        losses.append(loss)
        weights.append(mask.sum())
    return params, state, np.average(losses, weights=weights)


# %% fit
def fit(params, train, valid, rng, epochs=12, patience=3, size=32, lr=0.01, limit=1.0):
    every, state, history = [], {}, np.zeros(0)
    for rate in lr * (1 - np.arange(epochs) / epochs):
        params, state, _ = train_epoch(params, state, train, rng, size, rate, limit)
        every.append(params)
        history = np.append(history, score(params, valid))
        if len(history) - 1 - history.argmin() >= patience:
            break
    return every[history.argmin()], list(history)
