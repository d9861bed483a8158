"""Loses test_pad 1: a real 0 is taken for padding.

Says: real ids of 0
"""


# %% pad
def pad(sequences):
    T = max(map(len, sequences))
    ids = np.zeros((T, len(sequences)), int)
    for b, s in enumerate(sequences):
        ids[: len(s), b] = s
    return ids, ids != 0
