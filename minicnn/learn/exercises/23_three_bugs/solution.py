"""Exercise 23: three bugs in code, repaired."""

import numpy as np


def tanh_backward(dy, y):
    # The derivative is 1 - tanh(x) ** 2, and y is tanh(x) already. The code took the tanh of y once more. Near 0, tanh
    # is almost the identity: there it made little difference.
    return dy * (1 - y**2)


def leaky_relu(x, slope=0.01):
    """Right. y = x if x > 0, else slope * x."""
    return np.where(x > 0, x, slope * x)


def leaky_relu_backward(dy, x, slope=0.01):
    # The code used 0.01, whatever the slope is. With the default slope nobody notices.
    return np.where(x > 0, dy, slope * dy)


def log_softmax_backward(dy, y):
    # Every x of a row reaches all y of the row, through the sum. So backward needs the sum of dy over the row. If only one
    # entry of the row is not 0, the sum is that entry: there, the code was right by accident.
    return dy - np.exp(y) * dy.sum(axis=1, keepdims=True)
