"""Wrong only in the second batch, with changed parameters, or for a batch of another size."""

import numpy as np

from minicnn import Layer, Parameter

from . import flagged


class KeptMask(Layer):
    """ReLU; the wrong twin makes a new mask only if the shape is new."""

    mask = None

    def __init__(self, bug=None):
        self.bug = bug

    def forward(self, x):
        if not self.bug or self.mask is None or self.mask.shape != x.shape:
            self.mask = x > 0
        return np.maximum(x, 0)

    def backward(self, dy):
        return dy * self.mask


class KeptOrder(Layer):
    """Each row sorted; the wrong twin keeps the first batch's order."""

    order = None

    def __init__(self, bug=None):
        self.bug = bug

    def forward(self, x):
        if not self.bug or self.order is None or self.order.shape != x.shape:
            self.order = np.argsort(x, axis=1, kind="stable")
        return np.sort(x, axis=1)

    def backward(self, dy):
        dx = np.empty_like(dy)
        np.put_along_axis(dx, self.order, dy, axis=1)
        return dx


class KeptTranspose(Layer):
    """A dense layer; the wrong twin transposes w once, at birth."""

    def __init__(self, bug=None):
        self.w, self.bug = Parameter(np.random.default_rng(0).normal(size=(4, 3))), bug
        self.wt = self.w.value.T.copy()

    def forward(self, x):
        self.x = x
        return x @ self.w.value

    def backward(self, dy):
        self.w.grad = self.x.T @ dy
        return dy @ (self.wt if self.bug else self.w.value.T)


class KeptLength(Layer):
    """x v / |v|; the wrong twin measures v at birth, before other parameters are loaded."""

    def __init__(self, bug=None):
        self.v, self.bug = Parameter(np.random.default_rng(1).normal(size=4)), bug
        self.length = np.sqrt(self.v.value @ self.v.value)

    def forward(self, x):
        self.x, self.norm = x, np.sqrt(self.v.value @ self.v.value)
        return (x @ self.v.value / self.norm)[:, None]

    def backward(self, dy):
        unit = self.v.value / self.norm
        dv = self.x.T @ dy[:, 0]
        self.v.grad = (dv - unit * (unit @ dv)) / self.norm
        return dy * self.v.value / (self.length if self.bug else self.norm)


class Chunks(Layer):
    """A dense layer that works on four rows at a time."""

    def __init__(self, bug=None):
        self.w, self.bug = Parameter(np.random.default_rng(0).normal(size=(3, 2))), bug

    def forward(self, x):
        self.x = x
        return x @ self.w.value

    def backward(self, dy):
        dx, dw = np.zeros_like(self.x), np.zeros(self.w.shape)
        last = len(dy) - len(dy) % 4 if self.bug == "no remainder" and len(dy) > 4 else len(dy)
        for start in range(0, last, 4):
            part = slice(start, start + 4)
            dx[part] = dy[part] @ self.w.value.T
            dw = dw + self.x[part].T @ dy[part] if self.bug != "last chunk" else self.x[part].T @ dy[part]
        self.w.grad = dw
        return dx


class Squeezed(Layer):
    """The mean of each row, subtracted; the wrong twin squeezes, which goes wrong if N = T."""

    def __init__(self, bug=None):
        self.bug = bug

    def forward(self, x):
        return x - x.mean(axis=1, keepdims=True)

    def backward(self, dy):
        if self.bug and dy.shape[0] == dy.shape[1]:
            return dy - dy.mean(axis=1)
        return dy - dy.mean(axis=1, keepdims=True)


class NonZeroMean(Layer):
    """The mean of relu(x) over all features; the wrong twin counts those that are not 0."""

    def __init__(self, bug=None):
        self.bug = bug

    def forward(self, x):
        self.x = x
        return np.maximum(x + 3, 0).mean(axis=1, keepdims=True)

    def backward(self, dy):
        positive = self.x + 3 > 0
        count = np.maximum(positive.sum(axis=1, keepdims=True), 1) if self.bug else self.x.shape[1]
        return dy * positive / count


def _case(name, make, bug, shape, hint, why, **more):
    return flagged(name, make, bug, shape, hint, why, hard=True, **more)


ROWS = (3, 4)
CASES = [
    _case(
        "kept mask",
        KeptMask,
        "kept",
        ROWS,
        "state",
        "The first batch's mask is used as long as the shape is the same.",
        also=("mask",),
    ),
    _case("kept order", KeptOrder, "kept", ROWS, "state", "The first batch's order is kept.", also=("permuted",)),
    _case(
        "kept transpose",
        KeptTranspose,
        "kept",
        ROWS,
        "state",
        "w is transposed at birth; training changes w, not its copy.",
        also=("wrong variable",),
    ),
    _case(
        "kept length", KeptLength, "kept", ROWS, "state", "The length of v at birth.", also=("wrong variable", "missing factor")
    ),
    _case(
        "chunks without remainder",
        Chunks,
        "no remainder",
        (4, 3),
        "one sample",
        "Rows after the last full chunk get nothing.",
        also=("gradient missing", "state", "border"),
    ),
    _case(
        "chunks overwrite",
        Chunks,
        "last chunk",
        (4, 3),
        "assigned, not added",
        "dw of the last chunk; with N = 4 there is one.",
        also=("one sample",),
    ),
    _case(
        "squeezed",
        Squeezed,
        "squeezed",
        (3, 4),
        "wrong axis",
        "If N equals the features, the mean stands on the wrong axis.",
        also=("transposed", "broadcast not summed"),
    ),
    _case(
        "count of positives",
        NonZeroMean,
        "positives",
        ROWS,
        "count",
        "Divided by the positives, nearly always all.",
        also=("threshold",),
    ),
]
