# says: changes its input x

import numpy as np


def gradient_error(forward, backward, x, rng, h=1e-4):
    dy = rng.standard_normal(forward(x).shape)
    dx = backward(dy, x)
    numeric = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        x[index] += h
        up = x.copy()
        x[index] -= 2 * h
        down = x.copy()
        numeric[index] = ((dy * forward(up)).sum() - (dy * forward(down)).sum()) / (2 * h)
    return np.abs(dx - numeric).max() / np.abs(numeric).max()
