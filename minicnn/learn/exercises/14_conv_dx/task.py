"""Exercise 14: dx as a convolution with the flipped kernel. Chapter 9, section 'Third way'.

The same dx as in exercise 13, without padding, but computed by a *forward* convolution: conv2d of a frame of dy with the
flipped kernel. conv2d is that of exercise 11.

np.zeros(shape) makes an array of 64-bit floats (float64). A training uses 32-bit floats (float32): they need half of the
memory. So make arrays with the number type of the input: np.zeros(shape, dy.dtype).

Replace the `...` by your code. Then run:  minicnn learn check 14
"""

import numpy as np

from minicnn.ops import conv2d


def conv_dx(dy, x_shape, w, stride=1):
    """dx of y = conv2d(x, w, stride=stride), as one forward convolution. stride is an integer.

    1. Make an array of zeros, (N, H - KH + 1, W - KW + 1, F): one entry for each place that a window has with stride 1.
       Put dy into it, at the places where a window stood: every stride-th row and column. With stride 1 it is dy.
    2. Flip the kernel in both directions, and exchange its two last axes: backward goes from F channels to C.
    3. Convolve, with a padding of KH - 1 rows and KW - 1 columns on each side.

    Shapes: dy (N, OH, OW, F), w (KH, KW, C, F) -> dx with the shape x_shape = (N, H, W, C).
    """
    ...
