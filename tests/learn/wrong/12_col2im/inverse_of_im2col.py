# says: not the inverse of im2col

import numpy as np

from minicnn.shapes import window


def col2im(cols, x_shape, kernel_size, stride=1, padding=0):
    win = window("col2im", x_shape, kernel_size, stride, padding)
    N, H, W, C = x_shape
    cols = cols.reshape(N, win.OH, win.OW, win.KH, win.KW, C)
    x = np.zeros((N, win.top + H + win.bottom, win.left + W + win.right, C), cols.dtype)
    for u in range(win.KH):
        for v in range(win.KW):
            rows = slice(u, u + win.OH * win.stride_h, win.stride_h)
            columns = slice(v, v + win.OW * win.stride_w, win.stride_w)
            x[:, rows, columns, :] += cols[:, :, :, u, v, :]
    ones = np.zeros(x.shape)
    for u in range(win.KH):
        for v in range(win.KW):
            rows = slice(u, u + win.OH * win.stride_h, win.stride_h)
            columns = slice(v, v + win.OW * win.stride_w, win.stride_w)
            ones[:, rows, columns, :] += 1
    x = x / np.maximum(ones, 1)
    return x[:, win.top:win.top + H, win.left:win.left + W, :]
