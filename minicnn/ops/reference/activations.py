"""Ops that take one number to one number, and log-softmax, which takes a row to a row.

A backward pass multiplies dy by the derivative. Where the derivative is simpler in terms of the result than of the
input (sigmoid, tanh, log-softmax), the backward pass is given y instead of x.
All of them raise ShapeError where dy does not have the shape of x, and DtypeError where an array is not of floats.
"""

import numpy as np


def relu(x):
    """y = max(x, 0). Shapes: any, y like x. Source: Nair, Hinton, 'Rectified Linear Units', 2010."""
    return np.maximum(x, 0)


def relu_backward(dy, x):
    """dx = dy where x > 0, else 0 (at the kink x = 0 the derivative is taken as 0). Shapes: dy, dx like x."""
    return np.where(x > 0, dy, 0).astype(dy.dtype, copy=False)


def leaky_relu(x, slope=0.01):
    """y = x where x > 0, else slope * x. Shapes: any, y like x. Source: Maas, Hannun, Ng, 2013, section 2."""
    return np.where(x > 0, x, slope * x)


def leaky_relu_backward(dy, x, slope=0.01):
    """dx = dy where x > 0, else slope * dy. Shapes: dy, dx like x."""
    return np.where(x > 0, dy, slope * dy)


def sigmoid(x):
    """y = 1 / (1 + exp(-x)), written with exp(-|x|) alone, which cannot overflow. Shapes: any, y like x."""
    e = np.exp(-np.abs(x))
    return np.where(x > 0, 1, e) / (1 + e)


def sigmoid_backward(dy, y):
    """dx = dy * y * (1 - y), with y = sigmoid(x). Shapes: dy, dx like y."""
    return dy * y * (1 - y)


def tanh(x):
    """y = tanh(x). Shapes: any, y like x."""
    return np.tanh(x)


def tanh_backward(dy, y):
    """dx = dy * (1 - y**2), with y = tanh(x). Shapes: dy, dx like y."""
    return dy * (1 - y * y)
