"""Dropout: zero some numbers, scale the others."""

import numpy as np

from . import backend
from .checks import check_call, check_mask


def dropout(x: np.ndarray, mask: np.ndarray, rate: float) -> np.ndarray:
    """Inverted dropout: numbers whose mask is False become 0, the others are scaled so that the mean stays.

        y = x * mask / (1 - rate)

    The caller draws the mask (True with probability 1 - rate). So the op is a pure function, and a gradient check can
    hold the mask still.

    Shapes: x any, mask booleans like x -> y like x.
    Raises: ShapeError if rate is outside [0, 1) or mask does not fit, DtypeError.
    Source: Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov, 'Dropout', 2014, section 10.
    """
    check_call(_check_dropout, x, mask, rate)
    return backend.implementation().dropout(x, mask, rate)


def dropout_backward(dy: np.ndarray, mask: np.ndarray, rate: float) -> np.ndarray:
    """dx = dy * mask / (1 - rate): the same mask, the same scale. Shapes: dy, mask, dx alike.

    Raises: ShapeError, DtypeError.
    """
    check_call(_check_dropout_backward, dy, mask, rate)
    return backend.implementation().dropout_backward(dy, mask, rate)


def _check_dropout(x, mask, rate):
    check_mask("dropout", "x", x, mask, rate)


def _check_dropout_backward(dy, mask, rate):
    check_mask("dropout_backward", "dy", dy, mask, rate)
