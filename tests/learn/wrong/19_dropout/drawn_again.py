# says: dropout_backward
# says: the mask of the forward pass

import numpy as np


def draw_mask(shape, rate, rng):
    return rng.random(shape) >= rate


def dropout(x, mask, rate):
    return x * mask / (1 - rate)


def dropout_backward(dy, mask, rate):
    mask = np.random.random(dy.shape) >= rate
    return dy * mask / (1 - rate)
