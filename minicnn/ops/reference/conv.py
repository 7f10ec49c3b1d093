"""Convolution and the dense layer as one matrix product each.

im2col and col2im are the same two lines with the sides of the assignment exchanged. That is what being adjoint
looks like: what forward copies from one place to many, backward gathers from the many and adds up.
"""

import numpy as np

from ...shapes import window
from ..padding import crop, pad, seen_through
from .activations import relu


def im2col(x, kernel_size, stride=1, padding=0):
    """Lay out, as one row per output pixel, all the numbers that the kernel sees there.

    cols[(n, i, j), (u, v, c)] = x_padded[n, i * stride + u, j * stride + v, c]

    Shapes: x (N, H, W, C) -> cols (N*OH*OW, KH*KW*C).
    Raises: ShapeError where the kernel does not fit the padded image, DtypeError where x is not of floats.
    Source: Chellapilla, Puri, Simard, 'High Performance Convolutional Neural Networks', 2006, section 3.
    """
    win = window("im2col", x.shape, kernel_size, stride, padding)
    N, _, _, C = x.shape
    x = pad(x, win)
    cols = np.empty((N, win.OH, win.OW, win.KH, win.KW, C), x.dtype)
    for u, v in np.ndindex(win.KH, win.KW):
        cols[:, :, :, u, v, :] = x[seen_through(u, v, win)]          # (N, OH, OW, C)
    return cols.reshape(N * win.OH * win.OW, win.KH * win.KW * C)


def col2im(cols, x_shape, kernel_size, stride=1, padding=0):
    """The adjoint of im2col: send every entry of cols back to the pixel it was copied from, and add.

    x[n, row, column, c] = sum of cols[(n, i, j), (u, v, c)] over all (i, j, u, v) with  row = i * stride + u - top,
    column = j * stride + v - left.  So <im2col(x), cols> = <x, col2im(cols)>; it is not im2col's inverse.

    Shapes: cols (N*OH*OW, KH*KW*C) -> x (N, H, W, C).
    Raises: ShapeError, DtypeError.
    """
    win = window("col2im", x_shape, kernel_size, stride, padding)
    N, _, _, C = x_shape
    cols = cols.reshape(N, win.OH, win.OW, win.KH, win.KW, C)
    x = pad(np.zeros(x_shape, cols.dtype), win)
    for u, v in np.ndindex(win.KH, win.KW):
        x[seen_through(u, v, win)] += cols[:, :, :, u, v, :]         # windows overlap: +=, not =
    return crop(x, win)


def conv2d(x, w, b=None, stride=1, padding=0):
    """Slide F filters over the images (cross-correlation, as everywhere in deep learning: no flip).

    y[n, i, j, f] = b[f] + sum over u, v, c of  x_padded[n, i * stride + u, j * stride + v, c] * w[u, v, c, f]

    Shapes: x (N, H, W, C), w (KH, KW, C, F), b (F,) or None -> y (N, OH, OW, F),
    OH = (H + top + bottom - KH) // stride + 1 and OW likewise. `stride` is an integer or a pair (height, width),
    `padding` an integer, a pair, or "same" (OH = ceil(H / stride); an odd row or column goes to the end).
    Raises: ShapeError, DtypeError.
    Source: LeCun, Bottou, Bengio, Haffner, 'Gradient-Based Learning Applied to Document Recognition', 1998, II.A.
    """
    KH, KW, C, F = w.shape
    win = window("conv2d", x.shape, (KH, KW), stride, padding)
    cols = im2col(x, (KH, KW), stride, padding)                    # (N*OH*OW, KH*KW*C)
    y = cols @ w.reshape(KH * KW * C, F)                           # (N*OH*OW, F)
    if b is not None:
        y = y + b
    return y.reshape(x.shape[0], win.OH, win.OW, F)


def conv2d_backward(dy, x, w, stride=1, padding=0, input_gradient=True):
    """Gradients of a convolution, each the transpose of one factor of the product  y = cols @ w + b.

    db = sum over pixels of dy,   dw = cols.T @ dy,   dcols = dy @ w.T,   dx = col2im(dcols)

    Shapes: dy (N, OH, OW, F), x (N, H, W, C), w (KH, KW, C, F) -> dx like x (None without input_gradient), dw like w,
    db (F,).
    Raises: ShapeError, DtypeError.
    """
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
    """y = relu(conv2d(x, w, b)). Shapes, Raises: as conv2d."""
    return relu(conv2d(x, w, b, stride, padding))
