import numpy as np


def gradient_error(forward, backward, x, rng, h=1e-4):
    y = forward(x)
    dy = rng.normal(size=y.shape)
    dx = backward(dy, x)
    worst, size = 0, 0
    flat = x.reshape(-1).copy()
    for k in range(x.size):
        old = flat[k]
        flat[k] = old + h
        up = np.sum(forward(flat.reshape(x.shape)) * dy)
        flat[k] = old - h
        down = np.sum(forward(flat.reshape(x.shape)) * dy)
        flat[k] = old
        d = (up - down) / (2 * h)
        worst = max(worst, abs(d - dx.reshape(-1)[k]))
        size = max(size, abs(d))
    return worst / size
