"""The check of exercise 16."""

import numpy as np

from minicnn.learn import advised, check_backward, compare_forward
from minicnn.learn.small import DY, IMAGE, drawn, whole
from minicnn.ops import reference
from minicnn.shapes import window


def of(x_shape, kernel_size, stride, padding):
    return window("avg_pool2d", x_shape, kernel_size, kernel_size if stride is None else stride, padding)


def pixels(x_shape, kernel_size, stride, padding):
    """How many pixels of the image each window contains, divided by KH * KW."""
    return reference.avg_pool2d(np.ones(x_shape), kernel_size, stride, padding)


def scaled(factor):
    """The right dx with dy multiplied by a factor of the window."""
    def wrong(dy, x_shape, kernel_size, stride=None, padding=0):
        win = of(x_shape, kernel_size, stride, padding)
        return reference.avg_pool2d_backward(dy * factor(win), x_shape, kernel_size, stride, padding)
    return wrong


def overwritten(dy, x_shape, kernel_size, stride=None, padding=0):
    win = of(x_shape, kernel_size, stride, padding)
    dx = np.zeros((x_shape[0], win.top + x_shape[1] + win.bottom, win.left + x_shape[2] + win.right, x_shape[3]))
    for u, v in np.ndindex(win.KH, win.KW):
        rows, columns = u + np.arange(win.OH) * win.stride_h, v + np.arange(win.OW) * win.stride_w
        dx[:, rows[:, None], columns] = dy / (win.KH * win.KW)
    return dx[:, win.top:win.top + x_shape[1], win.left:win.left + x_shape[2]]


FORWARD = {
    "the sum is not divided by KH * KW": lambda x, kernel_size, stride=None, padding=0: _sum(x, kernel_size, stride, padding),
    "only the pixels of the image are counted. Here the padding counts as zeros: divide by KH * KW, also at the border":
        lambda x, kernel_size, stride=None, padding=0: reference.avg_pool2d(x, kernel_size, stride, padding)
        / pixels(x.shape, kernel_size, stride, padding),
}
BACKWARD = {
    "dy is not divided by KH * KW": scaled(lambda win: win.KH * win.KW),
    "dy is divided by KH. A window has KH * KW pixels": scaled(lambda win: win.KW),
    "dy is divided by KW. A window has KH * KW pixels": scaled(lambda win: win.KH),
    "dy is divided by OH * OW, the number of windows. It must be KH * KW, the number of pixels in one window": scaled(
        lambda win: win.KH * win.KW / (win.OH * win.OW)),
    "dy is divided by the number of pixels of the image in the window. At the border this is less than KH * KW, and forward "
    "divides by KH * KW everywhere": lambda dy, x_shape, kernel_size, stride=None, padding=0: reference.avg_pool2d_backward(
        dy / pixels(x_shape, kernel_size, stride, padding), x_shape, kernel_size, stride, padding),
    "the windows overwrite each other. A pixel in several windows gets the sum: +=, not =": overwritten,
}
CASES = (
    (IMAGE, 2, None, 0), (IMAGE, 3, 1, 0), (IMAGE, 2, 1, 1), (whole(2, 5, 4, 3), (2, 3), (1, 2), 0),
    (drawn(2, 7, 6, 2), 3, 2, 1), (drawn(1, 6, 5, 2), (3, 2), 2, "same"))


def _sum(x, kernel_size, stride, padding):
    win = of(x.shape, kernel_size, stride, padding)
    return reference.avg_pool2d(x, kernel_size, stride, padding) * (win.KH * win.KW)


def check(task):
    for x, kernel_size, stride, padding in CASES:
        arguments = {"x": x, "kernel_size": kernel_size, "stride": stride, "padding": padding}
        compare_forward(task, "avg_pool2d", arguments, mistakes=FORWARD, float32=padding == "same")
    settings = (((2, 3), (2, 3), 0), (3, 2, 0), (3, 1, 1), ((2, 3), (1, 2), (1, 0)))
    cases = [({"x": drawn(2, 5, 6, 1)}, {"kernel_size": k, "stride": s, "padding": p}) for k, s, p in settings]
    with advised({"dx of shape": "dx has the shape x_shape: the frame must be cut off at the end"}):
        small = {"dy": DY, "x_shape": (1, 4, 4, 1), "kernel_size": 2, "padding": 0}
        check_backward(task, "avg_pool2d_backward", small, cases, mistakes=BACKWARD)
        for x, kernel_size, stride, padding in CASES[3:]:
            dy = whole(*reference.avg_pool2d(x, kernel_size, stride, padding).shape)
            arguments = {"dy": dy, "x_shape": x.shape, "kernel_size": kernel_size, "stride": stride, "padding": padding}
            compare_forward(task, "avg_pool2d_backward", arguments, mistakes=BACKWARD)
