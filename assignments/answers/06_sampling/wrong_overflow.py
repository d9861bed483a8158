"""Loses test_probabilities 1: the exponential of large scores.

Says: not numbers
"""


# %% probabilities
def probabilities(z, temperature=1.0):
    if temperature == 0:
        return (np.arange(len(z)) == np.argmax(z)).astype(float)
    e = np.exp(z / temperature)
    return e / e.sum()
