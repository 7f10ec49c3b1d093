import numpy as np

from minicnn.shapes import window


def im2col(x, kernel_size, stride=1, padding=0):
    win = window("im2col", x.shape, kernel_size, stride, padding)
    x = np.pad(x, ((0, 0), (win.top, win.bottom), (win.left, win.right), (0, 0)))
    views = np.lib.stride_tricks.sliding_window_view(x, (win.KH, win.KW), axis=(1, 2))[:, :: win.stride_h, :: win.stride_w]
    return views.transpose(0, 1, 2, 4, 5, 3).reshape(len(x) * win.OH * win.OW, -1)
