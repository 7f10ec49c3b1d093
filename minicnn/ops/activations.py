"""Activations: functions that are applied to each number separately.

A backward pass multiplies dy by the derivative. If the derivative is simpler in terms of the result (sigmoid, tanh), the
backward pass takes y instead of x. All of them raise ShapeError if dy does not have x's shape, and DtypeError if an array
is not of floats.
"""

import numpy as np

from . import backend
from .checks import check_alike, check_call, check_number


def relu(x: np.ndarray) -> np.ndarray:
    """y = max(x, 0). Shapes: any, y like x. Source: Nair, Hinton, 'Rectified Linear Units', 2010."""
    check_call(_check_relu, x)
    return backend.implementation().relu(x)


def relu_backward(dy: np.ndarray, x: np.ndarray) -> np.ndarray:
    """dx = dy if x > 0, else 0. At the kink x = 0 the derivative is taken as 0. Shapes: dy, dx like x."""
    check_call(_check_relu_backward, dy, x)
    return backend.implementation().relu_backward(dy, x)


def leaky_relu(x: np.ndarray, slope: float = 0.01) -> np.ndarray:
    """y = x if x > 0, else slope * x. Shapes: any, y like x. Source: Maas, Hannun, Ng, 2013, section 2."""
    check_call(_check_leaky_relu, x, slope)
    return backend.implementation().leaky_relu(x, slope)


def leaky_relu_backward(dy: np.ndarray, x: np.ndarray, slope: float = 0.01) -> np.ndarray:
    """dx = dy if x > 0, else slope * dy. Shapes: dy, dx like x."""
    check_call(_check_leaky_relu_backward, dy, x, slope)
    return backend.implementation().leaky_relu_backward(dy, x, slope)


def sigmoid(x: np.ndarray) -> np.ndarray:
    """y = 1 / (1 + exp(-x)), computed with exp(-|x|), which cannot overflow. Shapes: any, y like x."""
    check_call(_check_sigmoid, x)
    return backend.implementation().sigmoid(x)


def sigmoid_backward(dy: np.ndarray, y: np.ndarray) -> np.ndarray:
    """dx = dy * y * (1 - y), with y = sigmoid(x). Shapes: dy, dx like y."""
    check_call(_check_sigmoid_backward, dy, y)
    return backend.implementation().sigmoid_backward(dy, y)


def tanh(x: np.ndarray) -> np.ndarray:
    """y = tanh(x). Shapes: any, y like x."""
    check_call(_check_tanh, x)
    return backend.implementation().tanh(x)


def tanh_backward(dy: np.ndarray, y: np.ndarray) -> np.ndarray:
    """dx = dy * (1 - y**2), with y = tanh(x). Shapes: dy, dx like y."""
    check_call(_check_tanh_backward, dy, y)
    return backend.implementation().tanh_backward(dy, y)


def _check_relu(x):
    check_alike("relu", x=x)


def _check_relu_backward(dy, x):
    check_alike("relu_backward", x=x, dy=dy)


def _check_leaky_relu(x, slope):
    check_alike("leaky_relu", x=x)
    check_number("leaky_relu", "slope", slope)


def _check_leaky_relu_backward(dy, x, slope):
    check_alike("leaky_relu_backward", x=x, dy=dy)
    check_number("leaky_relu_backward", "slope", slope)


def _check_sigmoid(x):
    check_alike("sigmoid", x=x)


def _check_sigmoid_backward(dy, y):
    check_alike("sigmoid_backward", y=y, dy=dy)


def _check_tanh(x):
    check_alike("tanh", x=x)


def _check_tanh_backward(dy, y):
    check_alike("tanh_backward", y=y, dy=dy)
