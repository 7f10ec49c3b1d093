"""Log-softmax, a row to a row."""


import numpy as np


def log_softmax(x):
    """y[..., k] = x[..., k] - log(sum over j of exp(x[..., j])), with each row's own maximum taken out first.

    Shapes: x (..., K) -> y like x.
    """
    shifted = x - x.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def log_softmax_backward(dy, y):
    """dx = dy - softmax(x) * (sum of dy over the row), with softmax(x) = exp(y). Shapes: dy, dx like y."""
    return dy - np.exp(y) * dy.sum(axis=-1, keepdims=True)
