# says: draw_mask
# says: each unit

import numpy as np


def draw_mask(shape, rate, rng):
    stays = rng.random(shape[0]) >= rate
    return np.repeat(stays[:, None], shape[1], axis=1)


def dropout(x, mask, rate):
    return x * mask / (1 - rate)


def dropout_backward(dy, mask, rate):
    return dy * mask / (1 - rate)
