"""Exercise 10: im2col. Chapter 8, 'Convolution as a matrix product: im2col'.

im2col writes each window of each image in one row of a matrix. This function will run in your trained network, so it
must be fast: no Python loop over images or places. Loop over the KH * KW entries of the kernel, and copy for each entry
all pixels that it sees at once. Chapter 8 shows how, in the section 'In the source'.

np.zeros(shape) makes an array of 64-bit floats (float64). A training uses 32-bit floats (float32): they need half of the
memory. So make arrays with the number type of the input: np.zeros(shape, x.dtype).

Replace the `...` by your code. Then run:  minicnn learn check 10
"""

import numpy as np

from minicnn.shapes import window


def im2col(x, kernel_size, stride=1, padding=0):
    """Copy the window that each output pixel sees into one row.

        cols[(n, i, j), (u, v, c)] = x_padded[n, i * stride_h + u, j * stride_w + v, c]

    Shapes: x (N, H, W, C) -> cols (N*OH*OW, KH*KW*C). The rows are in the order n, then i, then j. The columns are in
    the order u, then v, then c.

    kernel_size, stride and padding are integers or pairs (height, width). `window` does the arithmetic of exercise 8
    for you: win.KH, win.KW, win.stride_h, win.stride_w, win.OH, win.OW, and the rows and columns of padding on the four
    sides: win.top, win.bottom, win.left, win.right.
    """
    win = window("im2col", x.shape, kernel_size, stride, padding)
    ...
