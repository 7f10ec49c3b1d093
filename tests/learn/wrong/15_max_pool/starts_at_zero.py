# says: max_pool2d
# says: Start with minus infinity

import numpy as np

from minicnn.shapes import window


def seen_through(u, v, win):
    """The index of the pixels that stand at place (u, v) of their windows: one for each window."""
    rows = slice(u, u + win.OH * win.stride_h, win.stride_h)
    columns = slice(v, v + win.OW * win.stride_w, win.stride_w)
    return slice(None), rows, columns


def in_frame(x, win):
    """x in a frame of minus infinity. With 0 a window of negative numbers would give 0, which is not in the image."""
    return np.pad(x, ((0, 0), (win.top, win.bottom), (win.left, win.right), (0, 0)), constant_values=-np.inf)


def max_pool2d(x, kernel_size, stride=None, padding=0):
    win = window("max_pool2d", x.shape, kernel_size, kernel_size if stride is None else stride, padding)
    x = in_frame(x, win)
    y = np.zeros(x[seen_through(0, 0, win)].shape, x.dtype)
    for u, v in np.ndindex(win.KH, win.KW):
        np.maximum(y, x[seen_through(u, v, win)], out=y)
    return y


def max_pool2d_backward(dy, x, kernel_size, stride=None, padding=0):
    win = window("max_pool2d_backward", x.shape, kernel_size, kernel_size if stride is None else stride, padding)
    N, H, W, C = x.shape
    x = in_frame(x, win)
    y = x[seen_through(0, 0, win)].copy()
    for u, v in np.ndindex(win.KH, win.KW):
        np.maximum(y, x[seen_through(u, v, win)], out=y)
    dx = np.zeros(x.shape, dy.dtype)
    waiting = np.ones(y.shape, bool)
    for u, v in np.ndindex(win.KH, win.KW):
        wins = waiting & (x[seen_through(u, v, win)] == y)
        dx[seen_through(u, v, win)] += np.where(wins, dy, 0)
        waiting &= ~wins
    return dx[:, win.top:win.top + H, win.left:win.left + W]
