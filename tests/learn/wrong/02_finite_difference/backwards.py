# says: difference
# says: the wrong sign

import numpy as np


def difference(f, x, h=1e-4):
    return (f(x - h) - f(x + h)) / (2 * h)


def differences(f, x, h=1e-4):
    slopes = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] += h
        down[index] -= h
        slopes[index] = (f(up) - f(down)) / (2 * h)
    return slopes
