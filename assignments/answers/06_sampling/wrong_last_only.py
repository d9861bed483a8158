"""Loses test_generate 1: the network is told the last symbol only.

Says: with all symbols so far
"""


# %% generate
def generate(next_scores, rng, temperature=1.0, p=1.0, longest=30):
    ids = [0]
    while len(ids) <= longest:
        probs = nucleus(probabilities(next_scores(ids[-1:]), temperature), p)
        drawn = int(rng.choice(len(probs), p=probs))
        if drawn == 0:
            break
        ids.append(drawn)
    return ids[1:]
