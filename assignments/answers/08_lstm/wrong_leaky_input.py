"""Loses test_memory 1: the input gate is not shut tightly, and 200 passing values come through.

Says: leave traces
"""


# %% memory
def memory():
    W_xh = np.array([[0.0, 0.0, 1.0, 0.0], [20.0, -20.0, 0.0, 0.0]])
    return W_xh, np.zeros((1, 4)), np.array([-5.0, 10.0, 0.0, 10.0])
