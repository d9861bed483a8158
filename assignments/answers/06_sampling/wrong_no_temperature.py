"""Loses test_probabilities 4, test_generate 2: a sampler without temperature.

Says: temperature is ignored
"""


# %% probabilities
def probabilities(z, temperature=1.0):
    e = np.exp(z - z.max())
    return e / e.sum()


# %% generate
def generate(next_scores, rng, temperature=1.0, p=1.0, longest=30):
    ids = [0]
    while len(ids) <= longest:
        probs = nucleus(probabilities(next_scores(ids)), p)
        drawn = int(rng.choice(len(probs), p=probs))
        if drawn == 0:
            break
        ids.append(drawn)
    return ids[1:]
