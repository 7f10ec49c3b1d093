"""Log-softmax, one row after the other."""

import math

import numpy as np


def log_softmax(x):
    """x minus log(sum of exp(x) over the row). The largest x is subtracted first, so that exp cannot overflow."""
    y = np.zeros(x.shape, x.dtype)
    for row in np.ndindex(x.shape[:-1]):
        largest = max(float(value) for value in x[row])
        log_sum = largest + math.log(sum(math.exp(float(value) - largest) for value in x[row]))
        for k in range(x.shape[-1]):
            y[(*row, k)] = float(x[(*row, k)]) - log_sum
    return y


def log_softmax_backward(dy, y):
    """Each dy, minus the probability exp(y) times the row's sum of dy."""
    dx = np.zeros(dy.shape, dy.dtype)
    for row in np.ndindex(dy.shape[:-1]):
        total = sum(float(value) for value in dy[row])
        for k in range(dy.shape[-1]):
            dx[(*row, k)] = float(dy[(*row, k)]) - math.exp(float(y[(*row, k)])) * total
    return dx
