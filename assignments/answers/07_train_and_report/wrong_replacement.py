"""Loses test_batches 3: names are drawn with replacement.

Says: Some names are in no batch
"""


# %% batches
def batches(names, size, rng):
    mixed = [names[i] for i in rng.integers(len(names), size=len(names))]
    return [mixed[start : start + size] for start in range(0, len(names), size)]
