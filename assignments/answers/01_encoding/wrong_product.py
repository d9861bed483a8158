"""Loses test_embed 1: the one-hot vectors are built after all.

Says: look rows up
"""


# %% embed
def embed(ids, W):
    return one_hot(ids, len(W)) @ W
