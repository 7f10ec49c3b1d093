"""Right at x of size 1, wrong for large or small ones."""

import numpy as np

from minicnn import Layer, Parameter

from . import Case, flagged


class Scale(Layer):
    """x times one learned number per feature; the numbers have very different sizes."""

    def __init__(self, values=(1e6, 1.0, 1e-4), bug=None):
        self.w, self.bug = Parameter(np.array(values)), bug

    def forward(self, x):
        self.x = x
        return x * self.w.value

    def backward(self, dy):
        self.w.grad = (dy * self.x).sum(axis=0)
        dx = dy * self.w.value
        if self.bug == "small one dropped":
            dx[:, -1] = 0
        if self.bug == "one entry":
            dx[0, -1] *= 1.5
        return dx


class ClampedNorm(Layer):
    """Each row divided by its length if that is above 3."""

    def __init__(self, bug=None):
        self.bug = bug

    def forward(self, x):
        self.x, self.norm = x, np.sqrt((x * x).sum(axis=1, keepdims=True))
        return x / np.maximum(self.norm / 3, 1)

    def backward(self, dy):
        long = self.norm > 3
        safe = np.where(long, self.norm, 1)
        turned = 3 * (dy / safe - self.x * (dy * self.x).sum(axis=1, keepdims=True) / safe**3)
        if self.bug == "only scaled":
            turned = 3 * dy / safe
        return np.where(long & (self.bug != "never clamps"), turned, dy)


class SmoothAbs(Layer):
    """sqrt(x**2 + 1e-4): a root that is round at 0."""

    def __init__(self, bug=None):
        self.bug = bug

    def forward(self, x):
        self.x = x
        return np.sqrt(x * x + 1e-4)

    def backward(self, dy):
        return dy * np.sign(self.x) if self.bug else dy * self.x / np.sqrt(self.x**2 + 1e-4)


class Cubic(Layer):
    """x + 1e-3 x**3: almost linear, until x is large."""

    def __init__(self, bug=None):
        self.bug = bug

    def forward(self, x):
        self.x = x
        return x + 1e-3 * x**3

    def backward(self, dy):
        return dy * (1 + (1e-3 if self.bug else 3e-3) * self.x**2)


def bounded_square(bug=None):
    """An op: x**2 below 100, then 100 (a learner's guard against large numbers)."""

    def forward(x):
        return np.minimum(x * x, 100)

    def backward(dy, x):
        return {"x": 2 * x * dy if bug else 2 * x * dy * (np.abs(x) < 10)}

    return forward, backward


ROWS = (3, 4)
CASES = [
    flagged(
        "small feature dropped",
        Scale,
        "small one dropped",
        (2, 3),
        "gradient missing",
        "A feature with weight 1e-4 beside one with 1e6.",
        hard=True,
        also=("one entry",),
    ),
    flagged(
        "one small entry",
        Scale,
        "one entry",
        (2, 3),
        "one entry",
        "One entry of dx, the smallest, is 1.5 times too large.",
        hard=True,
        also=("missing factor",),
    ),
    flagged(
        "clamped norm scaled",
        ClampedNorm,
        "only scaled",
        ROWS,
        "normalization term",
        "Long rows lack the projection.",
        hard=True,
        also=("threshold",),
    ),
    flagged("clamped norm never", ClampedNorm, "never clamps", ROWS, "threshold", "dx = dy for long rows too.", hard=True),
    flagged(
        "smooth abs as abs",
        SmoothAbs,
        "sign",
        ROWS,
        "threshold",
        "sign(x): wrong only for |x| below about 0.1.",
        hard=True,
        also=("activation derivative",),
    ),
    flagged(
        "cubic term",
        Cubic,
        "no 3",
        ROWS,
        "activation derivative",
        "1e-3 x**2 for 3e-3 x**2: seen where x is large.",
        hard=True,
        also=("threshold", "missing factor"),
    ),
    Case(
        "bounded square",
        "op",
        bounded_square,
        lambda: bounded_square("unbounded"),
        lambda rng, scale: {"x": 4 * scale * rng.normal(size=(3, 4))},
        "threshold",
        "The guard's end is missing.",
        hard=True,
    ),
]
