"""Convolution as its equation: seven nested loops around one line of arithmetic."""

import numpy as np

from ...shapes import window
from ..padding import crop, pad
from .activations import relu


def conv2d(x, w, b=None, stride=1, padding=0):
    """Slide F filters w (KH, KW, C, F) over images x (N, H, W, C). Returns y (N, OH, OW, F)."""
    win = window("conv2d", x.shape, w.shape[:2], stride, padding)
    N, OH, OW, C, F = x.shape[0], win.OH, win.OW, x.shape[3], w.shape[3]
    x = pad(x, win)
    y = np.zeros((N, OH, OW, F), np.result_type(x, w))
    for n in range(N):                                             # every image
        for i in range(OH):                                        # every place of the window: row,
            for j in range(OW):                                    # column
                for f in range(F):                                 # every filter
                    if b is not None:
                        y[n, i, j, f] = b[f]
                    for u in range(win.KH):                        # every entry of the filter: row,
                        for v in range(win.KW):                    # column,
                            for c in range(C):                     # channel
                                y[n, i, j, f] += x[n, i * win.stride_h + u, j * win.stride_w + v, c] * w[u, v, c, f]
    return y


def conv2d_backward(dy, x, w, stride=1, padding=0, input_gradient=True):
    """The same seven loops. Forward says y += x * w, so backward says dx += dy * w and dw += dy * x."""
    win = window("conv2d_backward", x.shape, w.shape[:2], stride, padding)
    N, OH, OW, C, F = *dy.shape[:3], x.shape[3], w.shape[3]
    x = pad(x, win)
    dx = np.zeros(x.shape, np.result_type(dy, x, w))
    dw = np.zeros(w.shape, dx.dtype)
    db = np.zeros(F, dx.dtype)
    for n in range(N):
        for i in range(OH):
            for j in range(OW):
                for f in range(F):
                    db[f] += dy[n, i, j, f]
                    for u in range(win.KH):
                        for v in range(win.KW):
                            for c in range(C):
                                dx[n, i * win.stride_h + u, j * win.stride_w + v, c] += dy[n, i, j, f] * w[u, v, c, f]
                                dw[u, v, c, f] += dy[n, i, j, f] * x[n, i * win.stride_h + u, j * win.stride_w + v, c]
    return crop(dx, win) if input_gradient else None, dw, db


def conv2d_relu(x, w, b=None, stride=1, padding=0):
    """First the convolution, then the ReLU."""
    return relu(conv2d(x, w, b, stride, padding))


def im2col(x, kernel_size, stride=1, padding=0):
    """Copy the window that each output pixel sees into one row of a matrix (N*OH*OW, KH*KW*C)."""
    win = window("im2col", x.shape, kernel_size, stride, padding)
    N, _, _, C = x.shape
    x = pad(x, win)
    cols = np.zeros((N, win.OH, win.OW, win.KH, win.KW, C), x.dtype)
    for n, i, j, u, v, c in np.ndindex(cols.shape):
        cols[n, i, j, u, v, c] = x[n, i * win.stride_h + u, j * win.stride_w + v, c]
    return cols.reshape(N * win.OH * win.OW, win.KH * win.KW * C)


def col2im(cols, x_shape, kernel_size, stride=1, padding=0):
    """Send each number of cols back to the pixel that im2col copied it from, and add it there."""
    win = window("col2im", x_shape, kernel_size, stride, padding)
    N, _, _, C = x_shape
    cols = cols.reshape(N, win.OH, win.OW, win.KH, win.KW, C)
    x = pad(np.zeros(x_shape, cols.dtype), win)
    for n, i, j, u, v, c in np.ndindex(cols.shape):
        x[n, i * win.stride_h + u, j * win.stride_w + v, c] += cols[n, i, j, u, v, c]
    return crop(x, win)
