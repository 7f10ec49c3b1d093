import numpy as np

from minicnn.ops import im2col
from minicnn.shapes import window


def conv2d(x, w, b=None, stride=1, padding=0):
    KH, KW, C, F = w.shape
    win = window("conv2d", x.shape, (KH, KW), stride, padding)
    y = np.tensordot(im2col(x, (KH, KW), stride, padding), w.reshape(-1, F), 1)
    y = y.reshape(-1, win.OH, win.OW, F)
    return y + b if b is not None else y
