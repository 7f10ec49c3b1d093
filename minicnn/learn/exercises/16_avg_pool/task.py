"""Exercise 16: average pooling, forward and backward. Chapter 10, section 'Average pooling'.

Loop over the KH * KW places of the window, as in exercise 15.

Replace each `...` by your code. Then run:  minicnn learn check 16
"""

import numpy as np

from minicnn.shapes import window


def avg_pool2d(x, kernel_size, stride=None, padding=0):
    """The mean of each window, for each channel by itself. The padding counts as zeros.

        y[n, i, j, c] = 1 / (KH * KW) * sum over u, v of  x_padded[n, i * stride_h + u, j * stride_w + v, c]

    Shapes: x (N, H, W, C) -> y (N, OH, OW, C). If stride is None, it is kernel_size.
    """
    win = window("avg_pool2d", x.shape, kernel_size, kernel_size if stride is None else stride, padding)
    ...


def avg_pool2d_backward(dy, x_shape, kernel_size, stride=None, padding=0):
    """Every pixel of a window gets the same part of its dy. A pixel in several windows gets the sum.

    Shapes: dy (N, OH, OW, C) -> dx with the shape x_shape = (N, H, W, C). It does not need x itself.
    """
    win = window("avg_pool2d_backward", x_shape, kernel_size, kernel_size if stride is None else stride, padding)
    ...
