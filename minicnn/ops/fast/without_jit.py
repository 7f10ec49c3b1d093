"""The fast rung's functions where Numba may not compile: the reference rung, with the fast rung's three extra keywords."""

import numpy as np

from .. import reference
from ..reference import *


def conv2d(x, w, b=None, stride=1, padding=0, least=-np.inf):
    return np.maximum(reference.conv2d(x, w, b, stride, padding), x.dtype.type(least))


def conv2d_backward(dy, x, w, stride=1, padding=0, input_gradient=True):
    dx, dw, db = reference.conv2d_backward(dy, x, w, stride, padding)
    return dx if input_gradient else None, dw, db


def dense(x, w, b=None, least=-np.inf):
    return np.maximum(reference.dense(x, w, b), x.dtype.type(least))


def dense_backward(dy, x, w, input_gradient=True):
    dx, dw, db = reference.dense_backward(dy, x, w)
    return dx if input_gradient else None, dw, db


def max_pool2d_backward(dy, x, kernel_size, stride=None, padding=0, relu=False):
    dx = reference.max_pool2d_backward(dy, x, kernel_size, stride, padding)
    return dx * (x > 0) if relu else dx


def sgd(w, dw, velocity, lr, momentum=0.0, nesterov=False, weight_decay=0.0):
    g = dw + weight_decay * w
    velocity[...] = momentum * velocity + g
    w -= lr * (g + momentum * velocity if nesterov else velocity)


def rmsprop(w, dw, square, lr, rho=0.99, epsilon=1e-8, weight_decay=0.0):
    g = dw + weight_decay * w
    square[...] = rho * square + (1 - rho) * g * g
    w -= lr * g / (np.sqrt(square) + epsilon)


def adam(w, dw, m, v, t, lr, beta1=0.9, beta2=0.999, epsilon=1e-8, weight_decay=0.0, decoupled=False):
    g = dw if decoupled else dw + weight_decay * w
    m[...] = beta1 * m + (1 - beta1) * g
    v[...] = beta2 * v + (1 - beta2) * g * g
    if decoupled:
        w *= 1 - lr * weight_decay
    w -= lr / (1 - beta1 ** t) * m / (np.sqrt(v / (1 - beta2 ** t)) + epsilon)


def set_num_threads(n):
    pass


def num_threads():
    return 1


def threading_layer():
    return None
