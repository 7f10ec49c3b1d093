"""Log-softmax, over the last axis."""

import numpy as np


def log_softmax(x):
    """The largest number of each row is subtracted first, so exp cannot overflow."""
    shifted = x - x.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def log_softmax_backward(dy, y):
    """exp(y) is softmax(x)."""
    return dy - np.exp(y) * dy.sum(axis=-1, keepdims=True)
