# says: cannot reshape
# says: padding=

from minicnn.ops import im2col
from minicnn.shapes import window


def conv2d(x, w, b=None, stride=1, padding=0):
    KH, KW, C, F = w.shape
    win = window("conv2d", x.shape, (KH, KW), stride, padding)
    cols = im2col(x, (KH, KW), stride)
    y = cols @ w.reshape(KH * KW * C, F)
    if b is not None:
        y = y + b
    return y.reshape(x.shape[0], win.OH, win.OW, F)
