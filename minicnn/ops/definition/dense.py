"""The dense layer as its equation: three nested loops."""

import numpy as np

from .activations import relu


def dense(x, w, b=None):
    """y[n, k] = b[k] + sum over d of x[n, d] * w[d, k]."""
    y = np.zeros((x.shape[0], w.shape[1]), np.result_type(x, w))
    for n, k in np.ndindex(y.shape):
        if b is not None:
            y[n, k] = b[k]
        for d in range(x.shape[1]):
            y[n, k] += x[n, d] * w[d, k]
    return y


def dense_backward(dy, x, w, input_gradient=True):
    """The same loops. Forward says y += x * w, so backward says dx += dy * w and dw += dy * x."""
    dx = np.zeros(x.shape, np.result_type(dy, x, w))
    dw = np.zeros(w.shape, dx.dtype)
    db = np.zeros(w.shape[1], dx.dtype)
    for n, k in np.ndindex(dy.shape):
        db[k] += dy[n, k]
        for d in range(x.shape[1]):
            dx[n, d] += dy[n, k] * w[d, k]
            dw[d, k] += dy[n, k] * x[n, d]
    return dx if input_gradient else None, dw, db


def dense_relu(x, w, b=None):
    """First the dense layer, then the ReLU."""
    return relu(dense(x, w, b))
