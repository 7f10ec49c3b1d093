import numpy as np

from minicnn.shapes import window


def col2im(cols, x_shape, kernel_size, stride=1, padding=0):
    win = window("col2im", x_shape, kernel_size, stride, padding)
    N, H, W, C = x_shape
    x = np.zeros((N, H + win.top + win.bottom, W + win.left + win.right, C), dtype=cols.dtype)
    r = 0
    for n in range(N):
        for i in range(win.OH):
            for j in range(win.OW):
                x[n, i * win.stride_h : i * win.stride_h + win.KH, j * win.stride_w : j * win.stride_w + win.KW] += cols[
                    r
                ].reshape(win.KH, win.KW, C)
                r += 1
    return x[:, win.top : win.top + H, win.left : win.left + W]
