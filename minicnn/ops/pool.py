"""Pooling: one number for each window of each channel."""

import numpy as np

from ..shapes import Padding, Size, check_floats, check_images, pool_window
from . import backend
from .checks import check_call, check_dy


def max_pool2d(x: np.ndarray, kernel_size: Size, stride: Size | None = None, padding: Padding = 0) -> np.ndarray:
    """The largest value of every window, for each channel. The padding is minus infinity: it is never the largest.

        y[n, i, j, c] = max over u, v of  x_padded[n, i * stride + u, j * stride + v, c]

    Shapes: x (N, H, W, C) -> y (N, OH, OW, C). If stride is None it is kernel_size; windows may overlap.
    Raises: ShapeError (also if padding > kernel_size / 2: a window without a pixel), DtypeError.
    Source: Ranzato, Huang, Boureau, LeCun, 'Unsupervised Learning of Invariant Feature Hierarchies', 2007.
    """
    check_call(_check_max_pool2d, x, kernel_size, stride, padding)
    return backend.implementation().max_pool2d(x, kernel_size, stride, padding)


def max_pool2d_backward(dy: np.ndarray, x: np.ndarray, kernel_size: Size, stride: Size | None = None,
                        padding: Padding = 0) -> np.ndarray:
    """The gradient of max_pool2d: each dy goes to the pixel that was the largest of its window.

        dx[n, row, column, c] = sum of dy[n, i, j, c] over the windows (i, j) whose first maximum is pixel (row, column)

    If several pixels of a window are equally large, the first one (in the order u, then v) gets dy, and the others get 0.
    So the sum of dx is the sum of dy.

    Shapes: dy (N, OH, OW, C), x (N, H, W, C) -> dx like x.
    Raises: ShapeError, DtypeError.
    """
    check_call(_check_max_pool2d_backward, dy, x, kernel_size, stride, padding)
    return backend.implementation().max_pool2d_backward(dy, x, kernel_size, stride, padding)


def max_pool2d_relu_backward(dy: np.ndarray, y: np.ndarray, kernel_size: Size, stride: Size | None = None,
                             padding: Padding = 0) -> np.ndarray:
    """dx of max_pool2d(relu(x)), from y = relu(x): if the largest value of a window is 0, its dy is dropped.

    Shapes, Raises: as max_pool2d_backward, with y in the place of x.
    """
    check_call(_check_max_pool2d_backward, dy, y, kernel_size, stride, padding)
    return backend.implementation().max_pool2d_relu_backward(dy, y, kernel_size, stride, padding)


def avg_pool2d(x: np.ndarray, kernel_size: Size, stride: Size | None = None, padding: Padding = 0) -> np.ndarray:
    """The mean of every window, for each channel. The padding counts as zeros, as in PyTorch.

        y[n, i, j, c] = 1 / (KH * KW) * sum over u, v of  x_padded[n, i * stride + u, j * stride + v, c]

    Shapes: x (N, H, W, C) -> y (N, OH, OW, C). If stride is None it is kernel_size.
    Raises: ShapeError, DtypeError.
    """
    check_call(_check_avg_pool2d, x, kernel_size, stride, padding)
    return backend.implementation().avg_pool2d(x, kernel_size, stride, padding)


def avg_pool2d_backward(dy: np.ndarray, x_shape: tuple[int, ...], kernel_size: Size, stride: Size | None = None,
                        padding: Padding = 0) -> np.ndarray:
    """The gradient of avg_pool2d: each pixel of a window gets dy / (KH * KW). If windows overlap, these are added.

    Shapes: dy (N, OH, OW, C) -> dx of shape x_shape (N, H, W, C).
    Raises: ShapeError, DtypeError.
    """
    check_call(_check_avg_pool2d_backward, dy, x_shape, kernel_size, stride, padding)
    return backend.implementation().avg_pool2d_backward(dy, x_shape, kernel_size, stride, padding)


def global_avg_pool2d(x: np.ndarray) -> np.ndarray:
    """The mean over all pixels of each channel.

        y[n, c] = 1 / (H * W) * sum over i, j of  x[n, i, j, c]

    Shapes: x (N, H, W, C) -> y (N, C).
    Raises: ShapeError, DtypeError.
    Source: Lin, Chen, Yan, 'Network in Network', 2013, section 3.2.
    """
    check_call(_check_global_avg_pool2d, x)
    return backend.implementation().global_avg_pool2d(x)


def global_avg_pool2d_backward(dy: np.ndarray, x_shape: tuple[int, ...]) -> np.ndarray:
    """dx[n, i, j, c] = dy[n, c] / (H * W), the same for every pixel.

    Shapes: dy (N, C) -> dx of shape x_shape (N, H, W, C).
    Raises: ShapeError, DtypeError.
    """
    check_call(_check_global_avg_pool2d_backward, dy, x_shape)
    return backend.implementation().global_avg_pool2d_backward(dy, x_shape)


def _check_max_pool2d(x, kernel_size, stride, padding):
    check_floats("max_pool2d", x=x)
    pool_window("max_pool2d", x.shape, kernel_size, stride, padding)


def _check_max_pool2d_backward(dy, x, kernel_size, stride, padding):
    check_floats("max_pool2d_backward", x=x)
    _check_pool_dy("max_pool2d_backward", dy, x.shape, kernel_size, stride, padding)


def _check_avg_pool2d(x, kernel_size, stride, padding):
    check_floats("avg_pool2d", x=x)
    pool_window("avg_pool2d", x.shape, kernel_size, stride, padding)


def _check_avg_pool2d_backward(dy, x_shape, kernel_size, stride, padding):
    _check_pool_dy("avg_pool2d_backward", dy, x_shape, kernel_size, stride, padding)


def _check_pool_dy(who, dy, x_shape, kernel_size, stride, padding):
    win = pool_window(who, x_shape, kernel_size, stride, padding)
    check_dy(who, dy, (x_shape[0], win.OH, win.OW, x_shape[3]))


def _check_global_avg_pool2d(x):
    check_floats("global_avg_pool2d", x=x)
    check_images("global_avg_pool2d", x.shape)


def _check_global_avg_pool2d_backward(dy, x_shape):
    check_images("global_avg_pool2d_backward", x_shape)
    check_dy("global_avg_pool2d_backward", dy, (x_shape[0], x_shape[3]))
