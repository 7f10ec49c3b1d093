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


def dropout(x, keep, rate):
    """Inverted dropout: zero what is not kept, scale the rest so that the mean stays: y = x * keep / (1 - rate).

    The caller draws `keep`, so that the op stays a pure function and a gradient check can freeze the mask.

    Shapes: x any, keep booleans like x, y like x.
    Raises: ShapeError where rate is outside [0, 1) or keep does not fit.
    Source: Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov, 'Dropout', 2014, section 10.
    """
    return x * keep / (1 - rate)


def dropout_backward(dy, keep, rate):
    """dx = dy * keep / (1 - rate): the same mask, the same scale. Shapes: dy, keep, dx alike."""
    return dy * keep / (1 - rate)


def log_softmax(x):
    """y[..., k] = x[..., k] - log(sum over j of exp(x[..., j])), with each row's own maximum taken out first.

    Shapes: x (..., K) -> y like x.
    """
    shifted = x - x.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def log_softmax_backward(dy, y):
    """dx = dy - softmax(x) * (sum of dy over the row), with softmax(x) = exp(y). Shapes: dy, dx like y."""
    return dy - np.exp(y) * dy.sum(axis=-1, keepdims=True)
