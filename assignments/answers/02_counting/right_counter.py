"""Right: collections, slices, recursion."""

# %% count
from collections import Counter, defaultdict


def count(names, n):
    table = defaultdict(Counter)
    for name in names:
        text = "\n" * (n - 1) + name + "\n"
        for start in range(len(name) + 1):
            table[text[start : start + n - 1]][text[start + n - 1]] += 1
    return {h: dict(followers) for h, followers in table.items()}


# %% probability
def probability(tables, context, symbol, V):
    if not tables:
        return 1 / V
    need = len(tables) - 1
    if len(context) < need:
        return probability(tables[:-1], context, symbol, V)
    h = context[len(context) - need :]
    shorter = probability(tables[:-1], h[1:], symbol, V)
    followers = tables[-1].get(h)
    if not followers:
        return shorter
    N, T = sum(followers.values()), len(followers)
    return (followers.get(symbol, 0) + T * shorter) / (N + T)
