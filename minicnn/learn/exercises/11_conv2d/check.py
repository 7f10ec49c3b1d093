"""The check of exercise 11."""

import numpy as np

from minicnn.learn import advised, compare_forward
from minicnn.learn.small import IMAGE, KERNEL, drawn, whole
from minicnn.ops import reference


def conv(x, w, b=None, stride=1, padding=0):
    return reference.conv2d(x, w, b, stride, padding)


def filters_reshaped(x, w, b=None, stride=1, padding=0):
    return conv(x, w.reshape(w.shape[3], -1).T.reshape(w.shape), b, stride, padding)


def places_in_another_order(x, w, b=None, stride=1, padding=0):
    y = conv(x, w, b, stride, padding)
    N, OH, OW, F = y.shape
    return y.reshape(N, OW, OH, F).transpose(0, 2, 1, 3)


MISTAKES = {
    "the kernel is flipped. In this course it is not: w.reshape(KH * KW * C, F) is enough": lambda x, w, b, stride, padding:
        conv(x, w[::-1, ::-1], b, stride, padding),
    "w is reshaped to (F, KH*KW*C) and transposed. But a reshape is no transpose: w has its F axis last already, so "
    "w.reshape(KH * KW * C, F) has one filter in each column": filters_reshaped,
    "the bias is not added": lambda x, w, b, stride, padding: conv(x, w, None, stride, padding),
    "the places are in another order. The rows of y are in the order n, then i, then j: reshape to (N, OH, OW, F)":
        places_in_another_order,
}
CASES = (
    (IMAGE, KERNEL, None, 1, 0), (IMAGE, KERNEL, np.array([10.0]), 1, 0), (whole(2, 4, 5, 2), whole(2, 3, 2, 3), None, 1, 0),
    (IMAGE, KERNEL, None, 2, 0), (IMAGE, KERNEL, None, 1, 1), (whole(2, 5, 6, 2), whole(3, 2, 2, 3), whole(3), (2, 1), (1, 0)),
    (drawn(2, 7, 5, 3), drawn(3, 2, 3, 4), drawn(4), 2, "same"))


def check(task):
    with advised({"NoneType": "b is None means: there is no bias. Add b only if it is not None",
                  "y of shape": "y is (N, OH, OW, F): the channels come last",
                  "cannot reshape": "cols has another number of rows than N * OH * OW: hand stride and padding on to im2col"}):
        for x, w, b, stride, padding in CASES:
            arguments = {"x": x, "w": w, "b": b, "stride": stride, "padding": padding}
            compare_forward(task, "conv2d", arguments, mistakes=MISTAKES, float32=padding == "same")
