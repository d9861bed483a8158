"""Loses test_batches 3: the names that do not fill a batch are thrown away.

Says: is the last one lost?
"""


# %% batches
def batches(names, size, rng):
    mixed = [names[i] for i in rng.permutation(len(names))]
    return [mixed[k * size : (k + 1) * size] for k in range(len(names) // size)]
