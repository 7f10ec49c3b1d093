"""Sums of two arrays of one shape: where the branches of a network meet, and where their gradients meet."""

import numpy as np

from . import backend
from .checks import check_alike, check_call


def add(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """y = a + b. There is no add_backward: both gradients are dy itself.

    Shapes: any, b and y like a. Raises: ShapeError if b does not have a's shape, DtypeError.
    """
    check_call(_check_add, a, b)
    return backend.implementation().add(a, b)


def add_relu(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """y = relu(a + b) in one step. Both gradients are relu_backward(dy, y). Otherwise as `add`."""
    check_call(_check_add_relu, a, b)
    return backend.implementation().add_relu(a, b)


def _check_add(a, b):
    check_alike("add", a=a, b=b)


def _check_add_relu(a, b):
    check_alike("add_relu", a=a, b=b)
