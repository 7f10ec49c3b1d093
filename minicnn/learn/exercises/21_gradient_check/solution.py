"""Exercise 21: a gradient check of your own."""

import numpy as np


def gradient_error(forward, backward, x, rng, h=1e-4):
    # A random dy. With dy = 1 everywhere, an op that ignores dy would pass, and the gradient of a softmax would be 0.
    dy = rng.standard_normal(forward(x).shape)
    dx = backward(dy, x)
    numeric = np.zeros(x.shape)
    for index in np.ndindex(x.shape):                    # every entry: a bug may sit in one corner
        up, down = x.copy(), x.copy()
        up[index] += h
        down[index] -= h
        # Both sides: a one-sided difference has an error of the size of h.
        numeric[index] = ((dy * forward(up)).sum() - (dy * forward(down)).sum()) / (2 * h)
    # The largest error, not the mean: one wrong entry of a thousand must show. Relative to the size of the gradient, so
    # that a small gradient has no excuse and a large one no penalty.
    return np.abs(dx - numeric).max() / np.abs(numeric).max()
