"""Exercise 15: max-pooling, forward and backward. Chapter 10, 'Pooling: the winner gets the gradient'.

Both functions run in your trained network. So loop over the KH * KW places of the window, as in exercise 10, and handle
all windows of all images at once.

np.zeros(shape) makes an array of 64-bit floats (float64). A training uses 32-bit floats (float32): they need half of the
memory. So make arrays with the number type of the input: np.zeros(shape, x.dtype).

Replace each `...` by your code. Then run:  minicnn learn check 15
"""

import numpy as np

from minicnn.shapes import window


def max_pool2d(x, kernel_size, stride=None, padding=0):
    """The largest number of each window, for each channel by itself. The padding is minus infinity: it never wins.

        y[n, i, j, c] = max over u, v of  x_padded[n, i * stride_h + u, j * stride_w + v, c]

    Shapes: x (N, H, W, C) -> y (N, OH, OW, C). If stride is None, it is kernel_size.
    """
    win = window("max_pool2d", x.shape, kernel_size, kernel_size if stride is None else stride, padding)
    ...


def max_pool2d_backward(dy, x, kernel_size, stride=None, padding=0):
    """Each dy goes to the pixel that was the largest of its window. All others get nothing from this window.

    If several pixels are equally large, the first one gets all: row by row, and from left to right in a row. If a pixel
    wins in several windows, it gets the sum. So the sum of dx is the sum of dy.
    Shapes: dy (N, OH, OW, C), x (N, H, W, C) -> dx like x.
    """
    win = window("max_pool2d_backward", x.shape, kernel_size, kernel_size if stride is None else stride, padding)
    ...
