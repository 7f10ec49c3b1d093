"""Dropout."""

import numpy as np

from .. import ops
from ..shapes import ShapeError, message
from .layer import Layer


class Dropout(Layer):
    """In training, zero each number with probability `rate` and scale the rest by 1 / (1 - rate); in eval, nothing.

    `rng` is the numpy Generator that draws the masks (or a seed for one).
    Shapes: any, y like x. Raises: ShapeError where rate is not in [0, 1); DtypeError.
    Source: Srivastava et al., 2014; the op with its equation is `minicnn.ops.dropout`.
    """

    def __init__(self, rate=0.5, rng=None):
        if isinstance(rate, bool) or not isinstance(rate, (int, float, np.floating)) or not 0 <= rate < 1:
            raise ShapeError(message("Dropout", "rate in [0, 1)", repr(rate), "rate is the share that is dropped"))
        self.rate, self.rng = float(rate), np.random.default_rng(rng)

    def forward(self, x):
        self.check(x)
        mask = None
        y = x
        if self.training:
            mask = self.rng.random(x.shape, np.float32) >= self.rate
            y = ops.dropout(x, mask, self.rate)
        self.cache = self.keep(y, mask)
        return y

    def backward(self, dy):
        mask, = self.take(dy)
        return dy if mask is None else ops.dropout_backward(dy, mask, self.rate)

    def __repr__(self):
        return f"Dropout({self.rate})"
