"""The receptive field: the pixels of the image that one value inside a network depends on.

It is computed from the output back to the image. A window of KH rows with stride s over an input with `top` rows of padding
turns the output rows r0 to r1 into the input rows s * r0 - top to s * r1 - top + KH - 1.
"""

from typing import NamedTuple

from ..layers import AvgPool2D, Concat, Conv2D, Dense, Flatten, GlobalAvgPool2D, Layer, MaxPool2D, Residual, Sequential
from ..shapes import window

WHOLE = (Dense, Flatten, GlobalAvgPool2D)                          # each output may depend on the whole input


class Box(NamedTuple):
    """Rows top to bottom - 1 and columns left to right - 1."""

    top: int
    bottom: int
    left: int
    right: int

    def union(self, other):
        """The smallest Box that contains both."""
        return Box(min(self.top, other.top), max(self.bottom, other.bottom),
                   min(self.left, other.left), max(self.right, other.right))


def receptive_field(model: Layer, path: str, x_shape: tuple[int, int, int], row: int = 0, column: int = 0) -> Box:
    """The pixels that the value at (row, column) of a layer's output depends on. The Box may reach into the padding.

    `path` says which layer, such as '3' or '3.body.0': the path with which the names of its parameters begin.

    Shapes: x_shape (H, W, C), of the image.
    """
    names = path.split(".") if path else []
    return _through(model, names, Box(row, row + 1, column, column + 1), (1, *x_shape))


def _through(layer, path, box, x_shape):
    """The Box of this layer's input that `box`, of the output of the layer at `path` inside it, depends on."""
    if not path:
        return _before(layer, box, x_shape)
    earlier = []
    for name, child, shape in layer.child_inputs(x_shape):
        if name == path[0]:
            box = _through(child, path[1:], box, shape)
            break
        earlier.append((child, shape))
    if isinstance(layer, Sequential):                              # elsewhere, the children stand side by side
        for child, shape in reversed(earlier):
            box = _before(child, box, shape)
    return box


def _before(layer, box, x_shape):
    """The Box of the layer's input that a Box of its output depends on."""
    if len(x_shape) < 4:                                           # no pixels here: numbers that depend on the whole image
        return box
    if isinstance(layer, Sequential):
        children = list(layer.child_inputs(x_shape))
        for _, child, shape in reversed(children):
            box = _before(child, box, shape)
        return box
    if isinstance(layer, (Residual, Concat)):
        boxes = [_before(child, box, shape) for _, child, shape in layer.child_inputs(x_shape)]
        if isinstance(layer, Residual) and layer.shortcut is None:
            boxes.append(box)                                      # x itself is added
        for other in boxes[1:]:
            boxes[0] = boxes[0].union(other)
        return boxes[0]
    if isinstance(layer, WHOLE):
        return Box(0, x_shape[1], 0, x_shape[2])
    if isinstance(layer, (Conv2D, MaxPool2D, AvgPool2D)):
        win = window(type(layer).__name__, x_shape, layer.kernel_size, layer.stride, layer.padding)
        return Box(box.top * win.stride_h - win.top, (box.bottom - 1) * win.stride_h - win.top + win.KH,
                   box.left * win.stride_w - win.left, (box.right - 1) * win.stride_w - win.left + win.KW)
    return box                                                     # an activation, dropout or batch norm: pixel by pixel
