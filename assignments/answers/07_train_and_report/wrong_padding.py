"""Loses test_surprises 3: padding costs something.

Says: use the mask
"""


# %% surprises
def surprises(params, names):
    x, y, _ = pack(names)
    _, z = forward(params, x, np.zeros((len(names), len(params["b_h"]))))
    z = z - z.max(axis=-1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
    return -np.take_along_axis(log_p, y[..., None], axis=-1)[..., 0].sum(axis=0)
