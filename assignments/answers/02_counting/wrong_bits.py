"""Loses test_score 4: bits.

Says: in bits
"""


# %% score
def score(tables, names, V):
    n, costs = len(tables), []
    for name in names:
        text = "\n" * (n - 1) + name + "\n"
        costs += [
            -np.log2(probability(tables, text[:i], text[i], V)) for i in range(n - 1, len(text))
        ]
    return np.mean(costs)
