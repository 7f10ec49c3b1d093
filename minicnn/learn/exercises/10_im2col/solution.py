"""Exercise 10: im2col, with a loop over the entries of the kernel only."""

import numpy as np

from minicnn.shapes import window


def im2col(x, kernel_size, stride=1, padding=0):
    win = window("im2col", x.shape, kernel_size, stride, padding)
    N, H, W, C = x.shape
    x = np.pad(x, ((0, 0), (win.top, win.bottom), (win.left, win.right), (0, 0)))
    # Six axes first, so that every number has its place by name. x.dtype keeps float32 as float32.
    cols = np.empty((N, win.OH, win.OW, win.KH, win.KW, C), x.dtype)
    for u in range(win.KH):
        for v in range(win.KW):
            # Kernel entry (u, v) sees the rows u, u + stride, u + 2 * stride, ...: OH of them. The columns likewise.
            rows = slice(u, u + win.OH * win.stride_h, win.stride_h)
            columns = slice(v, v + win.OW * win.stride_w, win.stride_w)
            cols[:, :, :, u, v, :] = x[:, rows, columns, :]
    # The order of the six axes is the order of rows and columns already, so a reshape moves no number.
    return cols.reshape(N * win.OH * win.OW, win.KH * win.KW * C)
