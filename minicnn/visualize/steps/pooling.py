"""The pages of max_pool2d and avg_pool2d."""

import numpy as np

from ... import ops
from ...ops import definition
from ...shapes import pool_window
from . import given
from .recorder import Recorder
from .scene import Scene, View
from .wanted import check_size

PLACE = ("n", "i", "j", "c")                                       # the counters of one window of one channel


def max_pool2d(wanted) -> Scene:
    """Max-pooling, forward or backward."""
    text = "Each window keeps its largest number. Of two that are equal, the first wins (★)."
    if wanted.backward:
        text = ("The winner of each window gets the whole dy. The others get nothing. A pixel that wins in several windows "
                "gets the sum.")
    return Scene("max_pool2d", f"Max-pooling, {wanted.direction}", text, _views("max_pool2d", wanted))


def avg_pool2d(wanted) -> Scene:
    """Average pooling, forward or backward."""
    text = "Each window keeps the mean of its numbers."
    if wanted.backward:
        text = "Each pixel of a window gets an equal part of its dy. Where windows overlap, the parts add."
    return Scene("avg_pool2d", f"Average pooling, {wanted.direction}", text, _views("avg_pool2d", wanted))


def _views(op, wanted):
    """The wanted window; if none was named, windows side by side and windows that overlap."""
    x = wanted.image()
    size = wanted.kernel_size or 2
    windows = [("windows", "Your windows", "", size, wanted.stride or size, wanted.padding or 0)]
    if not (wanted.kernel_size or wanted.stride or wanted.padding or min(x.shape[1:3]) < 3):
        windows = [("apart", "Windows side by side", "2 x 2 windows with stride 2: each pixel is in one window.", 2, 2, 0),
                   ("overlapping", "Windows that overlap", "3 x 3 windows with stride 1: a pixel in the middle is in several "
                    "windows.", 3, 1, 0)]
    check_size(op, "an image", x.shape[1:3], lambda H, W: tuple(
        max(cost) for cost in zip(*(_cost(op, (x.shape[0], H, W, x.shape[3]), *window[3:]) for window in windows))))
    return [_view(op, wanted, x, *window) for window in windows]


def _cost(op, shape, size, stride, padding):
    """(steps, cells) of one view."""
    win = pool_window(op, shape, size, stride, padding)
    N, H, W, C = shape
    places = N * win.OH * win.OW * C
    return places * (2 * size * size + 1), 2 * N * (H + win.top + win.bottom) * (W + win.left + win.right) * C + places


def _view(op, wanted, x, name, title, text, size, stride, padding):
    y = getattr(ops, op)(x, size, stride, padding)
    win = pool_window(op, x.shape, size, stride, padding)
    frame, recorder = (win.top, win.bottom, win.left, win.right), Recorder()
    x = recorder.array("x", x, "input", axes="nijc", frame=frame)
    created = {"x": recorder.shown[0]}
    if not wanted.backward:
        created["y"] = recorder.show("y", y.shape, "output", axes="nijc")
        result = recorder.call(getattr(definition, op), x, size, stride, padding, created=created, window=PLACE, mark=winner)
        return View(name, title, text, recorder, {"y": result})
    dy = wanted.array("dy", given.filled(y.shape, given.IMAGE_DY, -2, 3), 4)
    takes_x = op == "max_pool2d"
    getattr(ops, op + "_backward")(dy, x if takes_x else x.shape, size, stride, padding)       # it checks the shapes
    dy = recorder.array("dy", dy, "output", axes="nijc")
    created["dx"] = recorder.show("dx", x.shape, "input", axes="nijc", frame=frame)
    result = recorder.call(getattr(definition, op + "_backward"), dy, x if takes_x else x.shape, size, stride, padding,
                           created=created, window=PLACE, mark=winner)
    return View(name, title, text, recorder, {"dx": result})


def winner(names):
    """The largest pixel of the window so far, while the definition looks for it; (array, index) or None."""
    place = names.get("best") if "best" in names else (names.get("row"), names.get("column"))
    if place is None or place[0] is None or not isinstance(names.get("x"), np.ndarray):
        return None
    return names["x"], (names["n"], *place, names["c"])
