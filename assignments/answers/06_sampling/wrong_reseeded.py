"""Loses test_generate 5: a new generator for each symbol.

Says: is the generator made anew
"""


# %% generate
def generate(next_scores, rng, temperature=1.0, p=1.0, longest=30):
    ids = [0]
    while len(ids) <= longest:
        probs = nucleus(probabilities(next_scores(ids), temperature), p)
        drawn = int(np.random.default_rng(0).choice(len(probs), p=probs))
        if drawn == 0:
            break
        ids.append(drawn)
    return ids[1:]
