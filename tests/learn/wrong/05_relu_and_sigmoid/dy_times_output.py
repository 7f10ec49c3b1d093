# says: relu_backward
# says: dy itself passes

import numpy as np


def relu(x):
    return np.maximum(x, 0)


def relu_backward(dy, x):
    return dy * relu(x)


def sigmoid(x):
    e = np.exp(-np.abs(x))
    return np.where(x > 0, 1, e) / (1 + e)


def sigmoid_backward(dy, y):
    return dy * y * (1 - y)
