"""Normalizations by a length: of a row, of a weight, of its neighbours."""

import numpy as np

from minicnn import Layer, Parameter

from . import flagged


class RMSNorm(Layer):
    """x divided by its root mean square, times gamma."""

    def __init__(self, D=5, bug=None):
        self.gamma, self.bug = Parameter(np.ones(D)), bug

    def forward(self, x):
        self.rms = np.sqrt((x * x).mean(axis=1, keepdims=True) + 1e-6)
        self.xhat = x / self.rms
        return self.gamma.value * self.xhat

    def backward(self, dy):
        self.gamma.grad = (dy * self.xhat).sum(axis=0)
        dxhat = dy * self.gamma.value
        inner = dy if self.bug == "no gamma in the projection" else dxhat
        if self.bug == "no projection":
            return dxhat / self.rms
        projected = (inner * self.xhat).mean(axis=1, keepdims=True)
        if self.bug == "sum for mean":
            projected = (inner * self.xhat).sum(axis=1, keepdims=True)
        return (dxhat - self.xhat * projected) / self.rms


class WeightNormDense(Layer):
    """A dense layer whose columns are w = g v / |v|: a length and a direction, learned apart."""

    def __init__(self, D=4, K=3, bug=None):
        rng = np.random.default_rng(0)
        self.v, self.g, self.bug = Parameter(rng.normal(size=(D, K))), Parameter(np.ones(K)), bug

    def forward(self, x):
        self.x = x
        self.norm = np.sqrt((self.v.value**2).sum(axis=0) + 1e-12)
        self.unit = self.v.value / self.norm
        return x @ (self.g.value * self.unit)

    def backward(self, dy):
        dw = self.x.T @ dy
        self.g.grad = (dw * (self.v.value if self.bug == "dg of v" else self.unit)).sum(axis=0)
        projection = self.unit * (dw * self.unit).sum(axis=0)
        if self.bug == "no projection":
            projection = 0
        scale = 1 if self.bug == "no g" else self.g.value
        self.v.grad = scale / self.norm * (dw - projection)
        return dy @ (self.g.value * self.unit).T


class L2Normalize(Layer):
    """Each row divided by its length, or by `least` if the row is shorter."""

    least = 0.5

    def __init__(self, bug=None):
        self.bug = bug

    def forward(self, x):
        self.norm = np.sqrt((x * x).sum(axis=1, keepdims=True))
        self.y = x / np.maximum(self.norm, self.least)
        return self.y

    def backward(self, dy):
        axis = 0 if self.bug == "axis" else 1
        projection = self.y * (dy * self.y).sum(axis=axis, keepdims=True)
        if self.bug != "projects short rows":
            projection = np.where(self.norm > self.least, projection, 0)
        if self.bug == "no projection":
            projection = 0
        return (dy - projection) / np.maximum(self.norm, self.least)


class LocalResponseNorm(Layer):
    """y[c] = x[c] / (1 + a * sum of x[c']**2 over the neighbours c - 1, c, c + 1)**b."""

    constant_names = ("near",)

    def __init__(self, C=5, bug=None):
        self.a, self.b, self.bug = 0.3, 0.75, bug
        distance = np.abs(np.arange(C)[:, None] - np.arange(C))
        self.near = (distance <= 1).astype(float)

    def forward(self, x):
        self.x, self.s = x, 1 + self.a * (x * x) @ self.near
        return x * self.s**-self.b

    def backward(self, dy):
        inner = dy * self.x * self.s ** (-self.b - 1)
        near = np.eye(len(self.near)) if self.bug == "no neighbours" else self.near
        a = 1.0 if self.bug == "no a" else self.a
        return dy * self.s**-self.b - 2 * a * self.b * self.x * (inner @ near)


ROWS = (3, 5)
TERM = "normalization term"
CASES = [
    flagged("rms norm projection", RMSNorm, "no projection", ROWS, TERM, "The root mean square is taken for a constant."),
    flagged(
        "rms norm projection gamma",
        RMSNorm,
        "no gamma in the projection",
        ROWS,
        "value left out",
        "The projection uses dy without gamma.",
        hard=True,
        also=(TERM,),
    ),
    flagged(
        "rms norm sum for mean", RMSNorm, "sum for mean", ROWS, "count", "The projection is D times too large.", also=(TERM,)
    ),
    flagged("weight norm projection", WeightNormDense, "no projection", (3, 4), TERM, "dv keeps the part along v."),
    flagged(
        "weight norm dg",
        WeightNormDense,
        "dg of v",
        (3, 4),
        "value left out",
        "dg uses v where the unit vector is right.",
        also=("wrong variable", "missing factor"),
    ),
    flagged(
        "weight norm without g",
        WeightNormDense,
        "no g",
        (3, 4),
        "value left out",
        "dv forgets g, which is 1 at birth.",
        hard=True,
    ),
    flagged("l2 normalize projection", L2Normalize, "no projection", ROWS, TERM, "The length is taken for a constant."),
    flagged("l2 normalize axis", L2Normalize, "axis", (4, 4), "wrong axis", "The sum runs over the batch.", also=(TERM,)),
    flagged(
        "l2 normalize short rows",
        L2Normalize,
        "projects short rows",
        ROWS,
        "threshold",
        "Rows shorter than the bound are divided by a constant, but backward projects them.",
        hard=True,
    ),
    flagged(
        "local response norm neighbours",
        LocalResponseNorm,
        "no neighbours",
        (2, 2, 2, 5),
        TERM,
        "x divides its neighbours' outputs too.",
        also=("missing path",),
    ),
    flagged(
        "local response norm a",
        LocalResponseNorm,
        "no a",
        (2, 2, 2, 5),
        "missing factor",
        "The factor a of the sum is missing in its derivative.",
        also=(TERM, "activation derivative"),
    ),
]
