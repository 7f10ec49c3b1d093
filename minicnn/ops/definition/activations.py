"""Activations, computed one number after the other."""

import math

import numpy as np


def _each(function, *arrays):
    """Apply a function to the entries of the arrays, one index after the other."""
    y = np.zeros(arrays[0].shape, arrays[0].dtype)
    for index in np.ndindex(y.shape):
        y[index] = function(*(float(array[index]) for array in arrays))
    return y


def relu(x):
    """x, or 0 if x is negative."""
    return _each(lambda x: 0 if x < 0 else x, x)


def relu_backward(dy, x):
    """The derivative is 1 if x > 0, else 0."""
    return _each(lambda dy, x: dy if x > 0 else 0, dy, x)


def leaky_relu(x, slope=0.01):
    """x if it is positive, else slope * x."""
    return _each(lambda x: x if x > 0 else slope * x, x)


def leaky_relu_backward(dy, x, slope=0.01):
    """The derivative is 1 if x > 0, else slope."""
    return _each(lambda dy, x: dy if x > 0 else slope * dy, dy, x)


def sigmoid(x):
    """1 / (1 + exp(-x)), written so that exp never overflows."""
    return _each(lambda x: 1 / (1 + math.exp(-x)) if x > 0 else math.exp(x) / (1 + math.exp(x)), x)


def sigmoid_backward(dy, y):
    """The derivative is y * (1 - y)."""
    return _each(lambda dy, y: dy * y * (1 - y), dy, y)


def tanh(x):
    """The hyperbolic tangent."""
    return _each(math.tanh, x)


def tanh_backward(dy, y):
    """The derivative is 1 - y**2."""
    return _each(lambda dy, y: dy * (1 - y * y), dy, y)
