"""Loses test_latch 3: a unit that stays low whatever happens has remembered nothing.

Says: stays low even at the event
"""


# %% latch
def latch():
    return 0.0, 0.0, -5.0
