"""The check of exercise 12."""

import numpy as np

from minicnn.learn import advised, compare_forward
from minicnn.learn.small import drawn, whole
from minicnn.ops import reference
from minicnn.ops.padding import crop, pad, seen_through
from minicnn.shapes import window


def scattered(cols, x_shape, kernel_size, stride, padding, add=True):
    """The padded x, before it is cut."""
    win = window("col2im", x_shape, kernel_size, stride, padding)
    cols = cols.reshape(x_shape[0], win.OH, win.OW, win.KH, win.KW, x_shape[3])
    x = pad(np.zeros(x_shape), win)
    for u, v in np.ndindex(win.KH, win.KW):
        x[seen_through(u, v, win)] = cols[:, :, :, u, v] + (x[seen_through(u, v, win)] if add else 0)
    return x, win


def overwritten(cols, x_shape, kernel_size, stride, padding):
    return crop(*scattered(cols, x_shape, kernel_size, stride, padding, add=False))


def averaged(cols, x_shape, kernel_size, stride, padding):
    seen = reference.col2im(np.ones(cols.shape), x_shape, kernel_size, stride, padding)
    return reference.col2im(cols, x_shape, kernel_size, stride, padding) / np.maximum(seen, 1)


def cut_at_the_end(cols, x_shape, kernel_size, stride, padding):
    return scattered(cols, x_shape, kernel_size, stride, padding)[0][:, :x_shape[1], :x_shape[2]]


def stride_ignored(cols, x_shape, kernel_size, stride, padding):
    win = window("col2im", x_shape, kernel_size, stride, padding)
    x = pad(np.zeros(x_shape), win)
    cols = cols.reshape(x_shape[0], win.OH, win.OW, win.KH, win.KW, x_shape[3])
    for u, v in np.ndindex(win.KH, win.KW):
        x[:, u:u + win.OH, v:v + win.OW] += cols[:, :, :, u, v]
    return crop(x, win)


def first_image(cols, x_shape, kernel_size, stride, padding):
    x = reference.col2im(cols, x_shape, kernel_size, stride, padding)
    x[1:] = 0
    return x


def another_order(order):
    def wrong(cols, x_shape, kernel_size, stride, padding):
        win = window("col2im", x_shape, kernel_size, stride, padding)
        shape = (x_shape[0], win.OH, win.OW, win.KH, win.KW, x_shape[3])
        mixed = cols.reshape([shape[k] for k in order]).transpose(np.argsort(order))
        return reference.col2im(mixed.reshape(cols.shape), x_shape, kernel_size, stride, padding)
    return wrong


MISTAKES = {
    "the windows overwrite each other. Where windows overlap, a pixel gets the sum: +=, not =": overwritten,
    "the sum is divided by the number of windows. col2im is not the inverse of im2col: it adds, and does not average": averaged,
    "the wrong rows and columns are cut off: the frame lies on both sides: start at win.top and win.left": cut_at_the_end,
    "the stride is ignored: kernel entry u saw the rows u, u + stride_h, u + 2 * stride_h, ...": stride_ignored,
    "all numbers go to image n = 0, and image n = 1 gets nothing": first_image,
    "the columns are read in another order. They are in the order u, then v, then c: reshape to (N, OH, OW, KH, KW, C)":
        (another_order((0, 1, 2, 5, 3, 4)), another_order((0, 1, 2, 4, 3, 5))),
}
CASES = (((1, 4, 4, 1), 3, 1, 0), ((1, 4, 4, 1), 2, 2, 0), ((1, 4, 4, 1), 3, 1, 1), ((2, 4, 3, 1), 2, 1, 0),
         ((1, 5, 4, 2), (2, 3), 1, 0), ((2, 6, 5, 2), (3, 2), (2, 1), 0), ((2, 7, 5, 3), (3, 2), (1, 2), (1, 0)),
         ((1, 6, 5, 2), 3, 2, "same"))


SIZES = ("the slices and cols have different sizes: each slice has OH rows and OW columns, and x has the size of the padded "
         "image. OH rows in steps of stride_h are u:u + win.OH * win.stride_h:win.stride_h")


def check(task):
    with advised({"x of shape (1, 0, 0": "without padding, win.top:-win.bottom is 0:-0, which is empty. Write "
                                         "win.top:win.top + H",
                  "x of shape": "the padding is not cut off: return the part of x that belongs to the image",
                  "too many indices": "cols has two axes, (N*OH*OW, KH*KW*C). Make six of them first: "
                                      "cols.reshape(N, win.OH, win.OW, win.KH, win.KW, C)",
                  "could not be broadcast": SIZES, "could not broadcast": SIZES, "non-broadcastable": SIZES}):
        for k, (x_shape, kernel_size, stride, padding) in enumerate(CASES):
            cols = reference.im2col(np.zeros(x_shape), kernel_size, stride, padding)
            cols = (drawn if k > 5 else whole)(*cols.shape)
            arguments = {"cols": cols, "x_shape": x_shape, "kernel_size": kernel_size, "stride": stride, "padding": padding}
            compare_forward(task, "col2im", arguments, mistakes=MISTAKES, float32=padding == "same")
