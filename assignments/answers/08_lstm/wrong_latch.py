"""Loses test_memory 1: the candidate is a switch, and the size is lost.

Says: only its sign is left
"""


# %% memory
def memory():
    W_xh = np.array([[0.0, 0.0, 9.0, 0.0], [20.0, -20.0, 0.0, 0.0]])
    return W_xh, np.zeros((1, 4)), np.array([-10.0, 10.0, 0.0, 10.0])
