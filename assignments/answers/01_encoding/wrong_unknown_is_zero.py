"""Loses test_encode 1: an unknown character becomes an end mark in silence.

Says: raises no ValueError
"""


# %% encode
def encode(text, symbols):
    number = {c: i for i, c in enumerate(symbols)}
    return np.array([number.get(c, 0) for c in text])


def decode(ids, symbols):
    return "".join(symbols[i] for i in ids)
