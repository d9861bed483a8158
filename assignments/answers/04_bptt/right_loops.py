"""Right: loops over rows and over symbols."""


# %% loss
def loss_and_gradient(z, y, mask):
    loss, dz, N = 0.0, np.zeros(z.shape), int(np.sum(mask))
    for t in range(z.shape[0]):
        for b in range(z.shape[1]):
            if not mask[t, b]:
                continue
            e = np.exp(z[t, b] - np.max(z[t, b]))
            p = e / np.sum(e)
            loss -= (z[t, b, y[t, b]] - np.max(z[t, b]) - np.log(np.sum(e))) / N
            dz[t, b] = p / N
            dz[t, b, y[t, b]] -= 1 / N
    return loss, dz


# %% backward
def backward(dhs, xs, hs, h0, W_xh, W_hh):
    T, B, _ = xs.shape
    dW_xh, dW_hh, db_h, dxs = 0, 0, 0, np.empty(xs.shape)
    dh0 = np.empty(h0.shape)
    for b in range(B):
        delta = np.zeros(h0.shape[1])
        for t in range(T - 1, -1, -1):
            delta = (delta + dhs[t, b]) * (1 - hs[t, b] * hs[t, b])
            earlier = h0[b] if t == 0 else hs[t - 1, b]
            dW_xh = dW_xh + np.outer(xs[t, b], delta)
            dW_hh = dW_hh + np.outer(earlier, delta)
            db_h = db_h + delta
            dxs[t, b] = W_xh @ delta
            delta = W_hh @ delta
        dh0[b] = delta
    return dict(W_xh=dW_xh, W_hh=dW_hh, b_h=db_h, xs=dxs, h0=dh0)
