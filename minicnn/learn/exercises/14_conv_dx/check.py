"""The check of exercise 14."""

import numpy as np

from minicnn.learn import advised, check_backward
from minicnn.learn.small import DY, KERNEL, drawn
from minicnn.ops import definition, reference


def right(dy, x_shape, w, stride=1):
    return definition.conv2d_backward(dy, np.zeros(x_shape), w, stride)[0]


def spread(dy, x_shape, w, stride):
    _, H, W, _ = x_shape
    found = np.zeros((len(dy), H - w.shape[0] + 1, W - w.shape[1] + 1, dy.shape[3]))
    found[:, :dy.shape[1] * stride:stride, :dy.shape[2] * stride:stride] = dy
    return found


def with_kernel(change, place=lambda dy: dy):
    """dx with another kernel in the place of the flipped one, of shape (KH, KW, F, C)."""
    def wrong(dy, x_shape, w, stride=1):
        frame = (w.shape[0] - 1, w.shape[1] - 1)
        return reference.conv2d(place(spread(dy, x_shape, w, stride)), change(w), padding=frame)
    return wrong


def repeated(dy, x_shape, w, stride=1):
    more = np.repeat(np.repeat(dy, stride, axis=1), stride, axis=2)
    _, H, W, _ = x_shape
    found = np.zeros(spread(dy, x_shape, w, stride).shape)
    more = more[:, :H - w.shape[0] + 1, :W - w.shape[1] + 1]
    found[:, :more.shape[1], :more.shape[2]] = more
    flipped = w[::-1, ::-1].transpose(0, 1, 3, 2)
    return reference.conv2d(found, flipped, padding=(w.shape[0] - 1, w.shape[1] - 1))


def exchanged(w):
    return w.transpose(0, 1, 3, 2)


MISTAKES = {
    "the kernel is not flipped: reverse its rows and its columns, w[::-1, ::-1]": with_kernel(exchanged),
    "the kernel is flipped in one direction only. Flip it in both directions, w[::-1, ::-1]": (
        with_kernel(lambda w: exchanged(w[::-1])), with_kernel(lambda w: exchanged(w[:, ::-1]))),
    "the channels are in reverse order too. Flip rows and columns only: the channels keep their order":
        with_kernel(lambda w: exchanged(w[::-1, ::-1, ::-1, ::-1])),
    "the two last axes of w are exchanged with a reshape. But a reshape is no transpose: use .transpose(0, 1, 3, 2)":
        with_kernel(lambda w: w[::-1, ::-1].reshape(exchanged(w).shape)),
    "dy is flipped, and the kernel is not. Flip the kernel, and leave dy as it is": with_kernel(
        exchanged, lambda dy: dy[:, ::-1, ::-1]),
    "dy is repeated. No window stood at the places between: put zeros between the entries of dy": repeated,
}
SIZES = (((2, 4, 4, 2), (2, 3, 2, 3), 1), ((1, 7, 6, 2), (3, 2, 2, 3), 2), ((1, 6, 7, 1), (3, 2, 1, 2), 2))


def check(task):
    cases = []
    for x, w_shape, stride in SIZES:
        cases.append(({"x": drawn(*x)}, {"w": drawn(*w_shape), "stride": stride, "kernel_size": w_shape[:2]}))
    with advised({"conv2d expected": "the two last axes of the kernel must be exchanged: backward goes from F channels to C",
                  "dx of shape": "dx needs the shape x_shape. The frame has KH - 1 rows and KW - 1 columns on each side, and "
                                 "step 1 makes H - KH + 1 rows and W - KW + 1 columns"}):
        small = {"dy": DY, "x_shape": (1, 4, 4, 1), "w": KERNEL}
        check_backward(task, "conv_dx", small, cases, reference.conv2d, right, MISTAKES, forbid=("conv2d_backward", "col2im"))
