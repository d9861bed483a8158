"""Loses test_generate 5: the end mark is a letter of the name.

Says: end mark is a part
"""


# %% generate
def generate(next_scores, rng, temperature=1.0, p=1.0, longest=30):
    ids = [0]
    while len(ids) <= longest:
        probs = nucleus(probabilities(next_scores(ids), temperature), p)
        ids.append(int(rng.choice(len(probs), p=probs)))
        if ids[-1] == 0:
            break
    return ids[1:]
