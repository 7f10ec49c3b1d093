"""Pooling: for each entry (u, v) of the window, one view of the pixels that it sees. The views are combined."""

import numpy as np

from ...shapes import window
from ..padding import crop, pad, seen_through
from .activations import relu_backward


def max_pool2d(x, kernel_size, stride=None, padding=0):
    """Go through the entries (u, v) of the window, and keep the larger number at each place of y."""
    win = window("max_pool2d", x.shape, kernel_size, kernel_size if stride is None else stride, padding)
    x = pad(x, win, -np.inf)
    y = x[seen_through(0, 0, win)].copy()
    for u, v in np.ndindex(win.KH, win.KW):
        np.maximum(y, x[seen_through(u, v, win)], out=y)             # np.maximum keeps a NaN
    return y


def max_pool2d_backward(dy, x, kernel_size, stride=None, padding=0):
    """Go through the entries of the window again, and give dy to the first one that equals the maximum."""
    win = window("max_pool2d_backward", x.shape, kernel_size, kernel_size if stride is None else stride, padding)
    y = max_pool2d(x, kernel_size, stride, padding)
    dx = pad(np.zeros(x.shape, dy.dtype), win)
    inside = pad(np.ones(x.shape, bool), win, False)                 # padding gets no dy, even if the maximum is -inf
    x = pad(x, win, -np.inf)
    waiting = np.ones(y.shape, bool)                               # windows whose maximum was not found yet
    for u, v in np.ndindex(win.KH, win.KW):
        seen = x[seen_through(u, v, win)]
        wins = waiting & inside[seen_through(u, v, win)] & ((seen == y) | np.isnan(seen))
        dx[seen_through(u, v, win)] += np.where(wins, dy, 0)
        waiting &= ~wins
    return crop(dx, win)


def avg_pool2d(x, kernel_size, stride=None, padding=0):
    """Add the KH * KW views, and divide."""
    win = window("avg_pool2d", x.shape, kernel_size, kernel_size if stride is None else stride, padding)
    x = pad(x, win)
    y = np.zeros((x.shape[0], win.OH, win.OW, x.shape[3]), x.dtype)
    for u, v in np.ndindex(win.KH, win.KW):
        y += x[seen_through(u, v, win)]
    return y / (win.KH * win.KW)


def avg_pool2d_backward(dy, x_shape, kernel_size, stride=None, padding=0):
    """Every pixel of a window gets dy / (KH * KW); if windows overlap, these are added."""
    win = window("avg_pool2d_backward", x_shape, kernel_size, kernel_size if stride is None else stride, padding)
    dx = pad(np.zeros(x_shape, dy.dtype), win)
    for u, v in np.ndindex(win.KH, win.KW):
        dx[seen_through(u, v, win)] += dy / (win.KH * win.KW)
    return crop(dx, win)


def global_avg_pool2d(x):
    """The mean over both axes of the image."""
    return x.mean(axis=(1, 2))


def global_avg_pool2d_backward(dy, x_shape):
    """Every pixel gets dy / (H * W)."""
    _, H, W, _ = x_shape
    return np.broadcast_to(dy[:, None, None, :] / (H * W), x_shape).copy()


def max_pool2d_relu_backward(dy, y, kernel_size, stride=None, padding=0):
    """First back through the pooling, then back through the ReLU."""
    return relu_backward(max_pool2d_backward(dy, y, kernel_size, stride, padding), y)
