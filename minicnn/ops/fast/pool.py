"""Pooling; the kernels are in kernels/pooling.py.

max_pool2d_backward finds the winners again from x rather than from an index that forward would have to store: the
index costs as much traffic as it saves, and an op keeps no state. max_pool2d_relu_backward is the backward pass of
ReLU and of the pooling after it at once, given the ReLU's result: a winner that is not positive passes nothing on. (The
pooling of the ReLU and the ReLU of the pooling are the same numbers.)
"""

from ...shapes import window
from .kernels.arrays import plain, plains
from .kernels.memory_pool import empty
from .kernels.pooling import largest, means, to_all, to_largest, to_largest_of_four
from .kernels.sizes import Geometry, ceil_div, remembered

BLOCK = 4   # rows of windows that a thread takes at once


def geometry_of(x_shape, *settings):
    """The sizes of a pooling of images of x_shape."""
    return geometry_of_settings(x_shape, *(tuple(v) if isinstance(v, list) else v for v in settings))


@remembered
def geometry_of_settings(x_shape, kernel_size, stride, padding):
    stride = kernel_size if stride is None else stride
    KH, KW, stride_h, stride_w, top, _, left, _, OH, OW = window("pooling", x_shape, kernel_size, stride, padding)
    return Geometry(*x_shape, KH, KW, stride_h, stride_w, top, left, OH, OW, x_shape[3])


def max_pool2d(x, kernel_size, stride=None, padding=0):
    """The largest value of each window; a NaN is the largest of all."""
    g = geometry_of(x.shape, kernel_size, stride, padding)
    y = empty((g.N, g.OH, g.OW, g.C), x.dtype)
    largest(g.N * g.OH, plain(x), y, tuple(g))
    return y


def max_pool2d_backward(dy, x, kernel_size, stride=None, padding=0):
    """Each dy to the first maximum of its window."""
    return to_winners(0, dy, x, kernel_size, stride, padding)


def max_pool2d_relu_backward(dy, y, kernel_size, stride=None, padding=0):
    """dx of max_pool2d(relu(x)), from y = relu(x)."""
    return to_winners(1, dy, y, kernel_size, stride, padding)


def to_winners(relu, dy, x, kernel_size, stride, padding):
    """dx of y = max_pool2d(x); with relu = 1, x is the result of a ReLU, and dx the gradient of the ReLU's input."""
    dy, x = plains(dy, x)
    g = geometry_of(x.shape, kernel_size, stride, padding)
    dx = empty(x.shape, x.dtype)
    side_by_side = (g.KH, g.KW, g.stride_h, g.stride_w, g.top, g.left) == (2, 2, 2, 2, 0, 0)
    if side_by_side and 2 * g.OH <= g.H and 2 * g.OW <= g.W:
        to_largest_of_four(g.N * g.OH, dy, x, dx, relu)
    else:
        block = g.OH if g.stride_h < g.KH else min(g.OH, BLOCK)    # overlapping windows of an image add to the same pixels
        to_largest(g.N * ceil_div(g.OH, block), dy, x, dx, tuple(g), block, relu)
    return dx


def avg_pool2d(x, kernel_size, stride=None, padding=0):
    """The mean of each window, padding counted as zeros."""
    g = geometry_of(x.shape, kernel_size, stride, padding)
    y = empty((g.N, g.OH, g.OW, g.C), x.dtype)
    means(g.N * g.OH, plain(x), y, tuple(g), x.dtype.type(1 / (g.KH * g.KW)))
    return y


def avg_pool2d_backward(dy, x_shape, kernel_size, stride=None, padding=0):
    """Each dy, divided evenly among its window."""
    g = geometry_of(x_shape, kernel_size, stride, padding)
    dx = empty(x_shape, dy.dtype)
    to_all(g.N, plain(dy), dx, tuple(g), dy.dtype.type(1 / (g.KH * g.KW)))
    return dx


def global_avg_pool2d(x):
    """The mean over all pixels of each channel."""
    return avg_pool2d(x, x.shape[1:3]).reshape(x.shape[0], x.shape[3])


def global_avg_pool2d_backward(dy, x_shape):
    """The same fraction of dy for every pixel."""
    return avg_pool2d_backward(dy[:, None, None, :], x_shape, x_shape[1:3])
