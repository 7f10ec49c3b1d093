"""Pooling as its equations. The padding is minus infinity for a maximum, and zeros that count for a mean."""

import math

import numpy as np

from ...shapes import window
from ..padding import crop, pad
from .activations import relu_backward


def _winner(x, n, i, j, c, win):
    """(row, column) of the first maximum of a window of the padded x. A NaN counts as larger than every number."""
    best = best_value = None
    for u, v in np.ndindex(win.KH, win.KW):
        row, column = i * win.stride_h + u, j * win.stride_w + v
        if win.top <= row < x.shape[1] - win.bottom and win.left <= column < x.shape[2] - win.right:  # padding never wins
            value = x[n, row, column, c]
            if best is None or value > best_value or (math.isnan(value) and not math.isnan(best_value)):
                best, best_value = (row, column), value
    return best


def max_pool2d(x, kernel_size, stride=None, padding=0):
    """The largest pixel of each window."""
    win = window("max_pool2d", x.shape, kernel_size, kernel_size if stride is None else stride, padding)
    y = np.zeros((x.shape[0], win.OH, win.OW, x.shape[3]), x.dtype)
    x = pad(x, win, -math.inf)
    for n, i, j, c in np.ndindex(y.shape):
        row, column = _winner(x, n, i, j, c, win)
        y[n, i, j, c] = x[n, row, column, c]
    return y


def max_pool2d_backward(dy, x, kernel_size, stride=None, padding=0):
    """Each dy goes to the pixel that was the largest of its window."""
    win = window("max_pool2d_backward", x.shape, kernel_size, kernel_size if stride is None else stride, padding)
    x = pad(x, win, -math.inf)
    dx = np.zeros(x.shape, dy.dtype)
    for n, i, j, c in np.ndindex(dy.shape):
        row, column = _winner(x, n, i, j, c, win)
        dx[n, row, column, c] += dy[n, i, j, c]
    return crop(dx, win)


def avg_pool2d(x, kernel_size, stride=None, padding=0):
    """The mean of each window."""
    win = window("avg_pool2d", x.shape, kernel_size, kernel_size if stride is None else stride, padding)
    y = np.zeros((x.shape[0], win.OH, win.OW, x.shape[3]), x.dtype)
    x = pad(x, win)
    for n, i, j, c, u, v in np.ndindex(*y.shape, win.KH, win.KW):
        y[n, i, j, c] += x[n, i * win.stride_h + u, j * win.stride_w + v, c] / (win.KH * win.KW)
    return y


def avg_pool2d_backward(dy, x_shape, kernel_size, stride=None, padding=0):
    """Each pixel of a window gets dy / (KH * KW)."""
    win = window("avg_pool2d_backward", x_shape, kernel_size, kernel_size if stride is None else stride, padding)
    dx = pad(np.zeros(x_shape, dy.dtype), win)
    for n, i, j, c, u, v in np.ndindex(*dy.shape, win.KH, win.KW):
        dx[n, i * win.stride_h + u, j * win.stride_w + v, c] += dy[n, i, j, c] / (win.KH * win.KW)
    return crop(dx, win)


def global_avg_pool2d(x):
    """The mean over all pixels of each channel."""
    N, H, W, C = x.shape
    y = np.zeros((N, C), x.dtype)
    for n, i, j, c in np.ndindex(x.shape):
        y[n, c] += x[n, i, j, c] / (H * W)
    return y


def global_avg_pool2d_backward(dy, x_shape):
    """Each pixel gets dy / (H * W)."""
    N, H, W, C = x_shape
    dx = np.zeros(x_shape, dy.dtype)
    for n, i, j, c in np.ndindex(*x_shape):
        dx[n, i, j, c] += dy[n, c] / (H * W)
    return dx


def max_pool2d_relu_backward(dy, y, kernel_size, stride=None, padding=0):
    """First back through the pooling, then back through the ReLU."""
    return relu_backward(max_pool2d_backward(dy, y, kernel_size, stride, padding), y)
