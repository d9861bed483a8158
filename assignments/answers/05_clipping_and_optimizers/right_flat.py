"""Right: one long vector; np.hypot; closed forms."""


# %% clip
def clip_by_norm(grads, limit):
    norm = 0.0
    for g in grads.values():
        norm = np.hypot(norm, np.linalg.norm(g))
    if norm <= limit:
        return {k: g.copy() for k, g in grads.items()}
    return {k: limit * g / norm for k, g in grads.items()}


# %% smooth
def smooth(losses, beta):
    losses = np.asarray(losses, float)
    out = []
    for t in range(1, len(losses) + 1):
        weights = beta ** np.arange(t - 1, -1, -1.0)
        out.append(weights @ losses[:t] / weights.sum())
    return out
