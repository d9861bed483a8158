"""Loses test_nucleus 4: the symbol that crosses p is dropped.

Says: crosses p stays
"""


# %% nucleus
def nucleus(probs, p):
    order = np.argsort(-probs, kind="stable")
    kept = order[np.cumsum(probs[order]) <= p]
    if len(kept) == 0:
        kept = order[:1]
    out = np.zeros_like(probs)
    out[kept] = probs[kept]
    return out / out.sum()
