"""The backward pass of a convolution as two convolutions, and how the pages of convolutions show their arrays."""

import numpy as np

from ...ops import definition
from ...shapes import window
from .recorder import Recorder
from .scene import View

PLACE = ("n", "i", "j", "f")                                       # the counters of one place of one filter


def show_image(recorder, x, win):
    """Show the images x with their frame of padding."""
    return recorder.array("x", x, "input", axes="nijc", frame=(win.top, win.bottom, win.left, win.right))


def show_inputs(recorder, x, w, win, b=None):
    """Show x with its frame, w and b."""
    x, w = show_image(recorder, x, win), recorder.array("w", w, "parameter", axes="uvcf")
    return x, w, None if b is None else recorder.array("b", b, "parameter", axes="f")


def show_dx(recorder, x, win):
    """Show dx, which a run creates with the frame of padding, if there is one."""
    return recorder.show("dx", x.shape, "input", axes="nijc", frame=(win.top, win.bottom, win.left, win.right), line=1)


def show_parameter_gradients(recorder, w):
    """Show dw and db, which a run creates: what `created` needs to know about them."""
    return {"dw": recorder.show("dw", w.shape, "parameter", axes="uvcf", line=1),
            "db": recorder.show("db", w.shape[3:], "parameter", axes="f", line=1)}


def flipped(dy, x, w, stride, padding) -> View:
    """dx as a convolution of the framed dy with the flipped kernel, and dw as one of x with dy as the kernel."""
    recorder, win = Recorder(), window("conv2d", x.shape, w.shape[:2], stride, padding)
    x, w, _ = show_inputs(recorder, x, w, win)
    dy = recorder.array("dy", dy, "output", axes="nijf")
    shown_x, _, shown_dy = recorder.shown
    dx = show_dx(recorder, x, win._replace(top=0, bottom=0, left=0, right=0))
    dw = recorder.show("dw", w.shape, "parameter", axes="uvcf", line=1)
    return View("flipped", "With the flipped kernel", "Both gradients are convolutions themselves: dx of the framed dy with "
                "the flipped kernel, dw of x with dy as the kernel.", recorder,
                {"dx": _dx(recorder, dy, x, w, win, dx), "dw": _dw(recorder, dy, x, win, shown_dy, shown_x, dw)})


def _dx(recorder, dy, x, w, win, dx):
    (N, H, W, _), (KH, KW, _, F) = x.shape, w.shape
    framed = np.zeros((N, H + KH - 1, W + KW - 1, F))
    for i, j in np.ndindex(win.OH, win.OW):
        row, column = i * win.stride_h + KH - 1 - win.top, j * win.stride_w + KW - 1 - win.left
        if 0 <= row < framed.shape[1] and 0 <= column < framed.shape[2]:        # else this dy reaches only the padding
            framed[:, row, column] = dy[:, i, j]
    between = " and between" if max(win.stride_h, win.stride_w) > 1 else ""
    framed = recorder.array("dy, framed", framed, "output", axes="nijf", line=2, note=f"dy with zeros around it{between}")
    shown_framed = recorder.shown[-1]
    flipped = recorder.array("w, flipped", w[::-1, ::-1].transpose(0, 1, 3, 2), "parameter", axes="uvfc", line=2)
    return recorder.call(definition.conv2d, framed, flipped, created={"x": shown_framed, "y": dx}, window=PLACE,
                         stage="dx: the flipped kernel slides over the framed dy")


def _dw(recorder, dy, x, win, shown_dy, shown_x, dw):
    """Channels take the place of images, and images that of channels."""
    rows, columns = win.stride_h * (win.OH - 1) + 1, win.stride_w * (win.OW - 1) + 1
    kernel = np.zeros((rows, columns, dy.shape[0], dy.shape[3]))   # dy, with zeros between its numbers if there is a stride
    ids = np.full(kernel.shape, -1)
    places = slice(None, None, win.stride_h), slice(None, None, win.stride_w)
    kernel[places], ids[places] = dy.transpose(1, 2, 0, 3), shown_dy.ids.transpose(1, 2, 0, 3)
    recorder.link(kernel, shown_dy, ids)
    padded = np.pad(x, ((0, 0), (win.top, win.bottom), (win.left, win.right), (0, 0)))
    seen = slice(None), slice(rows + dw.shape[0] - 1), slice(columns + dw.shape[1] - 1)    # what some window sees
    images, ids = (np.ascontiguousarray(array[seen].transpose(3, 1, 2, 0)) for array in (padded, shown_x.ids))
    recorder.link(images, shown_x, ids)
    result = recorder.call(definition.conv2d, images, kernel, window=PLACE,
                           created={"x": (shown_x, ids), "y": (dw, dw.ids.transpose(2, 0, 1, 3))},
                           stage="dw: dy slides over x as a kernel")
    return result.transpose(1, 2, 0, 3)
