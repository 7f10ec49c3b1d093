"""The check of exercise 10."""

import contextlib
import re

import numpy as np

from minicnn.learn import Fault, WrongNumber, advised, compare_forward
from minicnn.learn.small import IMAGE, drawn, whole
from minicnn.ops import reference
from minicnn.ops.padding import pad
from minicnn.shapes import window


def axes(x, kernel_size, stride, padding):
    """cols with its six axes N, OH, OW, KH, KW, C."""
    win = window("im2col", x.shape, kernel_size, stride, padding)
    cols = reference.im2col(x, kernel_size, stride, padding)
    return cols.reshape(len(x), win.OH, win.OW, win.KH, win.KW, x.shape[3])


def in_order(*order):
    def wrong(x, kernel_size, stride=1, padding=0):
        cols = axes(x, kernel_size, stride, padding)
        return cols.transpose(order).reshape(reference.im2col(x, kernel_size, stride, padding).shape)
    return wrong


def with_strides(choose):
    def wrong(x, kernel_size, stride=1, padding=0):
        win = window("im2col", x.shape, kernel_size, stride, padding)
        cols = axes(x, kernel_size, choose(win), padding)[:, :win.OH, :win.OW]
        return cols.reshape(reference.im2col(x, kernel_size, stride, padding).shape)
    return wrong


def slices_too_short(x, kernel_size, stride=1, padding=0):
    """x[:, u:u + OH:stride]: the slice ends too early, and NumPy repeats its one row."""
    win = window("im2col", x.shape, kernel_size, stride, padding)
    x, cols = pad(x, win), axes(x, kernel_size, stride, padding)
    for u, v in np.ndindex(win.KH, win.KW):
        cols[:, :, :, u, v] = x[:, u:u + win.OH:win.stride_h, v:v + win.OW:win.stride_w]
    return cols.reshape(reference.im2col(x, kernel_size, stride).shape)


def padding_at_the_end(x, kernel_size, stride=1, padding=0):
    win = window("im2col", x.shape, kernel_size, stride, padding)
    x = np.pad(x, ((0, 0), (0, win.top + win.bottom), (0, win.left + win.right), (0, 0)))
    return reference.im2col(x, kernel_size, stride)


COLUMNS = "the columns are in another order. They are in the order u, then v, then c: the axes KH, KW, C in this order"
MISTAKES = {
    COLUMNS: (in_order(0, 1, 2, 5, 3, 4), in_order(0, 1, 2, 4, 3, 5), in_order(0, 1, 2, 5, 4, 3), in_order(0, 1, 2, 3, 5, 4)),
    "the rows are in another order. They are in the order n, then i, then j: the axes N, OH, OW come first":
        (in_order(1, 2, 0, 3, 4, 5), in_order(0, 2, 1, 3, 4, 5), in_order(2, 1, 0, 3, 4, 5)),
    "the stride is ignored: kernel entry u sees the rows u, u + stride_h, u + 2 * stride_h, ...":
        with_strides(lambda win: (1, 1)),
    "the slices end too early, and NumPy repeats what they have. OH rows in steps of stride_h need the slice "
    "u:u + win.OH * win.stride_h:win.stride_h": slices_too_short,
    "the columns move by stride_h. The stride of the columns is win.stride_w": with_strides(lambda win: (win.stride_h,) * 2),
    "the frame lies on both sides: win.top rows above and win.bottom rows below, and the columns likewise": padding_at_the_end,
}
CASES = (
    (IMAGE, 3, 1, 0), (whole(1, 3, 4, 2), (2, 3), 1, 0), (whole(2, 4, 3, 1), 2, 1, 0), (IMAGE, 2, 2, 0), (IMAGE, 3, 1, 1),
    (whole(2, 6, 5, 2), (3, 2), (2, 1), 0), (drawn(2, 7, 5, 3), (3, 2), (1, 2), (1, 0)), (drawn(1, 6, 5, 2), 3, 2, "same"))


def check(task):
    with advised({"cols of shape": "cols has one window in each row and one kernel place in each column: (N*OH*OW, KH*KW*C)",
                  "could not broadcast": "the two sides have different sizes: was x padded, and does each slice have OH rows "
                                         "and OW columns? Rows move by win.stride_h, columns by win.stride_w"}):
        for x, kernel_size, stride, padding in CASES:
            arguments = {"x": x, "kernel_size": kernel_size, "stride": stride, "padding": padding}
            with _places(window("im2col", x.shape, kernel_size, stride, padding), x.shape):
                compare_forward(task, "im2col", arguments, mistakes=MISTAKES, float32=padding == "same")


@contextlib.contextmanager
def _places(win, x_shape):
    """A block whose Fault also says which window and which kernel place the first wrong entry cols[r, q] belongs to."""
    try:
        yield
    except WrongNumber as fault:
        r, q = map(int, re.search(r"cols\[r=(\d+), q=(\d+)\]", fault.text).groups())
        n, i, j = (int(k) for k in np.unravel_index(r, (x_shape[0], win.OH, win.OW)))
        u, v, c = (int(k) for k in np.unravel_index(q, (win.KH, win.KW, x_shape[3])))
        raise Fault(f"{fault.text}\n    row r = {r} of cols is the window (n={n}, i={i}, j={j}), column q = {q} is the place "
                    f"(u={u}, v={v}, c={c}): x_padded[{n}, {i * win.stride_h + u}, {j * win.stride_w + v}, {c}]") from None
