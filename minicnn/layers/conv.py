"""The convolutional layer."""

import math

import numpy as np
from numpy.typing import DTypeLike

from .. import ops
from ..ops.checks import Rng
from ..shapes import Padding, Size, check_flag, conv_window, paddings, pair, shortest, whole
from . import initializers
from .initializers import Initializer
from .layer import Layer
from .parameter import Parameter


class Conv2D(Layer):
    """F filters slide over images of C channels:  y[n, i, j] = b + sum over u, v of x[n, i+u, j+v] @ w[u, v].

    Shapes: x (N, H, W, C) -> y (N, OH, OW, F), OH = (H + 2 * padding - KH) // stride + 1; `w` (KH, KW, C, F),
    `b` (F,) or None. `kernel_size`, `stride` and `padding` are integers or pairs (height, width). Padding may be
    "same". `rng` is a numpy Generator (or a seed for one) that draws the first weights.
    Raises: ShapeError, DtypeError.
    Source: LeCun et al., 1998; the op with its equation is `minicnn.ops.conv2d`.
    """

    input_gradient = True        # False: backward returns None. A network's first layer may save the cost of dx this way.

    def __init__(self, channels: int, filters: int, kernel_size: Size, stride: Size = 1, padding: Padding = 0,
                 bias: bool = True, rng: Rng = None, dtype: DTypeLike = np.float32,
                 initializer: Initializer = initializers.he_normal):
        who = "Conv2D"
        self.channels, self.filters = whole(who, "channels", channels, 1), whole(who, "filters", filters, 1)
        self.kernel_size, self.stride = pair(who, "kernel_size", kernel_size, 1), pair(who, "stride", stride, 1)
        paddings(who, padding)
        self.padding = padding
        check_flag(who, "bias", bias)
        self.w = Parameter(initializers.initial(who, initializer, (*self.kernel_size, channels, filters), rng, dtype))
        self.b = Parameter(initializers.zeros((filters,), dtype=dtype)) if bias else None

    def forward(self, x):
        self.saved = x
        return ops.conv2d(x, self.w.value, self.bias(), self.stride, self.padding)

    def backward(self, dy):
        return self.gradients(dy, self.saved)

    def gradients(self, dy, x):
        """Assign the gradients of w and b. Returns dx."""
        dx, self.w.grad, db = ops.conv2d_backward(dy, x, self.w.value, self.stride, self.padding, self.input_gradient)
        if self.b is not None:
            self.b.grad = db
        return dx

    def bias(self):
        """The numbers of b, or None for a layer without b."""
        return None if self.b is None else self.b.value

    def output_shape(self, x_shape, who="Conv2D"):
        win = conv_window(who, x_shape, self.w.shape, self.stride, self.padding)
        return x_shape[0], win.OH, win.OW, self.filters

    def multiply_adds(self, x_shape):
        return math.prod(self.output_shape(x_shape)) * math.prod(self.w.shape[:3])

    def __repr__(self):
        stride = "" if self.stride == (1, 1) else f", stride={shortest(self.stride)}"
        padding = "" if self.padding == 0 else f", padding={self.padding!r}"
        return f"Conv2D({self.channels}, {self.filters}, kernel_size={shortest(self.kernel_size)}{stride}{padding})"
