"""Loses test_loss 1: the exponential of 900.

Says: large scores
"""


# %% loss
def loss_and_gradient(z, y, mask):
    p = np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True)
    hot = y[..., None] == np.arange(z.shape[-1])
    N = mask.sum()
    chosen = (p * hot).sum(axis=-1)
    return -np.log(chosen[mask]).sum() / N, (p - hot) * mask[..., None] / N
