# says: differences
# says: changes its input x

import numpy as np


def difference(f, x, h=1e-4):
    return (f(x + h) - f(x - h)) / (2 * h)


def differences(f, x, h=1e-4):
    slopes = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        x[index] += h
        up = f(x)
        x[index] -= 2 * h
        slopes[index] = (up - f(x)) / (2 * h)
    return slopes
