"""Convolution and the dense layer as their equations: one line of arithmetic inside nested loops."""

import numpy as np

from ...shapes import window
from ..padding import crop, pad
from .activations import relu


def im2col(x, kernel_size, stride=1, padding=0):
    win = window("im2col", x.shape, kernel_size, stride, padding)
    N, _, _, C = x.shape
    x = pad(x, win)
    cols = np.zeros((N * win.OH * win.OW, win.KH * win.KW * C), x.dtype)
    for n, i, j, u, v, c in np.ndindex(N, win.OH, win.OW, win.KH, win.KW, C):
        pixel, entry = (n * win.OH + i) * win.OW + j, (u * win.KW + v) * C + c
        cols[pixel, entry] = x[n, i * win.stride_h + u, j * win.stride_w + v, c]
    return cols


def col2im(cols, x_shape, kernel_size, stride=1, padding=0):
    win = window("col2im", x_shape, kernel_size, stride, padding)
    N, _, _, C = x_shape
    x = pad(np.zeros(x_shape, cols.dtype), win)
    for n, i, j, u, v, c in np.ndindex(N, win.OH, win.OW, win.KH, win.KW, C):
        pixel, entry = (n * win.OH + i) * win.OW + j, (u * win.KW + v) * C + c
        x[n, i * win.stride_h + u, j * win.stride_w + v, c] += cols[pixel, entry]
    return crop(x, win)


def conv2d(x, w, b=None, stride=1, padding=0):
    win = window("conv2d", x.shape, w.shape[:2], stride, padding)
    y = np.zeros((x.shape[0], win.OH, win.OW, w.shape[3]), np.result_type(x, w))
    conv2d_loops(pad(x, win), w, np.zeros(w.shape[3], y.dtype) if b is None else b, win.stride_h, win.stride_w, y)
    return y


def conv2d_loops(x, w, b, stride_h, stride_w, y):
    """The seven loops of a convolution over a padded x; they fill y."""
    N, OH, OW, F = y.shape
    KH, KW, C, _ = w.shape
    for n in range(N):
        for i in range(OH):
            for j in range(OW):
                for f in range(F):
                    y[n, i, j, f] = b[f]
                    for u in range(KH):
                        for v in range(KW):
                            for c in range(C):
                                y[n, i, j, f] += x[n, i * stride_h + u, j * stride_w + v, c] * w[u, v, c, f]


def conv2d_backward(dy, x, w, stride=1, padding=0, input_gradient=True):
    win = window("conv2d_backward", x.shape, w.shape[:2], stride, padding)
    x = pad(x, win)
    dx, dw, db = (np.zeros(shape, np.result_type(dy, x, w)) for shape in (x.shape, w.shape, w.shape[3:]))
    conv2d_backward_loops(dy, x, w, win.stride_h, win.stride_w, dx, dw, db)
    return crop(dx, win) if input_gradient else None, dw, db


def conv2d_backward_loops(dy, x, w, stride_h, stride_w, dx, dw, db):
    """The same seven loops over a padded x; they add to dx, dw and db, which come in as zeros."""
    N, OH, OW, F = dy.shape
    KH, KW, C, _ = w.shape
    for n in range(N):
        for i in range(OH):
            for j in range(OW):
                for f in range(F):
                    db[f] += dy[n, i, j, f]
                    for u in range(KH):
                        for v in range(KW):
                            for c in range(C):
                                dx[n, i * stride_h + u, j * stride_w + v, c] += dy[n, i, j, f] * w[u, v, c, f]
                                dw[u, v, c, f] += dy[n, i, j, f] * x[n, i * stride_h + u, j * stride_w + v, c]


def conv2d_relu(x, w, b=None, stride=1, padding=0):
    return relu(conv2d(x, w, b, stride, padding))
