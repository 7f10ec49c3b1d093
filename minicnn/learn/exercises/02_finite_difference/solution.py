"""Exercise 2: the finite difference, for a number and for an array."""

import numpy as np


def difference(f, x, h=1e-4):
    # f changes by f(x + h) - f(x - h) while x moves by 2 * h.
    return (f(x + h) - f(x - h)) / (2 * h)


def differences(f, x, h=1e-4):
    result = np.zeros(x.shape)
    for k in np.ndindex(x.shape):                        # every entry, also if x has two or more axes
        up, down = x.copy(), x.copy()                    # copies: x itself stays as it is
        up[k] += h
        down[k] -= h
        result[k] = (f(up) - f(down)) / (2 * h)
    return result
