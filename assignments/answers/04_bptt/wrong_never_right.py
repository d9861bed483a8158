"""Loses test_error 2: nothing is ever right, so what is not a number is not either.

Says: Two equal arrays have no error
"""


# %% error
def relative_error(a, b):
    return np.inf
