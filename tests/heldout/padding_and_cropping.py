"""Layers that pad and crop."""

import numpy as np

from minicnn import Layer

from . import flagged


class ZeroPad(Layer):
    """One row above, none below, two columns left, one right."""

    def __init__(self, bug=None):
        self.bug = bug

    def forward(self, x):
        return np.pad(x, ((0, 0), (1, 0), (2, 1), (0, 0)))

    def backward(self, dy):
        return dy[:, 1:, 1:-2] if self.bug else dy[:, 1:, 2:-1]


class ReflectPad(Layer):
    """Two columns at each side mirror the image; the edge itself is not repeated."""

    def __init__(self, bug=None):
        self.bug = bug

    def forward(self, x):
        return np.pad(x, ((0, 0), (2, 2)), mode="reflect")

    def backward(self, dy):
        dx = dy[:, 2:-2].copy()
        if self.bug == "only the middle":
            return dx
        first, last = (0, -1) if self.bug == "symmetric" else (1, -2)
        dx[:, first] += dy[:, 1]
        dx[:, first + 1] += dy[:, 0]
        dx[:, last] += dy[:, -2]
        dx[:, last - 1] += dy[:, -1]
        return dx


class EdgePad(Layer):
    """Three more columns at the right, all copies of the last."""

    def __init__(self, bug=None):
        self.bug = bug

    def forward(self, x):
        return np.pad(x, ((0, 0), (0, 3)), mode="edge")

    def backward(self, dy):
        dx = dy[:, :-3].copy()
        if self.bug == "assigned":
            dx[:, -1] = dy[:, -3:].sum(axis=1)
        else:
            dx[:, -1] += dy[:, -3:].sum(axis=1)
        return dx


class CentreCrop(Layer):
    """The middle of the image, one pixel less at each side."""

    def __init__(self, bug=None):
        self.bug = bug

    def forward(self, x):
        return x[:, 1:-1, 1:-1]

    def backward(self, dy):
        sides = ((0, 2), (1, 1)) if self.bug else ((1, 1), (1, 1))
        return np.pad(dy, ((0, 0), *sides, (0, 0)))


IMAGE, ROWS = (2, 3, 4, 2), (2, 6)
CASES = [
    flagged("zero padding", ZeroPad, "left for right", IMAGE, "off by one", "One column is cut off at the left where two are."),
    flagged("reflect padding middle", ReflectPad, "only the middle", ROWS, "border", "The mirrored columns are dropped."),
    flagged(
        "reflect padding symmetric",
        ReflectPad,
        "symmetric",
        ROWS,
        "border",
        "The edge is mirrored with itself.",
        also=("off by one",),
    ),
    flagged(
        "edge padding assigned",
        EdgePad,
        "assigned",
        ROWS,
        "assigned, not added",
        "The last column's own gradient is lost.",
        also=("border",),
    ),
    flagged("centre crop", CentreCrop, "at the top", (2, 4, 5, 2), "off by one", "The gradient stands one row too high."),
]
