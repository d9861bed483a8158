"""Loses test_backward 8: the slope of tanh is forgotten.

Says: The factor 1 − h²
"""


# %% backward
def backward(dhs, xs, hs, h0, W_xh, W_hh):
    grads = {
        "W_xh": np.zeros_like(W_xh),
        "W_hh": np.zeros_like(W_hh),
        "b_h": np.zeros(len(W_hh)),
        "xs": np.zeros_like(xs),
    }
    dh = np.zeros_like(h0)
    for t in reversed(range(len(xs))):
        da = dh + dhs[t]
        before = hs[t - 1] if t else h0
        grads["W_xh"] += xs[t].T @ da
        grads["W_hh"] += before.T @ da
        grads["b_h"] += da.sum(axis=0)
        grads["xs"][t] = da @ W_xh.T
        dh = da @ W_hh.T
    grads["h0"] = dh
    return grads
