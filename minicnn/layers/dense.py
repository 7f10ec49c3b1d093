"""The dense (fully connected) layer."""

import numpy as np
from numpy.typing import DTypeLike

from .. import ops
from ..ops.checks import Rng
from ..shapes import check_flag, check_not_empty, check_shape, whole
from . import initializers
from .initializers import Initializer
from .layer import Layer
from .parameter import Parameter


class Dense(Layer):
    """Every output sees every input:  y = x @ w + b.

    Shapes: x (N, D) -> y (N, K); `w` (D, K), `b` (K,) or None, with D = in_features and K = out_features.
    Raises: ShapeError, DtypeError. The op with its equation is `minicnn.ops.dense`.
    """

    input_gradient = True        # False: backward returns None. A network's first layer may save the cost of dx this way.

    def __init__(self, in_features: int, out_features: int, bias: bool = True, rng: Rng = None,
                 dtype: DTypeLike = np.float32, initializer: Initializer = initializers.he_normal):
        shape = whole("Dense", "in_features", in_features, 1), whole("Dense", "out_features", out_features, 1)
        check_flag("Dense", "bias", bias)
        self.w = Parameter(initializers.initial("Dense", initializer, shape, rng, dtype))
        self.b = Parameter(initializers.zeros(shape[1:], dtype=dtype)) if bias else None

    def forward(self, x):
        self.saved = x
        return ops.dense(x, self.w.value, self.bias())

    def backward(self, dy):
        return self.gradients(dy, self.saved)

    def gradients(self, dy, x):
        """Assign the gradients of w and b. Returns dx."""
        dx, self.w.grad, db = ops.dense_backward(dy, x, self.w.value, self.input_gradient)
        if self.b is not None:
            self.b.grad = db
        return dx

    def bias(self):
        """The numbers of b, or None for a layer without b."""
        return None if self.b is None else self.b.value

    def output_shape(self, x_shape, who="Dense"):
        D, K = self.w.shape
        check_not_empty(who, "x", x_shape)
        check_shape(who, "x", x_shape, ("N", D), "" if len(x_shape) == 2 else "put Flatten() before it")
        return x_shape[0], K

    def multiply_adds(self, x_shape):
        return x_shape[0] * self.w.size

    def __repr__(self):
        return f"Dense({self.w.shape[0]}, {self.w.shape[1]})"
