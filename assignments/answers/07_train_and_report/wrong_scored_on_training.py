"""Loses test_fit 5: the score of the training names decides.

Says: The history has the scores of the training names
"""


# %% fit
def fit(params, train, valid, rng, epochs=12, patience=3, size=32, lr=0.01, limit=1.0):
    state, history, best, since = {}, [], params, 0
    for epoch in range(epochs):
        rate = lr * (1 - epoch / epochs)
        params, state, _ = train_epoch(params, state, train, rng, size, rate, limit)
        history.append(score(params, train))
        since += 1
        if history[-1] == min(history):
            best, since = params, 0
        if since == patience:
            break
    return best, history
