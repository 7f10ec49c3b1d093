"""Pooling layers."""

from .. import ops
from ..shapes import Padding, Size, check_images, paddings, pair, pool_window, shortest
from .layer import Layer


class Pool(Layer):
    """The base class of MaxPool2D and AvgPool2D: it has the window and computes the shape of y."""

    def __init__(self, kernel_size: Size, stride: Size | None = None, padding: Padding = 0):
        who = self._who()
        self.kernel_size = pair(who, "kernel_size", kernel_size, 1)
        self.stride = self.kernel_size if stride is None else pair(who, "stride", stride, 1)
        paddings(who, padding)
        self.padding = padding

    def output_shape(self, x_shape, who=None):
        win = pool_window(who or self._who(), x_shape, self.kernel_size, self.stride, self.padding)
        return x_shape[0], win.OH, win.OW, x_shape[3]

    def __repr__(self):
        stride = "" if self.stride == self.kernel_size else f", stride={shortest(self.stride)}"
        padding = "" if self.padding == 0 else f", padding={self.padding!r}"
        return f"{self._who()}({shortest(self.kernel_size)}{stride}{padding})"


class MaxPool2D(Pool):
    """The largest value of each window. Windows may overlap; the padding is never the largest.

    Shapes: x (N, H, W, C) -> y (N, OH, OW, C). If stride is None it is kernel_size.
    Raises: ShapeError, DtypeError. The op with its equation is `minicnn.ops.max_pool2d`.
    """

    def forward(self, x):
        self.saved = x
        return ops.max_pool2d(x, self.kernel_size, self.stride, self.padding)

    def backward(self, dy):
        return ops.max_pool2d_backward(dy, self.saved, self.kernel_size, self.stride, self.padding)


class AvgPool2D(Pool):
    """The mean of each window. The padding counts as zeros.

    Shapes: x (N, H, W, C) -> y (N, OH, OW, C). If stride is None it is kernel_size.
    Raises: ShapeError, DtypeError. The op with its equation is `minicnn.ops.avg_pool2d`.
    """

    def forward(self, x):
        self.saved = x.shape
        return ops.avg_pool2d(x, self.kernel_size, self.stride, self.padding)

    def backward(self, dy):
        return ops.avg_pool2d_backward(dy, self.saved, self.kernel_size, self.stride, self.padding)


class GlobalAvgPool2D(Layer):
    """The mean over all pixels: one number per channel, for images of any size.

    Shapes: x (N, H, W, C) -> y (N, C).
    Raises: ShapeError, DtypeError. The op with its equation is `minicnn.ops.global_avg_pool2d`.
    """

    def forward(self, x):
        self.saved = x.shape
        return ops.global_avg_pool2d(x)

    def backward(self, dy):
        return ops.global_avg_pool2d_backward(dy, self.saved)

    def output_shape(self, x_shape, who="GlobalAvgPool2D"):
        check_images(who, x_shape)
        return x_shape[0], x_shape[3]
