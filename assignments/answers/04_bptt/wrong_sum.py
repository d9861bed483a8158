"""Loses test_loss 5: sums in the place of means.

Says: This is a sum
"""


# %% loss
def loss_and_gradient(z, y, mask):
    z = z - z.max(axis=-1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
    hot = y[..., None] == np.arange(z.shape[-1])
    return -(log_p * hot * mask[..., None]).sum(), (np.exp(log_p) - hot) * mask[..., None]
