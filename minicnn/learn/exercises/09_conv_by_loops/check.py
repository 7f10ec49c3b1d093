"""The check of exercise 9."""

import numpy as np

from minicnn.learn import advised, compare_forward
from minicnn.learn.small import IMAGE, KERNEL, drawn, whole
from minicnn.ops import definition, reference


def right(x, w, b, stride=1, padding=0):
    return definition.conv2d(x[None], w, b, stride, padding)[0]


def conv(x, w, b, stride=1, padding=0):
    return reference.conv2d(x[None], w, b, stride, padding)[0]


def rows_and_columns_exchanged(x, w, b, stride=1, padding=0):
    return conv(x, w.transpose(1, 0, 2, 3), b, stride, padding)


def stride_ignored(x, w, b, stride=1, padding=0):
    rows, columns, _ = conv(x, w, b, stride, padding).shape
    return conv(x, w, b, 1, padding)[:rows, :columns]


def padding_at_the_end(x, w, b, stride=1, padding=0):
    return conv(np.pad(x, ((0, 2 * padding), (0, 2 * padding), (0, 0))), w, b, stride)


def channels_padded(x, w, b, stride=1, padding=0):
    return conv(np.pad(x, padding)[..., :x.shape[2]], w, b, stride)


MISTAKES = {
    "the kernel is flipped. In this course it is not: w[u, v] meets x[i * stride + u, j * stride + v]":
        lambda x, w, b, stride=1, padding=0: conv(x, w[::-1, ::-1], b, stride, padding),
    "u and v are exchanged: u moves down, through the rows, and v to the right": rows_and_columns_exchanged,
    "the bias is not added": lambda x, w, b, stride=1, padding=0: conv(x, w, 0 * b, stride, padding),
    "the bias is added once for each output, not once for each product": lambda x, w, b, stride=1, padding=0: conv(
        x, w, w[..., 0].size * b, stride, padding),
    "the stride is ignored: the window of output (i, j) starts at row i * stride and column j * stride": stride_ignored,
    "the frame lies on both sides: `padding` rows above and below, and as many columns left and right": padding_at_the_end,
    "the channels are padded too: np.pad(x, padding) makes a frame on all three axes. Give it two numbers for each axis: "
    "np.pad(x, ((padding, padding), (padding, padding), (0, 0)))": channels_padded,
    "only the first channel is used: the sum runs over all channels c": lambda x, w, b, stride=1, padding=0: conv(
        x[..., :1], w[:, :, :1], b, stride, padding),
    "the numbers are cut to whole numbers: make y with np.zeros(shape), of floats, without int":
        lambda x, w, b, stride=1, padding=0: _cut(x, w, b),
}


def _cut(x, w, b):
    y = np.zeros(conv(x, w, b).shape, int)
    for i, j, f in np.ndindex(y.shape):
        y[i, j, f] = b[f]
        for u, v, c in np.ndindex(w.shape[:3]):
            y[i, j, f] += x[i + u, j + v, c] * w[u, v, c, f]
    return y


def check(task):
    x, no_bias = IMAGE[0], np.zeros(1)
    cases = (
        {"x": x, "w": KERNEL, "b": no_bias}, {"x": x, "w": KERNEL, "b": no_bias + 10},
        {"x": x, "w": KERNEL, "b": no_bias, "padding": 1}, {"x": x, "w": KERNEL, "b": no_bias, "stride": 2, "padding": 1},
        {"x": whole(5, 4, 2), "w": whole(2, 3, 2, 3), "b": whole(3)},
        {"x": drawn(5, 4, 2), "w": drawn(3, 2, 2, 2), "b": drawn(2)},
        {"x": whole(7, 6, 2), "w": whole(3, 2, 2, 3), "b": whole(3), "stride": 3, "padding": 2})
    with advised({"y of shape": "the output size is (size + 2 * padding - kernel) // stride + 1, and the last axis of y "
                                "belongs to the filters",
                  "out of bounds for axis 2": "c runs over more channels than w has. Are the channels of x padded too? np.pad "
                                              "needs (0, 0) for the channels",
                  "out of bounds": "the window reaches over the border: is padding used in OH and OW, and not in x?"}):
        for case in cases:
            compare_forward(task, "convolve", case, right, mistakes=MISTAKES, float32=False, forbid=("conv2d", "im2col"))
