"""Loses test_probabilities 3: the temperature multiplies.

Says: multiplies; it should divide
"""


# %% probabilities
def probabilities(z, temperature=1.0):
    if temperature == 0:
        return (np.arange(len(z)) == np.argmax(z)).astype(float)
    e = np.exp(z * temperature - (z * temperature).max())
    return e / e.sum()
