"""Pooling layers."""

from .. import ops
from ..shapes import check_images, paddings, pair, pool_window, shortest
from .layer import Layer


class _Pool(Layer):
    def __init__(self, kernel_size, stride=None, padding=0):
        who = type(self).__name__
        self.kernel_size = pair(who, "kernel_size", kernel_size, 1)
        self.stride = self.kernel_size if stride is None else pair(who, "stride", stride, 1)
        paddings(who, padding)
        self.padding = padding

    def output_shape(self, x_shape, who=None):
        win = pool_window(who or type(self).__name__, x_shape, self.kernel_size, self.stride, self.padding)
        return x_shape[0], win.OH, win.OW, x_shape[3]

    def __repr__(self):
        stride = "" if self.stride == self.kernel_size else f", stride={shortest(self.stride)}"
        padding = "" if self.padding == 0 else f", padding={self.padding!r}"
        return f"{type(self).__name__}({shortest(self.kernel_size)}{stride}{padding})"


class MaxPool2D(_Pool):
    """The largest value of each window; windows may overlap, padding never wins.

    Shapes: x (N, H, W, C) -> y (N, OH, OW, C); stride None means kernel_size.
    Raises: ShapeError, DtypeError. The op with its equation is `minicnn.ops.max_pool2d`.
    """

    def forward(self, x):
        self.check(x)
        y = ops.max_pool2d(x, self.kernel_size, self.stride, self.padding)
        self.cache = self.keep(y, x)
        return y

    def backward(self, dy):
        x, = self.take(dy)
        return ops.max_pool2d_backward(dy, x, self.kernel_size, self.stride, self.padding)


class AvgPool2D(_Pool):
    """The mean of each window; the padding counts as zeros.

    Shapes: x (N, H, W, C) -> y (N, OH, OW, C); stride None means kernel_size.
    Raises: ShapeError, DtypeError. The op with its equation is `minicnn.ops.avg_pool2d`.
    """

    def forward(self, x):
        self.check(x)
        y = ops.avg_pool2d(x, self.kernel_size, self.stride, self.padding)
        self.cache = self.keep(y, x.shape)
        return y

    def backward(self, dy):
        x_shape, = self.take(dy)
        return ops.avg_pool2d_backward(dy, x_shape, self.kernel_size, self.stride, self.padding)


class GlobalAvgPool2D(Layer):
    """The mean over all pixels: one number per channel, for images of any size.

    Shapes: x (N, H, W, C) -> y (N, C).
    Raises: ShapeError, DtypeError. The op with its equation is `minicnn.ops.global_avg_pool2d`.
    """

    def forward(self, x):
        self.check(x)
        y = ops.global_avg_pool2d(x)
        self.cache = self.keep(y, x.shape)
        return y

    def backward(self, dy):
        x_shape, = self.take(dy)
        return ops.global_avg_pool2d_backward(dy, x_shape)

    def output_shape(self, x_shape, who="GlobalAvgPool2D"):
        check_images(who, x_shape)
        return x_shape[0], x_shape[3]
