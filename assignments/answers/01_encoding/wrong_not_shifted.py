"""Loses test_pairs 2: the network would learn to repeat its input.

Says: end mark
"""


# %% pairs
def inputs_and_targets(name, symbols):
    ids = encode(name, symbols)
    return ids, ids
