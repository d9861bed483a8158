"""Loses test_error 1: max ignores what is not a number.

Says: a nan passes
"""


# %% error
def relative_error(a, b):
    worst = 0.0
    for u, v in zip(np.ravel(a), np.ravel(b)):
        error = abs(u - v) / max(abs(u), abs(v), 1e-8)
        worst = max(worst, error)
    return worst
