"""Loses test_fit 1: patience without end.

Says: It does not stop early
"""


# %% fit
def fit(params, train, valid, rng, epochs=12, patience=3, size=32, lr=0.01, limit=1.0):
    state, history, best, since = {}, [], params, 0
    for epoch in range(epochs):
        rate = lr * (1 - epoch / epochs)
        params, state, _ = train_epoch(params, state, train, rng, size, rate, limit)
        history.append(score(params, valid))
        since += 1
        if history[-1] == min(history):
            best, since = params, 0
    return best, history
