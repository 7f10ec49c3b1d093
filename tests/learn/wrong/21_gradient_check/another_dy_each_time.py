# says: one dy

import numpy as np


def gradient_error(forward, backward, x, rng, h=1e-4):
    dy = rng.standard_normal(forward(x).shape)
    dx = backward(dy, x)
    numeric = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] += h
        down[index] -= h
        numeric[index] = ((rng.standard_normal(dy.shape) * forward(up)).sum() - (rng.standard_normal(dy.shape) * forward(down)).sum()) / (2 * h)
    return np.abs(dx - numeric).max() / np.abs(numeric).max()
