import numpy as np

from minicnn.shapes import window


def avg_pool2d(x, kernel_size, stride=None, padding=0):
    win = window("avg_pool2d", x.shape, kernel_size, kernel_size if stride is None else stride, padding)
    x = np.pad(x, ((0, 0), (win.top, win.bottom), (win.left, win.right), (0, 0)))
    return np.stack(
        [
            np.stack(
                [
                    x[:, i * win.stride_h : i * win.stride_h + win.KH, j * win.stride_w : j * win.stride_w + win.KW].mean(
                        axis=(1, 2)
                    )
                    for j in range(win.OW)
                ],
                1,
            )
            for i in range(win.OH)
        ],
        1,
    )


def avg_pool2d_backward(dy, x_shape, kernel_size, stride=None, padding=0):
    win = window("avg_pool2d", x_shape, kernel_size, kernel_size if stride is None else stride, padding)
    N, H, W, C = x_shape
    dx = np.zeros((N, H + win.top + win.bottom, W + win.left + win.right, C), dy.dtype)
    for i in range(win.OH):
        for j in range(win.OW):
            dx[:, i * win.stride_h : i * win.stride_h + win.KH, j * win.stride_w : j * win.stride_w + win.KW] += dy[
                :, i : i + 1, j : j + 1
            ] / (win.KH * win.KW)
    return dx[:, win.top : win.top + H, win.left : win.left + W]
