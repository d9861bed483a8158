"""Loses test_latch 2: the memory fades, which the visible test is too short to see.

Says: forgets the event
"""


# %% latch
def latch():
    return 2.0, 6.0, -0.6
