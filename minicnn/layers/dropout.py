"""Dropout."""

import numpy as np

from .. import ops
from ..ops.checks import Rng, generator, is_number
from ..shapes import ShapeError, message, shown
from .layer import Layer


class Dropout(Layer):
    """In training, set each number to 0 with probability `rate` and divide the others by 1 - rate. In eval mode y = x.

    `rng` is the numpy Generator that draws the masks (or a seed for one).
    Shapes: any, y like x. Raises: ShapeError if rate is not in [0, 1); DtypeError.
    Source: Srivastava et al., 2014; the op with its equation is `minicnn.ops.dropout`.
    """

    def __init__(self, rate: float = 0.5, rng: Rng = None):
        if not (is_number(rate) and 0 <= rate < 1):
            raise ShapeError(message("Dropout", "rate in [0, 1)", shown(rate), "rate is the probability of being dropped"))
        self.rate, self.rng = float(rate), generator("Dropout", rng)

    def forward(self, x):
        self.mask = None
        if not self.training:
            return x
        self.mask = self.rng.random(x.shape, np.float32) >= self.rate        # True: this number stays
        return ops.dropout(x, self.mask, self.rate)

    def backward(self, dy):
        if self.mask is None:
            return dy
        return ops.dropout_backward(dy, self.mask, self.rate)

    def __repr__(self):
        return f"Dropout({self.rate})"
