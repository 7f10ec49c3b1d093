# says: log_softmax_backward
# says: the sum of dy over the row

import numpy as np


def tanh_backward(dy, y):
    return dy * (1 - y**2)


def leaky_relu(x, slope=0.01):
    """Right. y = x if x > 0, else slope * x."""
    return np.where(x > 0, x, slope * x)


def leaky_relu_backward(dy, x, slope=0.01):
    return np.where(x > 0, dy, slope * dy)


def log_softmax_backward(dy, y):
    return dy - np.exp(y) * dy
