"""Exercise 9: convolution by loops. Chapter 7, 'Convolution by hand'.

One image, nested loops. It may be slow: the arrays are small. (Exercise 11 writes the fast one, for many images.)

Replace the `...` by your code. Then run:  minicnn learn check 9
"""

import numpy as np


def convolve(x, w, b, stride=1, padding=0):
    """Slide F filters over one image. The kernel is not flipped.

        y[i, j, f] = b[f] + sum over u, v, c of  x_padded[i * stride + u, j * stride + v, c] * w[u, v, c, f]

    x_padded is x in a frame of zeros: `padding` rows above and below, and as many columns left and right.
    Shapes: x (H, W, C), w (KH, KW, C, F), b (F,) -> y (OH, OW, F), with the sizes of exercise 8.
    With the image and the kernel of chapter 7 and b = 0 the result is 8 3 / 5 10.
    """
    ...
