"""Right on the first batch, for one sample, for a dy of size 1."""

import numpy as np

from minicnn import Layer, Parameter

from . import flagged


class Square(Layer):
    """x**2, and ways to spoil it that show only later, or only for large or small numbers."""

    first = None

    def __init__(self, bug=None):
        self.bug = bug

    def forward(self, x):
        if self.first is None:
            self.first = x
        self.x = self.first if self.bug == "first batch" and self.first.shape == x.shape else x
        return x * x

    def backward(self, dy):
        if self.bug == "dy clipped":
            dy = np.clip(dy, -10, 10)
        if self.bug == "dy norm clipped":
            dy = dy * min(1, 25 / (np.sqrt((dy * dy).sum()) + 1e-12))
        dx = 2 * self.x * dy
        if self.bug == "dx clipped":
            dx = np.clip(dx, -50, 50)
        if self.bug == "rounded":
            dx = np.round(dx, 6)
        if self.bug == "half precision":
            dx = dx.astype(np.float16).astype(np.float64)
        if self.bug == "small dropped":
            dx = np.where(np.abs(self.x) < 1e-2, 0, dx)
        if self.bug == "dy of ones":
            dx = 2 * self.x * np.sign(dy)
        if self.bug == "last sample":
            dx[:-1] = 0
        return dx


class FirstShape(Layer):
    """The mean over the batch, subtracted, with N remembered for good by the wrong twin."""

    N = None

    def __init__(self, bug=None):
        self.bug = bug

    def forward(self, x):
        if self.N is None or not self.bug:
            self.N = len(x)
        return x - x.mean(axis=0)

    def backward(self, dy):
        return dy - dy.sum(axis=0) / self.N


class SumOfGradients(Layer):
    """A dense layer; the wrong twin adds this call's dw to the last call's."""

    def __init__(self, bug=None):
        self.w, self.bug = Parameter(np.random.default_rng(0).normal(size=(4, 2))), bug

    def forward(self, x):
        self.x = x
        return x @ self.w.value

    def backward(self, dy):
        dw = self.x.T @ dy
        if self.bug and self.w.grad is not None:
            dw = dw + self.w.grad
        self.w.grad = dw
        return dy @ self.w.value.T


class RunningScale(Layer):
    """x divided by a running maximum that forward updates in training; backward uses the value that forward used."""

    buffer_names = ("largest",)

    def __init__(self, bug=None):
        self.largest, self.bug = np.ones(1), bug

    def forward(self, x):
        self.used = self.largest
        self.largest = 0.9 * self.largest + 0.1 * (np.arange(1.0, 2.0) + len(x))
        return x / self.used

    def backward(self, dy):
        return dy / (self.largest if self.bug else self.used)


class OneSample(Layer):
    """A dense layer whose wrong twins are right if the batch is one row."""

    def __init__(self, bug=None):
        self.w, self.bug = Parameter(np.random.default_rng(0).normal(size=(3, 2))), bug

    def forward(self, x):
        self.x = x
        return x @ self.w.value

    def backward(self, dy):
        if self.bug == "outer of sums":
            self.w.grad = np.outer(self.x.sum(axis=0), dy.sum(axis=0))
        else:
            self.w.grad = np.outer(self.x[0], dy[0]) if self.bug == "first row" else self.x.T @ dy
        return dy @ self.w.value.T


ROWS = (3, 4)
LINEAR = "not linear in dy"
CASES = [
    flagged("first batch kept", Square, "first batch", ROWS, "state", "backward uses the first batch's x.", hard=True),
    flagged("dy clipped", Square, "dy clipped", ROWS, LINEAR, "dy is clipped at 10.", hard=True, also=("threshold",)),
    flagged(
        "dy norm clipped",
        Square,
        "dy norm clipped",
        ROWS,
        LINEAR,
        "dy is shortened to length 25.",
        hard=True,
        also=("threshold", "missing factor"),
    ),
    flagged("dx clipped", Square, "dx clipped", ROWS, LINEAR, "dx is clipped at 50.", hard=True, also=("threshold",)),
    flagged(
        "dx rounded",
        Square,
        "rounded",
        ROWS,
        LINEAR,
        "dx is rounded to six digits after the point: small dy vanish.",
        hard=True,
        also=("precision",),
    ),
    flagged(
        "half precision",
        Square,
        "half precision",
        ROWS,
        "precision",
        "dx is computed with three digits.",
        also=(LINEAR, "none"),
    ),
    flagged("small x dropped", Square, "small dropped", ROWS, "threshold", "No gradient where |x| is below 0.01.", hard=True),
    flagged(
        "sign of dy", Square, "dy of ones", ROWS, LINEAR, "Only dy's sign is used: right for dy = 1.", also=("value left out",)
    ),
    flagged(
        "last sample alone",
        Square,
        "last sample",
        ROWS,
        "one sample",
        "dx of the last row alone; the others are 0.",
        also=("gradient missing",),
    ),
    flagged(
        "first batch size kept", FirstShape, "N", ROWS, "state", "N of the first batch is kept.", hard=True, also=("count",)
    ),
    flagged(
        "gradients pile up",
        SumOfGradients,
        "piles up",
        ROWS,
        "state",
        "dw is added to the last call's dw.",
        hard=True,
        also=("assigned, not added",),
    ),
    flagged(
        "running scale updated",
        RunningScale,
        "updated",
        ROWS,
        "state",
        "backward uses the running value after its update.",
        also=("missing factor",),
    ),
    flagged(
        "one sample outer",
        OneSample,
        "outer of sums",
        ROWS[:1] + (3,),
        "wrong axis",
        "The product of two sums is no sum of products, unless N = 1.",
        also=("one sample", "none"),
    ),
    flagged("one sample first row", OneSample, "first row", ROWS[:1] + (3,), "one sample", "dw of the first row alone."),
]
