import numpy as np

from minicnn.shapes import window


def cut(x, win):
    x = np.pad(x, ((0, 0), (win.top, win.bottom), (win.left, win.right), (0, 0)), constant_values=-np.inf)
    v = np.lib.stride_tricks.sliding_window_view(x, (win.KH, win.KW), axis=(1, 2))[:, :: win.stride_h, :: win.stride_w]
    return x, v.reshape(*v.shape[:4], -1)


def max_pool2d(x, kernel_size, stride=None, padding=0):
    win = window("max_pool2d", x.shape, kernel_size, kernel_size if stride is None else stride, padding)
    return cut(x, win)[1].max(axis=-1)


def max_pool2d_backward(dy, x, kernel_size, stride=None, padding=0):
    win = window("max_pool2d_backward", x.shape, kernel_size, kernel_size if stride is None else stride, padding)
    N, H, W, C = x.shape
    x, v = cut(x, win)
    place = v.argmax(axis=-1)
    u, w = place // win.KW, place % win.KW
    n, i, j, c = np.indices(dy.shape)
    dx = np.zeros(x.shape, dy.dtype)
    np.add.at(dx, (n, i * win.stride_h + u, j * win.stride_w + w, c), dy)
    return dx[:, win.top : win.top + H, win.left : win.left + W]
