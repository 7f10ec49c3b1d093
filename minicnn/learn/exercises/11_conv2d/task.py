"""Exercise 11: convolution as a matrix product. Chapter 8, 'Convolution as a matrix product: im2col'.

The im2col that you import below is the one of exercise 10. In `minicnn learn train` it is your own function.

Replace the `...` by your code. Then run:  minicnn learn check 11
"""

from minicnn.ops import im2col
from minicnn.shapes import window


def conv2d(x, w, b=None, stride=1, padding=0):
    """Slide F filters over N images, in one matrix product.

        y[n, i, j, f] = b[f] + sum over u, v, c of  x_padded[n, i * stride_h + u, j * stride_w + v, c] * w[u, v, c, f]

    Shapes: x (N, H, W, C), w (KH, KW, C, F), b (F,) -> y (N, OH, OW, F). If b is None, there is no bias.
    stride and padding are integers or pairs: hand them on to im2col. win.OH and win.OW are the output size.
    """
    KH, KW, C, F = w.shape
    win = window("conv2d", x.shape, (KH, KW), stride, padding)
    ...
