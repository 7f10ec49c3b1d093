# says: avg_pool2d
# says: not divided by KH * KW

import numpy as np

from minicnn.shapes import window


def seen_through(u, v, win):
    """The index of the pixels that stand at place (u, v) of their windows: one for each window."""
    rows = slice(u, u + win.OH * win.stride_h, win.stride_h)
    columns = slice(v, v + win.OW * win.stride_w, win.stride_w)
    return slice(None), rows, columns


def avg_pool2d(x, kernel_size, stride=None, padding=0):
    win = window("avg_pool2d", x.shape, kernel_size, kernel_size if stride is None else stride, padding)
    x = np.pad(x, ((0, 0), (win.top, win.bottom), (win.left, win.right), (0, 0)))
    y = np.zeros((x.shape[0], win.OH, win.OW, x.shape[3]), x.dtype)
    for u, v in np.ndindex(win.KH, win.KW):
        y += x[seen_through(u, v, win)]
    return y


def avg_pool2d_backward(dy, x_shape, kernel_size, stride=None, padding=0):
    win = window("avg_pool2d_backward", x_shape, kernel_size, kernel_size if stride is None else stride, padding)
    N, H, W, C = x_shape
    dx = np.zeros((N, win.top + H + win.bottom, win.left + W + win.right, C), dy.dtype)
    for u, v in np.ndindex(win.KH, win.KW):
        dx[seen_through(u, v, win)] += dy
    return dx[:, win.top:win.top + H, win.left:win.left + W]
