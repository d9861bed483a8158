"""Right: differences in place, put back afterwards; log-sum-exp by logaddexp."""


# %% loss
def loss_and_gradient(z, y, mask):
    lse = np.logaddexp.reduce(z, axis=-1)
    N = np.count_nonzero(mask)
    chosen = np.take_along_axis(z, y[..., None], -1)[..., 0]
    loss = np.where(mask, lse - chosen, 0).sum() / N
    dz = np.exp(z - lse[..., None])
    np.put_along_axis(dz, y[..., None], np.take_along_axis(dz, y[..., None], -1) - 1, -1)
    return loss, dz * mask[..., None] / N


# %% numerical
def numerical_gradient(f, x, eps=1e-5):
    flat, shape = np.array(x, float).reshape(-1), np.shape(x)
    grad = []
    for i in range(flat.size):
        kept = flat[i]
        flat[i] = kept + eps
        up = f(flat.reshape(shape))
        flat[i] = kept - eps
        down = f(flat.reshape(shape))
        flat[i] = kept
        grad.append((up - down) / eps / 2)
    return np.reshape(grad, shape)
