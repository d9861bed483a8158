"""Loses test_probability 4: V in the place of T.

Says: not V
"""


# %% probability
def probability(tables, context, symbol, V):
    p = 1 / V
    for length, table in enumerate(tables):
        if length > len(context):
            break
        row = table.get(context[len(context) - length :], {})
        N = sum(row.values())
        if N:
            p = (row.get(symbol, 0) + V * p) / (N + V)
    return p
