"""Convolution."""

import math

import numpy as np

from .. import ops
from ..shapes import conv_window, paddings, pair, shortest, whole
from . import initializers
from .layer import Layer
from .parameter import Parameter


class Conv2D(Layer):
    """F filters slide over images of C channels:  y[n, i, j] = b + sum over u, v of x[n, i+u, j+v] @ w[u, v].

    Shapes: x (N, H, W, C) -> y (N, OH, OW, F), OH = (H + 2 * padding - KH) // stride + 1; `w` (KH, KW, C, F),
    `b` (F,) or None. `kernel_size`, `stride` and `padding` are integers or pairs (height, width); padding may be
    "same". `rng` is a numpy Generator (or a seed for one) that draws the first weights.
    Raises: ShapeError, DtypeError.
    Source: LeCun et al., 1998; the op with its equation is `minicnn.ops.conv2d`.
    """

    def __init__(self, channels, filters, kernel_size, stride=1, padding=0, bias=True, rng=None, dtype=np.float32,
                 initializer=initializers.he_normal):
        who = "Conv2D"
        self.channels, self.filters = whole(who, "channels", channels, 1), whole(who, "filters", filters, 1)
        self.kernel_size, self.stride = pair(who, "kernel_size", kernel_size, 1), pair(who, "stride", stride, 1)
        paddings(who, padding)
        self.padding = padding
        self.w = Parameter(initializer((*self.kernel_size, channels, filters), rng, dtype))
        self.b = Parameter(initializers.zeros((filters,), dtype=dtype)) if bias else None

    def forward(self, x, relu=False):
        """y, or relu(y) where the ReLU behind this layer is computed with it (see minicnn/layers/fusion.py)."""
        self.check(x)
        compute = ops.conv2d_relu if relu else ops.conv2d
        y = compute(x, self.w.value, self.b and self.b.value, self.stride, self.padding)
        self.cache = self.keep(y, x)
        return y

    def backward(self, dy, input_gradient=True):
        """dx, or None where nobody asks for it: in front of a network's first layer there is nothing to learn."""
        x, = self.take(dy)
        dx, self.w.grad, db = ops.conv2d_backward(dy, x, self.w.value, self.stride, self.padding, input_gradient)
        if self.b:
            self.b.grad = db
        return dx

    def output_shape(self, x_shape, who="Conv2D"):
        win = conv_window(who, x_shape, self.w.shape, self.stride, self.padding)
        return x_shape[0], win.OH, win.OW, self.filters

    def multiply_adds(self, x_shape):
        return math.prod(self.output_shape(x_shape)) * math.prod(self.w.shape[:3])

    def __repr__(self):
        stride = "" if self.stride == (1, 1) else f", stride={shortest(self.stride)}"
        padding = "" if self.padding == 0 else f", padding={self.padding!r}"
        return f"Conv2D({self.channels}, {self.filters}, kernel_size={shortest(self.kernel_size)}{stride}{padding})"
