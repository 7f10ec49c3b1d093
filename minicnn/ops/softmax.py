"""Log-softmax: scores to the logarithms of probabilities, row by row."""

import numpy as np

from . import backend
from .checks import check_alike, check_call


def log_softmax(x: np.ndarray) -> np.ndarray:
    """The logarithm of softmax, over the last axis.

        y[..., k] = x[..., k] - log(sum over j of exp(x[..., j]))

    The largest number of each row is subtracted first: the result is the same, and exp cannot overflow.

    Shapes: x (..., K) -> y like x. Raises: ShapeError, DtypeError.
    """
    check_call(_check_log_softmax, x)
    return backend.implementation().log_softmax(x)


def log_softmax_backward(dy: np.ndarray, y: np.ndarray) -> np.ndarray:
    """dx = dy - softmax(x) * (sum of dy over the row), with softmax(x) = exp(y). Shapes: dy, dx like y.

    Raises: ShapeError, DtypeError.
    """
    check_call(_check_log_softmax_backward, dy, y)
    return backend.implementation().log_softmax_backward(dy, y)


def _check_log_softmax(x):
    check_alike("log_softmax", x=x)


def _check_log_softmax_backward(dy, y):
    check_alike("log_softmax_backward", y=y, dy=dy)
