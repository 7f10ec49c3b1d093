"""The dense layer."""

import numpy as np

from .activations import relu


def dense(x, w, b=None):
    y = np.zeros((x.shape[0], w.shape[1]), np.result_type(x, w))
    for n, k in np.ndindex(y.shape):
        y[n, k] = 0 if b is None else b[k]
        for d in range(x.shape[1]):
            y[n, k] += x[n, d] * w[d, k]
    return y


def dense_backward(dy, x, w, input_gradient=True):
    dx, dw, db = (np.zeros(shape, np.result_type(dy, x, w)) for shape in (x.shape, w.shape, w.shape[1:]))
    for n, k in np.ndindex(dy.shape):
        db[k] += dy[n, k]
        for d in range(x.shape[1]):
            dx[n, d] += dy[n, k] * w[d, k]
            dw[d, k] += dy[n, k] * x[n, d]
    return dx if input_gradient else None, dw, db


def dense_relu(x, w, b=None):
    return relu(dense(x, w, b))
