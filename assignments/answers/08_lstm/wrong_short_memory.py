"""Loses test_memory 3: a forget bias of 3 halves the memory every 14 time steps.

Says: fades within 200 time steps
"""


# %% memory
def memory():
    W_xh = np.array([[0.0, 0.0, 1.0, 0.0], [20.0, -20.0, 0.0, 0.0]])
    return W_xh, np.zeros((1, 4)), np.array([-10.0, 3.0, 0.0, 10.0])
