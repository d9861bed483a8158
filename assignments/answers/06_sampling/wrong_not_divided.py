"""Loses test_nucleus 4: the cut distribution does not sum to 1.

Says: sum to 1 again
"""


# %% nucleus
def nucleus(probs, p):
    order = np.argsort(-probs, kind="stable")
    before = np.cumsum(probs[order]) - probs[order]
    out = np.zeros_like(probs)
    kept = order[before < p - 1e-12]
    out[kept] = probs[kept]
    return out
