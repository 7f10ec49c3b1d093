"""Convolution, and im2col, which copies its windows into a matrix. With it, convolution is one matrix product."""

import numpy as np

from ..shapes import Padding, Size, check_floats, check_images, check_shape, conv_window, window
from . import backend
from .checks import check_call, check_dy, check_vectors


def conv2d(x: np.ndarray, w: np.ndarray, b: np.ndarray | None = None, stride: Size = 1, padding: Padding = 0) -> np.ndarray:
    """Slide F filters over the images. (Deep learning does not flip the filter: this is cross-correlation.)

        y[n, i, j, f] = b[f] + sum over u, v, c of  x_padded[n, i * stride + u, j * stride + v, c] * w[u, v, c, f]

    Shapes: x (N, H, W, C), w (KH, KW, C, F), b (F,) or None -> y (N, OH, OW, F),
    with OH = (H + top + bottom - KH) // stride + 1, and OW likewise. `stride` is an integer or a pair (height, width).
    `padding` is an integer, a pair, or "same": then OH = ceil(H / stride), and an odd padding has
    its extra row or column at the end.
    Raises: ShapeError, DtypeError.
    Source: LeCun, Bottou, Bengio, Haffner, 'Gradient-Based Learning Applied to Document Recognition', 1998, II.A.
    """
    check_call(_check_conv2d, x, w, b, stride, padding)
    return backend.implementation().conv2d(x, w, b, stride, padding)


def conv2d_backward(dy: np.ndarray, x: np.ndarray, w: np.ndarray, stride: Size = 1, padding: Padding = 0,
                    input_gradient: bool = True) -> tuple[np.ndarray | None, np.ndarray, np.ndarray]:
    """The gradients of y = conv2d(x, w, b) with respect to x, w and b.

        db[f]                  = sum over n, i, j of  dy[n, i, j, f]
        dw[u, v, c, f]         = sum over n, i, j of  dy[n, i, j, f] * x_padded[n, i * stride + u, j * stride + v, c]
        dx[n, row, column, c]  = sum of  dy[n, i, j, f] * w[u, v, c, f]  over all i, j, u, v, f for which
                                 row = i * stride + u - top  and  column = j * stride + v - left

    Shapes: dy (N, OH, OW, F), x (N, H, W, C), w (KH, KW, C, F) -> dx like x (None if input_gradient is False),
    dw like w, db (F,).
    Raises: ShapeError, DtypeError.
    """
    check_call(_check_conv2d_backward, dy, x, w, stride, padding)
    return backend.implementation().conv2d_backward(dy, x, w, stride, padding, input_gradient)


def conv2d_relu(x: np.ndarray, w: np.ndarray, b: np.ndarray | None = None, stride: Size = 1,
                padding: Padding = 0) -> np.ndarray:
    """y = relu(conv2d(x, w, b)), which the fast implementation computes in one pass. Shapes, Raises: as conv2d."""
    check_call(_check_conv2d, x, w, b, stride, padding)
    return backend.implementation().conv2d_relu(x, w, b, stride, padding)


def im2col(x: np.ndarray, kernel_size: Size, stride: Size = 1, padding: Padding = 0) -> np.ndarray:
    """Copy the window that each output pixel sees into one row of a matrix.

        cols[(n, i, j), (u, v, c)] = x_padded[n, i * stride + u, j * stride + v, c]

    Shapes: x (N, H, W, C) -> cols (N*OH*OW, KH*KW*C).
    Raises: ShapeError if the kernel does not fit the padded image, DtypeError if x is not of floats.
    Source: Chellapilla, Puri, Simard, 'High Performance Convolutional Neural Networks', 2006, section 3.
    """
    check_call(_check_im2col, x, kernel_size, stride, padding)
    return backend.implementation().im2col(x, kernel_size, stride, padding)


def col2im(cols: np.ndarray, x_shape: tuple[int, ...], kernel_size: Size, stride: Size = 1,
           padding: Padding = 0) -> np.ndarray:
    """The transpose of im2col: send every entry of cols back to the pixel it was copied from, and add.

        x[n, row, column, c] = sum of cols[(n, i, j), (u, v, c)]  over all i, j, u, v for which
                               row = i * stride + u - top  and  column = j * stride + v - left

    It is not the inverse of im2col: if windows overlap, it adds. For all x and cols,
    sum(im2col(x) * cols) = sum(x * col2im(cols)): this is what 'transpose' means for a linear function.

    Shapes: cols (N*OH*OW, KH*KW*C) -> x (N, H, W, C).
    Raises: ShapeError, DtypeError.
    """
    check_call(_check_col2im, cols, x_shape, kernel_size, stride, padding)
    return backend.implementation().col2im(cols, x_shape, kernel_size, stride, padding)


def _check_conv2d(x, w, b, stride, padding):
    check_floats("conv2d", x=x, w=w)
    conv_window("conv2d", x.shape, w.shape, stride, padding)
    check_vectors("conv2d", w.shape[3:], b=b)


def _check_conv2d_backward(dy, x, w, stride, padding):
    check_floats("conv2d_backward", dy=dy, x=x, w=w)
    win = conv_window("conv2d_backward", x.shape, w.shape, stride, padding)
    check_dy("conv2d_backward", dy, (x.shape[0], win.OH, win.OW, w.shape[3]))


def _check_im2col(x, kernel_size, stride, padding):
    check_floats("im2col", x=x)
    check_images("im2col", x.shape)
    window("im2col", x.shape, kernel_size, stride, padding)


def _check_col2im(cols, x_shape, kernel_size, stride, padding):
    check_floats("col2im", cols=cols)
    check_images("col2im", x_shape)
    win = window("col2im", x_shape, kernel_size, stride, padding)
    check_shape("col2im", "cols", cols.shape, (x_shape[0] * win.OH * win.OW, win.KH * win.KW * x_shape[3]),
                "cols is (N*OH*OW, KH*KW*C)")
