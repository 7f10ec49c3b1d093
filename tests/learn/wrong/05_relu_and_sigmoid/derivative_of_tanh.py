# says: sigmoid_backward
# says: derivative of another function

import numpy as np


def relu(x):
    return np.maximum(x, 0)


def relu_backward(dy, x):
    return np.where(x > 0, dy, 0)


def sigmoid(x):
    e = np.exp(-np.abs(x))
    return np.where(x > 0, 1, e) / (1 + e)


def sigmoid_backward(dy, y):
    return dy * (1 - y * y)
