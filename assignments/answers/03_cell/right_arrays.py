"""Right: an array filled in place, other names, a product by einsum."""


# %% forward
def forward(xs, h0, W_xh, W_hh, b_h):
    inputs = np.einsum("tbd,dh->tbh", xs, W_xh) + b_h
    out = np.zeros_like(inputs)
    last = h0.copy()
    for t in range(len(xs)):
        last = np.tanh(inputs[t] + np.dot(last, W_hh))
        out[t] = last
    return out


# %% logits
def logits(hs, W_hy, b_y):
    return np.tensordot(hs, W_hy, axes=1) + b_y[None, None]
