# says: sigmoid
# says: truth value
# says: for each entry

import numpy as np


def relu(x):
    return np.maximum(x, 0)


def relu_backward(dy, x):
    return np.where(x > 0, dy, 0)


def sigmoid(x):
    if x > 0:
        return 1 / (1 + np.exp(-x))
    return np.exp(x) / (1 + np.exp(x))


def sigmoid_backward(dy, y):
    return dy * y * (1 - y)
