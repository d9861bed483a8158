"""Loses test_symbols 2: the end mark is forgotten.

Says: The end mark is missing
"""


# %% symbols
def symbols_of(names):
    return sorted(set("".join(names)))
