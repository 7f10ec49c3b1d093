"""The dense (fully connected) layer."""

import numpy as np

from .. import ops
from ..shapes import check_shape, whole
from . import initializers
from .layer import Layer
from .parameter import Parameter


class Dense(Layer):
    """Every output sees every input:  y = x @ w + b.

    Shapes: x (N, D) -> y (N, K); `w` (D, K), `b` (K,) or None, with D = in_features and K = out_features.
    Raises: ShapeError, DtypeError.
    """

    def __init__(self, in_features, out_features, bias=True, rng=None, dtype=np.float32,
                 initializer=initializers.he_normal):
        shape = whole("Dense", "in_features", in_features, 1), whole("Dense", "out_features", out_features, 1)
        self.w = Parameter(initializer(shape, rng, dtype))
        self.b = Parameter(initializers.zeros(shape[1:], dtype=dtype)) if bias else None

    def forward(self, x, relu=False):
        """y, or relu(y) where the ReLU behind this layer is computed with it (see minicnn/layers/fusion.py)."""
        self.check(x)
        compute = ops.dense_relu if relu else ops.dense
        y = compute(x, self.w.value, self.b and self.b.value)
        self.cache = self.keep(y, x)
        return y

    def backward(self, dy, input_gradient=True):
        """dx, or None where nobody asks for it: in front of a network's first layer there is nothing to learn."""
        x, = self.take(dy)
        dx, self.w.grad, db = ops.dense_backward(dy, x, self.w.value, input_gradient)
        if self.b:
            self.b.grad = db
        return dx

    def output_shape(self, x_shape, who="Dense"):
        D, K = self.w.shape
        check_shape(who, "x", x_shape, ("N", D), "" if len(x_shape) == 2 else "put Flatten() before it")
        return x_shape[0], K

    def multiply_adds(self, x_shape):
        return x_shape[0] * self.w.size

    def __repr__(self):
        return f"Dense({self.w.shape[0]}, {self.w.shape[1]})"
