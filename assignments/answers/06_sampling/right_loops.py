"""Right: loops and sorting by hand."""


# %% probabilities
def probabilities(z, temperature=1.0):
    if temperature == 0:
        out = [0.0] * len(z)
        out[list(z).index(max(z))] = 1.0
        return np.array(out)
    top = max(z)
    e = [np.exp((score - top) / temperature) for score in z]
    return np.array([x / sum(e) for x in e])


# %% nucleus
def nucleus(probs, p):
    left, total, out = list(range(len(probs))), 0.0, np.zeros(len(probs))
    while left and total < p - 1e-12:
        best = max(left, key=lambda i: (probs[i], -i))
        left.remove(best)
        out[best] = probs[best]
        total += probs[best]
    return out / total


# %% distance
def edit_distance(a, b):
    D = np.zeros((len(a) + 1, len(b) + 1), int)
    D[:, 0], D[0] = np.arange(len(a) + 1), np.arange(len(b) + 1)
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            D[i, j] = min(
                D[i - 1, j] + 1, D[i, j - 1] + 1, D[i - 1, j - 1] + (a[i - 1] != b[j - 1])
            )
    return int(D[-1, -1])
