# says: leaky_relu_backward
# says: slope=0.2

import numpy as np


def tanh_backward(dy, y):
    return dy * (1 - y**2)


def leaky_relu(x, slope=0.01):
    """Right. y = x if x > 0, else slope * x."""
    return np.where(x > 0, x, slope * x)


def leaky_relu_backward(dy, x, slope=0.01):
    return np.where(x > 0, dy, 0.01 * dy)


def log_softmax_backward(dy, y):
    return dy - np.exp(y) * dy.sum(axis=1, keepdims=True)
