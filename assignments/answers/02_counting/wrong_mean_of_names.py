"""Loses test_score 4: every name counts the same, however long.

Says: not over the means of names
"""


# %% score
def score(tables, names, V):
    n, means = len(tables), []
    for name in names:
        text = "\n" * (n - 1) + name + "\n"
        costs = [
            -np.log(probability(tables, text[:i], text[i], V)) for i in range(n - 1, len(text))
        ]
        means.append(np.mean(costs))
    return np.mean(means)
