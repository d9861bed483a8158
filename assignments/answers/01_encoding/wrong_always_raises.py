"""Loses test_encode 3: every text raises the error that an unknown character should.

Says: ValueError
"""


# %% encode
def encode(text, symbols):
    raise ValueError(f"{text!r} is not among the symbols")


def decode(ids, symbols):
    return "".join(symbols[i] for i in ids)
