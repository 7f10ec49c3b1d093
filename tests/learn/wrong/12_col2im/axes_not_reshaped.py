# says: too many indices
# says: Make six of them

import numpy as np

from minicnn.shapes import window


def col2im(cols, x_shape, kernel_size, stride=1, padding=0):
    win = window("col2im", x_shape, kernel_size, stride, padding)
    N, H, W, C = x_shape
    x = np.zeros((N, win.top + H + win.bottom, win.left + W + win.right, C), cols.dtype)
    for u in range(win.KH):
        for v in range(win.KW):
            rows = slice(u, u + win.OH * win.stride_h, win.stride_h)
            columns = slice(v, v + win.OW * win.stride_w, win.stride_w)
            x[:, rows, columns, :] += cols[:, :, :, u, v, :]
    return x[:, win.top:win.top + H, win.left:win.left + W, :]
