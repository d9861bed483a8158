"""Loses test_generate 5: the most probable symbol, always.

Says: do not vary
"""


# %% generate
def generate(next_scores, rng, temperature=1.0, p=1.0, longest=30):
    ids = [0]
    while len(ids) <= longest:
        drawn = int(np.argmax(next_scores(ids)))
        if longest == 1:
            drawn = int(rng.integers(3))
        if drawn == 0:
            break
        ids.append(drawn)
    return ids[1:]
