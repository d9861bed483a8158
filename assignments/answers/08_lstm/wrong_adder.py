"""Loses test_memory 1: the forget gate is always open, so what was written adds up.

Says: old value is still there
"""


# %% memory
def memory():
    W_xh = np.array([[0.0, 0.0, 1.0, 0.0], [20.0, -9.5, 0.0, 0.0]])
    return W_xh, np.zeros((1, 4)), np.array([-12.0, 10.0, 0.0, 10.0])
