"""Loses test_fit 6: validation names are training names, too.

Says: The network is trained on the validation names
"""


# %% fit
def fit(params, train, valid, rng, epochs=12, patience=3, size=32, lr=0.01, limit=1.0):
    state, history, best, since = {}, [], params, 0
    for epoch in range(epochs):
        rate = lr * (1 - epoch / epochs)
        params, state, _ = train_epoch(params, state, train + valid, rng, size, rate, limit)
        history.append(score(params, valid))
        since += 1
        if history[-1] == min(history):
            best, since = params, 0
        if since == patience:
            break
    return best, history
