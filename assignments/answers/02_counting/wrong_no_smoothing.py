"""Loses test_probability 4: the plain share of the counts.

Says: not asked
"""


# %% probability
def probability(tables, context, symbol, V):
    p = 1 / V
    for length, table in enumerate(tables):
        if length > len(context):
            break
        row = table.get(context[len(context) - length :], {})
        if row:
            p = row.get(symbol, 0) / sum(row.values())
    return p
