"""Right: loops over names and letters, a best score that starts at infinity, deep copies."""


# %% batches
def batches(names, size, rng):
    made, batch = [], []
    for i in rng.permutation(len(names)):
        batch.append(names[i])
        if len(batch) == size:
            made.append(batch)
            batch = []
    if batch:
        made.append(batch)
    return made


# %% surprises
def surprises(params, names):
    out = []
    for name in names:
        x, y, _ = pack([name])
        _, z = forward(params, x, np.zeros((1, len(params["b_h"]))))
        total = 0.0
        for t in range(len(name) + 1):
            scores = z[t, 0]
            top = scores.max()
            total += np.log(np.exp(scores - top).sum()) + top - scores[y[t, 0]]
        out.append(total)
    return np.array(out)


# %% fit
import copy


def fit(params, train, valid, rng, epochs=12, patience=3, size=32, lr=0.01, limit=1.0):
    best, lowest, bad, adam, history = None, float("inf"), 0, {}, []
    e = 0
    while e < epochs and bad < patience:
        params, adam, _ = train_epoch(
            params, adam, train, rng, size=size, lr=lr * (epochs - e) / epochs, limit=limit
        )
        now = float(score(params, valid))
        history.append(now)
        if now < lowest:
            best, lowest, bad = copy.deepcopy(params), now, 0
        else:
            bad += 1
        e += 1
    return best, history
