"""Loses test_probability 4: the beginning of the context in place of its end.

Says: probability differs
"""


# %% probability
def probability(tables, context, symbol, V):
    p = 1 / V
    for length, table in enumerate(tables):
        if length > len(context):
            break
        row = table.get(context[:length], {})
        N, T = sum(row.values()), len(row)
        if N:
            p = (row.get(symbol, 0) + T * p) / (N + T)
    return p
