# says: difference
# says: h = 0.5

import numpy as np


def difference(f, x, h=1e-4):
    return (f(x + 1e-4) - f(x - 1e-4)) / 2e-4


def differences(f, x, h=1e-4):
    slopes = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] += h
        down[index] -= h
        slopes[index] = (f(up) - f(down)) / (2 * h)
    return slopes
