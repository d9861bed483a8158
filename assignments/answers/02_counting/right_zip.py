"""Right: zip over shifted texts; the surprises are collected and averaged by NumPy."""


# %% count
def count(names, n):
    table = {}
    for name in names:
        marked = "\n" * (n - 1) + name + "\n"
        shifted = [marked[i:] for i in range(n)]
        for *context, symbol in zip(*shifted):
            row = table.setdefault("".join(context), {})
            row[symbol] = row.get(symbol, 0) + 1
    return table


# %% score
def score(tables, names, V):
    start = "\n" * (len(tables) - 1)
    costs = []
    for name in names:
        for i, symbol in enumerate(name + "\n"):
            costs.append(-np.log(probability(tables, start + name[:i], symbol, V)))
    return np.mean(costs)
