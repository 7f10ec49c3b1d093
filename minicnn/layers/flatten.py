"""Flatten: it changes the shape of x, and none of its numbers."""

import math

from ..shapes import ShapeError, check_not_empty, message, shape_text
from .layer import Layer


class Flatten(Layer):
    """Each image as one row, so that dense layers can follow.

    Shapes: x (N, H, W, C) -> y (N, H*W*C), the channels of a pixel side by side; any (N, ...) works.
    Raises: ShapeError, DtypeError.
    """

    def forward(self, x):
        self.saved = x.shape
        return x.reshape(x.shape[0], -1)

    def backward(self, dy):
        return dy.reshape(self.saved)

    def output_shape(self, x_shape, who="Flatten"):
        check_not_empty(who, "x", x_shape)
        if len(x_shape) < 2:
            raise ShapeError(message(who, "x (N, H, W, C)", shape_text(x_shape), "the first axis is the batch: x[None]"))
        return x_shape[0], math.prod(x_shape[1:])
