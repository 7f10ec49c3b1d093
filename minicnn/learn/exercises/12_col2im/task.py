"""Exercise 12: col2im, the transpose of im2col. Chapter 8, section 'Backward: the copies come together'.

im2col copied each pixel to several places. So backward adds what comes back from these places. This is not the inverse
of im2col: a pixel that is in four windows gets the sum of four numbers.

np.zeros(shape) makes an array of 64-bit floats (float64). A training uses 32-bit floats (float32): they need half of the
memory. So make arrays with the number type of the input: np.zeros(shape, cols.dtype).

Replace the `...` by your code. Then run:  minicnn learn check 12
"""

import numpy as np

from minicnn.shapes import window


def col2im(cols, x_shape, kernel_size, stride=1, padding=0):
    """Send every entry of cols back to the pixel from which im2col copied it, and add.

        x_padded[n, i * stride_h + u, j * stride_w + v, c] += cols[(n, i, j), (u, v, c)]     for all n, i, j, u, v, c

    Then cut off the padding. Shapes: cols (N*OH*OW, KH*KW*C) -> x with the shape x_shape = (N, H, W, C).
    If all entries of cols are 1, each pixel gets the number of windows that contain it.
    This function runs in your trained network: use the two loops of exercise 10, over u and v only.
    """
    win = window("col2im", x_shape, kernel_size, stride, padding)
    ...
