# says: draw_mask
# says: use rng

import numpy as np


def draw_mask(shape, rate, rng):
    return np.random.random(shape) >= rate


def dropout(x, mask, rate):
    return x * mask / (1 - rate)


def dropout_backward(dy, mask, rate):
    return dy * mask / (1 - rate)
