# says: the slices end too early

import numpy as np

from minicnn.shapes import window


def im2col(x, kernel_size, stride=1, padding=0):
    win = window("im2col", x.shape, kernel_size, stride, padding)
    N, H, W, C = x.shape
    x = np.pad(x, ((0, 0), (win.top, win.bottom), (win.left, win.right), (0, 0)))
    cols = np.empty((N, win.OH, win.OW, win.KH, win.KW, C), x.dtype)
    for u in range(win.KH):
        for v in range(win.KW):
            rows = slice(u, u + win.OH, win.stride_h)
            columns = slice(v, v + win.OW, win.stride_w)
            cols[:, :, :, u, v, :] = x[:, rows, columns, :]
    return cols.reshape(N * win.OH * win.OW, win.KH * win.KW * C)
