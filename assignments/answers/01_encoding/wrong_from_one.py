"""Loses test_encode 3: ids that begin at 1.

Says: begin at 1
"""


# %% encode
def encode(text, symbols):
    for c in text:
        if c not in symbols:
            raise ValueError(c)
    return np.array([symbols.index(c) + 1 for c in text])


def decode(ids, symbols):
    return "".join(symbols[i] for i in ids)
