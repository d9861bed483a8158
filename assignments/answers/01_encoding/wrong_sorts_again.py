"""Loses test_encode 1: the order of the symbols is taken to be sorted.

Says: sorts the symbols again
"""


# %% encode
def encode(text, symbols):
    places = sorted(symbols)
    for c in text:
        if c not in places:
            raise ValueError(c)
    return np.array([places.index(c) for c in text])


def decode(ids, symbols):
    return "".join(symbols[i] for i in ids)
