"""Pooling: for each entry (u, v) of the window one shifted view of the image, and the views are combined."""

import numpy as np

from ...shapes import window
from ..padding import crop, pad, seen_through
from .activations import relu_backward


def max_pool2d(x, kernel_size, stride=None, padding=0):
    """The largest value of every window, each channel apart. The padding is minus infinity: it never wins.

    y[n, i, j, c] = max over u, v of  x_padded[n, i * stride + u, j * stride + v, c]

    Shapes: x (N, H, W, C) -> y (N, OH, OW, C); stride None means kernel_size; windows may overlap.
    Raises: ShapeError (also where padding > kernel_size / 2: a window without a pixel), DtypeError.
    Source: Ranzato, Huang, Boureau, LeCun, 'Unsupervised Learning of Invariant Feature Hierarchies', 2007.
    """
    win = window("max_pool2d", x.shape, kernel_size, kernel_size if stride is None else stride, padding)
    x = pad(x, win, -np.inf)
    y = x[seen_through(0, 0, win)].copy()
    for u, v in np.ndindex(win.KH, win.KW):
        np.maximum(y, x[seen_through(u, v, win)], out=y)             # a NaN stays: it is never hidden
    return y


def max_pool2d_backward(dy, x, kernel_size, stride=None, padding=0):
    """Each dy goes to the winner of its window; where several are equal, to the first alone (order u, then v).

    dx[n, row, column, c] = sum of dy[n, i, j, c] over the windows (i, j) whose first maximum is pixel (row, column).
    So the sum of dx is the sum of dy.

    Shapes: dy (N, OH, OW, C), x (N, H, W, C) -> dx like x.
    Raises: ShapeError, DtypeError.
    """
    win = window("max_pool2d_backward", x.shape, kernel_size, kernel_size if stride is None else stride, padding)
    y = max_pool2d(x, kernel_size, stride, padding)
    dx = pad(np.zeros(x.shape, dy.dtype), win)
    inside = pad(np.ones(x.shape, bool), win, False)                 # where all pixels are -inf too, the padding never wins
    x = pad(x, win, -np.inf)
    waiting = np.ones(y.shape, bool)                               # windows whose winner was not met yet
    for u, v in np.ndindex(win.KH, win.KW):
        seen = x[seen_through(u, v, win)]
        wins = waiting & inside[seen_through(u, v, win)] & ((seen == y) | np.isnan(seen))
        dx[seen_through(u, v, win)] += np.where(wins, dy, 0)
        waiting &= ~wins
    return crop(dx, win)


def avg_pool2d(x, kernel_size, stride=None, padding=0):
    """The mean of every window, each channel apart. The padding counts as zeros, as in PyTorch.

    y[n, i, j, c] = 1 / (KH * KW) * sum over u, v of  x_padded[n, i * stride + u, j * stride + v, c]

    Shapes: x (N, H, W, C) -> y (N, OH, OW, C); stride None means kernel_size.
    Raises: ShapeError, DtypeError.
    """
    win = window("avg_pool2d", x.shape, kernel_size, kernel_size if stride is None else stride, padding)
    x = pad(x, win)
    y = np.zeros((x.shape[0], win.OH, win.OW, x.shape[3]), x.dtype)
    for u, v in np.ndindex(win.KH, win.KW):
        y += x[seen_through(u, v, win)]
    return y / (win.KH * win.KW)


def avg_pool2d_backward(dy, x_shape, kernel_size, stride=None, padding=0):
    """Each dy is shared out evenly over its window; overlapping windows add.

    Shapes: dy (N, OH, OW, C) -> dx of shape x_shape (N, H, W, C).
    Raises: ShapeError, DtypeError.
    """
    win = window("avg_pool2d_backward", x_shape, kernel_size, kernel_size if stride is None else stride, padding)
    dx = pad(np.zeros(x_shape, dy.dtype), win)
    for u, v in np.ndindex(win.KH, win.KW):
        dx[seen_through(u, v, win)] += dy / (win.KH * win.KW)
    return crop(dx, win)


def global_avg_pool2d(x):
    """The mean over all pixels of each channel: y[n, c] = 1 / (H * W) * sum over i, j of x[n, i, j, c].

    Shapes: x (N, H, W, C) -> y (N, C).
    Raises: ShapeError, DtypeError.
    Source: Lin, Chen, Yan, 'Network in Network', 2013, section 3.2.
    """
    return x.mean(axis=(1, 2))


def global_avg_pool2d_backward(dy, x_shape):
    """dx[n, i, j, c] = dy[n, c] / (H * W), the same for every pixel.

    Shapes: dy (N, C) -> dx of shape x_shape (N, H, W, C).
    Raises: ShapeError, DtypeError.
    """
    _, H, W, _ = x_shape
    return np.broadcast_to(dy[:, None, None, :] / (H * W), x_shape).copy()


def max_pool2d_relu_backward(dy, y, kernel_size, stride=None, padding=0):
    """dx of max_pool2d(relu(x)), from y = relu(x): a winner that is not positive passes nothing on.

    Shapes, Raises: as max_pool2d_backward, with y in the place of x.
    """
    return relu_backward(max_pool2d_backward(dy, y, kernel_size, stride, padding), y)
