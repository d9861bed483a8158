"""Loses test_batches 3: the caller's list is shuffled in place.

Says: The list of names that was given has changed
"""


# %% batches
def batches(names, size, rng):
    rng.shuffle(names)
    return [names[start : start + size] for start in range(0, len(names), size)]
