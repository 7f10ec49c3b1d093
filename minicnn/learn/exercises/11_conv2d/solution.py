"""Exercise 11: convolution as a matrix product."""

from minicnn.ops import im2col
from minicnn.shapes import window


def conv2d(x, w, b=None, stride=1, padding=0):
    KH, KW, C, F = w.shape
    win = window("conv2d", x.shape, (KH, KW), stride, padding)
    cols = im2col(x, (KH, KW), stride, padding)          # (N*OH*OW, KH*KW*C): one window in each row
    # The filters become a matrix with one filter in each column. The axes u, v, c of w have the order of cols' columns,
    # so this reshape moves no number.
    y = cols @ w.reshape(KH * KW * C, F)                 # (N*OH*OW, F)
    if b is not None:
        y = y + b                                        # NumPy adds b to every row: once for each output
    # The rows of y are in the order n, i, j. So the three axes come back with a reshape too.
    return y.reshape(x.shape[0], win.OH, win.OW, F)
