"""Convolution as one matrix product.

im2col and col2im have the same loop, with the two sides of the assignment exchanged: forward copies a pixel to many places,
so backward adds up the gradients of these places.
"""

import numpy as np

from ...shapes import window
from ..padding import crop, pad, seen_through
from .activations import relu


def im2col(x, kernel_size, stride=1, padding=0):
    """For each entry (u, v) of the kernel, copy all pixels that it sees while the kernel slides, at once."""
    win = window("im2col", x.shape, kernel_size, stride, padding)
    N, _, _, C = x.shape
    x = pad(x, win)
    cols = np.empty((N, win.OH, win.OW, win.KH, win.KW, C), x.dtype)
    for u, v in np.ndindex(win.KH, win.KW):
        cols[:, :, :, u, v, :] = x[seen_through(u, v, win)]          # (N, OH, OW, C)
    return cols.reshape(N * win.OH * win.OW, win.KH * win.KW * C)


def col2im(cols, x_shape, kernel_size, stride=1, padding=0):
    """The same loop as im2col with the two sides exchanged: += instead of =, because windows overlap."""
    win = window("col2im", x_shape, kernel_size, stride, padding)
    N, _, _, C = x_shape
    cols = cols.reshape(N, win.OH, win.OW, win.KH, win.KW, C)
    x = pad(np.zeros(x_shape, cols.dtype), win)
    for u, v in np.ndindex(win.KH, win.KW):
        x[seen_through(u, v, win)] += cols[:, :, :, u, v, :]         # windows overlap: +=, not =
    return crop(x, win)


def conv2d(x, w, b=None, stride=1, padding=0):
    """One matrix product: every row of cols is a window, every column of w a filter."""
    KH, KW, C, F = w.shape
    win = window("conv2d", x.shape, (KH, KW), stride, padding)
    cols = im2col(x, (KH, KW), stride, padding)                    # (N*OH*OW, KH*KW*C)
    y = cols @ w.reshape(KH * KW * C, F)                           # (N*OH*OW, F)
    if b is not None:
        y = y + b
    return y.reshape(x.shape[0], win.OH, win.OW, F)


def conv2d_backward(dy, x, w, stride=1, padding=0, input_gradient=True):
    """The chain rule, last line of conv2d first: y = cols @ w + b, then cols = im2col(x)."""
    KH, KW, C, F = w.shape
    dy = dy.reshape(-1, F)                                         # (N*OH*OW, F)
    cols = im2col(x, (KH, KW), stride, padding)                    # (N*OH*OW, KH*KW*C)
    db = dy.sum(axis=0)                                            # y = ... + b
    dw = cols.T @ dy                                               # y = cols @ w
    dx = None
    if input_gradient:
        dcols = dy @ w.reshape(KH * KW * C, F).T                   # y = cols @ w
        dx = col2im(dcols, x.shape, (KH, KW), stride, padding)     # cols = im2col(x)
    return dx, dw.reshape(w.shape), db


def conv2d_relu(x, w, b=None, stride=1, padding=0):
    """First the convolution, then the ReLU."""
    return relu(conv2d(x, w, b, stride, padding))
