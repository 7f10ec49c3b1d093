"""The check of exercise 13."""

from minicnn.learn import Fault, advised, check_backward
from minicnn.learn.small import DY, IMAGE, KERNEL, drawn
from minicnn.ops import reference


def changed(dx=None, dw=None, db=None):
    """The right gradients, but one of them replaced by that of a mistake."""
    def wrong(dy, x, w, stride=1, padding=0, input_gradient=True):
        found = list(reference.conv2d_backward(dy, x, w, stride, padding))
        for k, change in enumerate((dx, dw, db)):
            if change:
                found[k] = change(found[k], dy, x, w, stride, padding)
        return tuple(found)
    return wrong


def reshaped(dx, dy, x, w, stride, padding):
    KH, KW, C, F = w.shape
    return reference.col2im(dy.reshape(-1, F) @ w.reshape(F, -1), x.shape, (KH, KW), stride, padding)


def other_windows(dw, dy, x, w, stride, padding):
    KH, KW, C, F = w.shape
    return (reference.im2col(x, (KH, KW)).T @ dy.reshape(-1, F)).reshape(w.shape)


def last_row_zero(dw, *_):
    dw[-1] = 0
    return dw


MISTAKES = {
    "dw is flipped. Forward does not flip the kernel, so dw is not flipped: only dx, written as a convolution, has a flipped "
    "kernel": changed(dw=lambda dw, *_: dw[::-1, ::-1]),
    "the rows and columns of dw are transposed: reshape to (KH, KW, C, F), without a transpose": changed(
        dw=lambda dw, dy, x, w, *_: dw.reshape(w.shape[1], w.shape[0], *w.shape[2:]).transpose(1, 0, 2, 3)),
    "w is reshaped to (F, KH*KW*C) in dcols. But a reshape is no transpose: w.reshape(KH * KW * C, F).T": changed(dx=reshaped),
    "db is divided by N * OH * OW. The bias is added at every place of every image, so its gradient is a sum, not a mean":
        changed(db=lambda db, dy, *_: dy.mean(axis=(0, 1, 2))),
    "dw is divided by N. Where a mean over the batch is taken, in the loss, dy got its 1/N: a layer never divides by N":
        changed(dw=lambda dw, dy, x, *_: dw / len(x)),
    "cols is not that of forward: hand stride and padding on to im2col": changed(dw=other_windows),
    "the last kernel row of dw is 0: u runs from 0 to KH - 1": changed(dw=last_row_zero),
    "db is that of one image. The bias is added in every image: sum over n too": (
        changed(db=lambda db, dy, *_: dy[0].sum(axis=(0, 1))), changed(db=lambda db, dy, *_: dy[-1].sum(axis=(0, 1)))),
}
SIZES = (((3, 4, 3, 1), (3, 2, 1, 3), 1, 0), ((2, 3, 4, 2), (2, 3, 2, 3), (2, 1), (1, 0)))


def check(task):
    cases = [({"x": drawn(*x), "w": drawn(*w), "b": drawn(w[3])}, {"kernel_size": w[:2], "stride": stride, "padding": padding})
             for x, w, stride, padding in SIZES]
    with advised({"db of shape": "db has one number for each filter: sum dy over every axis but the last",
                  "mismatch in its core": "make matrices first: dy as (N*OH*OW, F), w as (KH*KW*C, F). If they are, cols and "
                                          "dy have other numbers of rows: hand stride and padding on to im2col",
                  "as db": "each filter has its own bias: sum dy over every axis but the last",
                  "AxisError": "if dy is (N*OH*OW, F) already, all places of all images are on axis 0: dy.sum(axis=0)",
                  "col2im expected cols": "col2im needs the same kernel size (KH, KW), stride and padding as im2col",
                  "cannot reshape": "dcols has one window in each row, not one pixel: col2im adds the windows at their places",
                  "dx of shape": "dx has the shape of x. The order of the results is dx, dw, db",
                  "dw of shape": "dw has the shape of w: (cols.T @ dy).reshape(w.shape)"}):
        check_backward(task, "conv2d_backward", {"dy": DY, "x": IMAGE, "w": KERNEL}, cases, reference.conv2d, mistakes=MISTAKES)
    learned = task.function("conv2d_backward")
    if learned(DY, IMAGE, KERNEL, input_gradient=False)[0] is not None:
        raise Fault(f"{learned.where} returned a dx for input_gradient=False. Return None in its place then, and do not "
                    "compute it: the first layer of a network does not need it")
