"""Right: the name grows by recursion, the distance by recursion with a memory."""


# %% generate
def generate(next_scores, rng, temperature=1.0, p=1.0, longest=30):
    def grow(ids):
        if len(ids) > longest:
            return ids[1:]
        probs = nucleus(probabilities(next_scores(ids), temperature), p)
        symbol = rng.choice(np.arange(len(probs)), p=probs)
        return ids[1:] if symbol == 0 else grow([*ids, int(symbol)])

    return grow([0])


# %% distance
from functools import cache


def edit_distance(a, b):
    @cache
    def D(i, j):
        if min(i, j) == 0:
            return max(i, j)
        return min(D(i - 1, j) + 1, D(i, j - 1) + 1, D(i - 1, j - 1) + (a[i - 1] != b[j - 1]))

    for i in range(len(a)):
        D(i, len(b))
    return D(len(a), len(b))
