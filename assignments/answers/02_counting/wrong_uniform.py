"""Loses test_probability 6: equal probabilities, which sum to 1 without any counting.

Says: the counts are not used
"""


# %% probability
def probability(tables, context, symbol, V):
    return 1 / V
