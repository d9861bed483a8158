"""Loses test_one_hot 2: ids of one axis only.

Says: another shape
"""


# %% one_hot
def one_hot(ids, V):
    ids = np.asarray(ids).ravel()
    out = np.zeros((len(ids), V))
    out[np.arange(len(ids)), ids] = 1
    return out
