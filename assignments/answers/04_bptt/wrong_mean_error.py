"""Loses test_error 1: the mean hides one wrong entry among many.

Says: one wrong entry
"""


# %% error
def relative_error(a, b):
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        return np.inf
    return float(np.mean(np.abs(a - b) / np.maximum(np.maximum(np.abs(a), np.abs(b)), 1e-8)))
