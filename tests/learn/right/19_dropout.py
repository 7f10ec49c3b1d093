import numpy as np


def draw_mask(shape, rate, rng):
    return rng.binomial(1, 1 - rate, shape).astype(bool)


def dropout(x, mask, rate):
    return np.where(mask, x / (1 - rate), 0)


def dropout_backward(dy, mask, rate):
    dx = dy / (1 - rate)
    dx[~mask] = 0
    return dx
