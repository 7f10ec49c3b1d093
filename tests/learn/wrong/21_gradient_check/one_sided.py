# says: to both sides

import numpy as np


def gradient_error(forward, backward, x, rng, h=1e-4):
    dy = rng.standard_normal(forward(x).shape)
    dx = backward(dy, x)
    numeric = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        up = x.copy()
        up[index] += h
        numeric[index] = ((dy * forward(up)).sum() - (dy * forward(x)).sum()) / h
    return np.abs(dx - numeric).max() / np.abs(numeric).max()
