"""The pages of conv2d, im2col and col2im."""

import math

import numpy as np

from ... import ops
from ...ops import definition
from ...shapes import window
from . import given
from .flipped import PLACE, flipped, show_dx, show_image, show_inputs, show_parameter_gradients
from .recorder import Recorder
from .scene import Scene, View
from .wanted import check_size


def conv2d(wanted) -> Scene:
    """A convolution, forward or backward."""
    x = wanted.image()
    KH = KW = wanted.kernel_size or 3
    w = wanted.array("w", given.filled((KH, KW, x.shape[3], wanted.filters or 1), given.KERNEL, -2, 2), 4)
    b = wanted.array("b", np.zeros(w.shape[3]), 1) if "b" in wanted.numbers else None
    stride, padding = wanted.stride or 1, wanted.padding or 0
    _check("conv2d", x, w.shape, stride, padding, wanted.backward)
    y = ops.conv2d(x, w, b, stride, padding)
    if not wanted.backward:
        views = [view(x, w, b, stride, padding) for view in (_loops, _through_im2col)]
        return Scene("conv2d", "Convolution, forward", "The kernel slides over the image. At each place the pixels under it "
                     "are multiplied by its weights, and the products are added.", views)
    dy = wanted.array("dy", given.filled(y.shape, given.IMAGE_DY, -2, 3), 4)
    ops.conv2d_backward(dy, x, w, stride, padding)                 # it checks the shapes
    views = [view(dy, x, w, stride, padding) for view in (_loops_backward, _im2col_backward, flipped)]
    return Scene("conv2d", "Convolution, backward", "Forward says y += x * w. So backward says dx += dy * w and dw += dy * x, "
                 "in the same loops. Three ways give the same numbers.", views)


def im2col(wanted) -> Scene:
    """The windows of an image as the rows of a matrix."""
    x, size, stride, padding = wanted.image(), wanted.kernel_size or 3, wanted.stride or 1, wanted.padding or 0
    _check("im2col", x, (size, size, x.shape[3], 1), stride, padding)
    ops.im2col(x, size, stride, padding)
    recorder, win = Recorder(), window("im2col", x.shape, size, stride, padding)
    x = show_image(recorder, x, win)
    _, result = _copy_windows(recorder, x, win, stride, padding)
    return Scene("im2col", "im2col: windows become rows", "Each window of the image is copied into one row of a matrix. "
                 "Nothing is computed. After it, a convolution is a matrix product.",
                 [View("loops", "Loops", "Each step copies one pixel.", recorder, {"cols": result})])


def col2im(wanted) -> Scene:
    """The transpose of im2col: it adds where windows overlap."""
    x, size, stride, padding = wanted.image(), wanted.kernel_size or 3, wanted.stride or 1, wanted.padding or 0
    _check("col2im", x, (size, size, x.shape[3], 1), stride, padding)
    copies = ops.im2col(x, size, stride, padding)
    if "cols" in wanted.numbers:
        views = [_col2im(wanted.array("cols", None, 2), x.shape, size, stride, padding, "own", "Your numbers", "")]
    else:
        views = [_col2im(np.ones(copies.shape), x.shape, size, stride, padding, "ones", "All ones",
                         "If every entry of cols is 1, each pixel gets the number of windows that contain it."),
                 _col2im(copies, x.shape, size, stride, padding, "copies", "What im2col copied",
                         "col2im is not the inverse of im2col: a pixel in four windows comes back four times as large.")]
    return Scene("col2im", "col2im: rows go back and add", "Each number of cols goes back to the pixel that im2col copied it "
                 "from. Where windows overlap, the numbers add. It is the backward pass of im2col.", views)


def _check(op, x, w_shape, stride, padding, backward=False):
    """Raise ValueError if the page would be too large."""
    KH, KW, C, F = w_shape

    def cost(H, W):
        N = x.shape[0]
        win = window(op, (N, H, W, C), (KH, KW), stride, padding)
        places, image = N * win.OH * win.OW, N * (H + win.top + win.bottom) * (W + win.left + win.right) * C
        matrix = places * KH * KW * C
        cells = 2 * (image + matrix + math.prod(w_shape) + places * F)
        if op != "conv2d":
            return 2 * matrix, cells
        if not backward:                                           # two views: loops; copies and loops
            return matrix * (2 * F + 1), cells
        flipped = N * H * W * F * KH * KW * C + matrix * F
        return matrix * (4 * F + 2) + flipped, cells + N * (H + KH - 1) * (W + KW - 1) * F + math.prod(w_shape)

    check_size(op, "an image", x.shape[1:3], cost)


def _row_names(N, win):
    """Which window a row of cols holds."""
    return [", ".join(map(str, index if N > 1 else index[1:])) for index in np.ndindex(N, win.OH, win.OW)]


def _copy_windows(recorder, x, win, stride, padding):
    """Record im2col. Returns the shown cols and the matrix."""
    N, C = x.shape[0], x.shape[3]
    cols = recorder.show("cols", (N * win.OH * win.OW, win.KH * win.KW * C), "middle", axes="rk", line=1,
                         note="one window in each row", rows=_row_names(N, win))
    by_window = cols.ids.reshape(N, win.OH, win.OW, win.KH, win.KW, C)
    matrix = recorder.call(definition.im2col, x, (win.KH, win.KW), stride, padding, window=("n", "i", "j"),
                           created={"x": recorder.shown[0], "cols": (cols, by_window)},
                           stage="im2col: copy each window into one row of cols")
    return cols, matrix


def _loops(x, w, b, stride, padding):
    recorder, win = Recorder(), window("conv2d", x.shape, w.shape[:2], stride, padding)
    x, w, b = show_inputs(recorder, x, w, win, b)
    y = recorder.show("y", (x.shape[0], win.OH, win.OW, w.shape[3]), "output", axes="nijf")
    result = recorder.call(definition.conv2d, x, w, b, stride, padding, created={"x": recorder.shown[0], "y": y}, window=PLACE)
    return View("loops", "Loops", "The seven loops of the definition. Each step adds one product to one number of y.",
                recorder, {"y": result})


def _through_im2col(x, w, b, stride, padding):
    recorder, win = Recorder(), window("conv2d", x.shape, w.shape[:2], stride, padding)
    x, w, b = show_inputs(recorder, x, w, win, b)
    F = w.shape[3]
    y = recorder.show("y", (x.shape[0], win.OH, win.OW, F), "output", axes="nijf")
    _, matrix = _copy_windows(recorder, x, win, stride, padding)
    result = recorder.call(definition.dense, matrix, w.reshape(-1, F), b, stage="matrix product: y = cols times w",
                           created={"y": (y, y.ids.reshape(-1, F))}, window=("n", "k"))
    return View("im2col", "Through im2col", "im2col copies each window into a row of cols. Then the convolution is a matrix "
                "product: a dense layer whose examples are windows.", recorder, {"y": result.reshape(y.shape)})


def _loops_backward(dy, x, w, stride, padding):
    recorder, win = Recorder(), window("conv2d", x.shape, w.shape[:2], stride, padding)
    x, w, _ = show_inputs(recorder, x, w, win)
    dy = recorder.array("dy", dy, "output", axes="nijf")
    created = {"x": recorder.shown[0], "dx": show_dx(recorder, x, win), **show_parameter_gradients(recorder, w)}
    dx, dw, db = recorder.call(definition.conv2d_backward, dy, x, w, stride, padding, created=created, window=PLACE)
    return View("loops", "Loops", "The loops of forward once more. Each dy is sent to every pixel and to every weight that "
                "took part in its y: a stamp of the kernel on dx, a copy of the window on dw.", recorder,
                {"dx": dx, "dw": dw, "db": db})


def _im2col_backward(dy, x, w, stride, padding):
    recorder, win = Recorder(), window("conv2d", x.shape, w.shape[:2], stride, padding)
    KH, KW, C, F = w.shape
    x, w, _ = show_inputs(recorder, x, w, win)
    dy = recorder.array("dy", dy, "output", axes="nijf")
    dx, gradients = show_dx(recorder, x, win), show_parameter_gradients(recorder, w)
    cols, matrix = _copy_windows(recorder, x, win, stride, padding)
    dcols = recorder.show("dcols", matrix.shape, "middle", axes="rk", line=1, rows=cols.rows)
    dw = gradients["dw"]
    rows, dw_result, db = recorder.call(
        definition.dense_backward, dy.reshape(-1, F), matrix, w.reshape(-1, F), window=("n", "k"),
        created={"dx": dcols, "dw": (dw, dw.ids.reshape(-1, F)), "db": gradients["db"]},
        stage="matrix product, back: dw = transposed cols times dy, dcols = dy times transposed w")
    result = recorder.call(definition.col2im, rows, x.shape, (KH, KW), stride, padding, created={"x": dx},
                           window=("n", "i", "j"), stage="col2im: add the rows of dcols up, pixel by pixel")
    return View("im2col", "Through im2col", "Forward was im2col, then a matrix product. Backward walks back: the gradients of "
                "the matrix product first, then col2im.", recorder, {"dx": result, "dw": dw_result.reshape(w.shape), "db": db})


def _col2im(cols, x_shape, size, stride, padding, name, title, text):
    recorder, win = Recorder(), window("col2im", x_shape, size, stride, padding)
    ops.col2im(cols, x_shape, size, stride, padding)               # it checks the shapes
    cols = recorder.array("cols", cols, "middle", axes="rk", note="one window in each row", rows=_row_names(x_shape[0], win))
    x = recorder.show("x", x_shape, "input", axes="nijc", frame=(win.top, win.bottom, win.left, win.right))
    result = recorder.call(definition.col2im, cols, x_shape, size, stride, padding, created={"x": x}, window=("n", "i", "j"))
    return View(name, title, text, recorder, {"x": result})
