# says: relu
# says: truth value
# says: np.maximum(x, 0)

import numpy as np


def relu(x):
    return max(x, 0)


def relu_backward(dy, x):
    return np.where(x > 0, dy, 0)


def sigmoid(x):
    e = np.exp(-np.abs(x))
    return np.where(x > 0, 1, e) / (1 + e)


def sigmoid_backward(dy, y):
    return dy * y * (1 - y)
