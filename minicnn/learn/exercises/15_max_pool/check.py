"""The check of exercise 15."""

import numpy as np

from minicnn.learn import advised, check_backward, compare_forward
from minicnn.learn.small import DY, IMAGE, drawn, whole
from minicnn.ops import definition, reference
from minicnn.ops.padding import crop, pad, seen_through
from minicnn.shapes import window


def of(x, kernel_size, stride, padding):
    return window("max_pool2d", x.shape, kernel_size, kernel_size if stride is None else stride, padding)


def padded_with_zeros(x, kernel_size, stride=None, padding=0):
    win = of(x, kernel_size, stride, padding)
    return reference.max_pool2d(pad(x, win), kernel_size, kernel_size if stride is None else stride)


def starts_at_zero(x, kernel_size, stride=None, padding=0):
    return np.maximum(reference.max_pool2d(x, kernel_size, stride, padding), 0)


def channels_mixed(x, kernel_size, stride=None, padding=0):
    y = reference.max_pool2d(x, kernel_size, stride, padding)
    return np.broadcast_to(y.max(axis=3, keepdims=True), y.shape)


def sent(choose, add=True):
    """dx where choose(seen == y, place, windows' ties) says which fraction of dy a pixel gets."""
    def wrong(dy, x, kernel_size, stride=None, padding=0):
        win = of(x, kernel_size, stride, padding)
        y, dx, x = reference.max_pool2d(x, kernel_size, stride, padding), pad(np.zeros(x.shape), win), pad(x, win, -np.inf)
        places = list(np.ndindex(win.KH, win.KW))
        hits = np.array([x[seen_through(u, v, win)] == y for u, v in places])
        for (u, v), fraction in zip(places, choose(hits, y)):
            there = seen_through(u, v, win)
            dx[there] = dx[there] + fraction * dy if add else np.where(fraction != 0, fraction * dy, dx[there])
        return crop(dx, win)
    return wrong


def first(hits, y):
    return hits & (hits.cumsum(axis=0) == 1)


def last(hits, y):
    return first(hits[::-1], y)[::-1]


FORWARD = {
    "the padding is 0, and wins against negative numbers. It must be minus infinity: np.pad(..., constant_values=-np.inf)":
        padded_with_zeros,
    "y starts with 0, which is larger than every negative number. Start with minus infinity: "
    "np.full(shape, -np.inf, x.dtype)": starts_at_zero,
    "the largest number of all channels is taken. The maximum is taken for each channel by itself": channels_mixed,
}
BACKWARD = {
    "ties: every pixel that equals the maximum gets dy. Only the first of them may get it": sent(lambda hits, y: hits),
    "ties: dy is shared by all pixels that equal the maximum. Only the first of them may get it": sent(
        lambda hits, y: hits / hits.sum(axis=0)),
    "ties: the last maximum gets dy. It belongs to the first one, row by row and from left to right": sent(last),
    "the windows overwrite each other. A pixel that wins in several windows gets the sum: +=, not =": sent(first, add=False),
    "dx is multiplied by the maximum. dy itself goes to the winner: it is not multiplied by x": sent(
        lambda hits, y: first(hits, y) * y),
    "every pixel of a window gets its dy: only the largest may get it": sent(lambda hits, y: np.ones(hits.shape)),
}
CASES = (
    (IMAGE, 2, None, 0), (IMAGE, 3, 1, 0), (-1 - np.abs(whole(1, 3, 3, 1)), 2, 1, 1),
    (whole(2, 5, 4, 3), (2, 3), (1, 2), 0),
    (drawn(2, 7, 6, 2), 3, 2, 1), (drawn(1, 6, 5, 2), (3, 2), 2, "same"))


def check(task):
    shape = "y is (N, OH, OW, C), with win.OH and win.OW. The stride is kernel_size only if stride is None"
    with advised({"y of shape": shape, "operands could not be broadcast": shape}):
        for x, kernel_size, stride, padding in CASES:
            arguments = {"x": x, "kernel_size": kernel_size, "stride": stride, "padding": padding}
            compare_forward(task, "max_pool2d", arguments, mistakes=FORWARD, float32=padding == "same")
    settings = ((2, 2, 0), (3, 1, 0), (3, 2, 1), ((2, 3), (1, 2), (1, 0)))
    cases = [({"x": drawn(2, 5, 4, 1)}, {"kernel_size": k, "stride": s, "padding": p}) for k, s, p in settings]
    with advised({"dx of shape": "dx has the shape of x: the frame must be cut off at the end"}):
        check_backward(task, "max_pool2d_backward", {"dy": DY, "x": IMAGE, "kernel_size": 2}, cases, mistakes=BACKWARD)
        compare_forward(task, "max_pool2d_backward", {"dy": DY, "x": IMAGE, "kernel_size": 3, "stride": 1}, mistakes=BACKWARD)
        for x, kernel_size, stride, padding in CASES[3:]:
            dy = whole(*reference.max_pool2d(x, kernel_size, stride, padding).shape)
            arguments = {"dy": dy, "x": x, "kernel_size": kernel_size, "stride": stride, "padding": padding}
            compare_forward(task, "max_pool2d_backward", arguments, mistakes=BACKWARD)
        zeros = np.zeros((1, 4, 4, 2))                             # what a ReLU leaves: ties everywhere
        compare_forward(task, "max_pool2d_backward", {"dy": whole(1, 2, 2, 2), "x": zeros, "kernel_size": 2},
                        definition.max_pool2d_backward, mistakes=BACKWARD)
