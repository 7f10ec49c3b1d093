"""Dropout, one number after the other."""

import numpy as np


def dropout(x, mask, rate):
    """Each number is either dropped (0) or scaled up by 1 / (1 - rate)."""
    y = np.zeros(x.shape, x.dtype)
    for index in np.ndindex(x.shape):
        y[index] = float(x[index]) * mask[index] / (1 - rate)
    return y


def dropout_backward(dy, mask, rate):
    """The derivative of a kept number is 1 / (1 - rate), that of a dropped number is 0."""
    dx = np.zeros(dy.shape, dy.dtype)
    for index in np.ndindex(dy.shape):
        dx[index] = float(dy[index]) * mask[index] / (1 - rate)
    return dx
