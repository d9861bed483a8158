"""Loses test_symbols 2: the alphabet, whatever the names.

Says: Some characters are missing
"""


# %% symbols
def symbols_of(names):
    return list("\nabcdefghijklmnopqrstuvwxyz")
