"""Wrong only if parameters are not the zeros and ones that they were at birth."""

import numpy as np

from minicnn import Layer, Parameter

from . import flagged


class LayerScale(Layer):
    """x + g tanh(x w), with g = 0 at birth."""

    def __init__(self, D=3, bug=None):
        rng = np.random.default_rng(0)
        self.w, self.g, self.bug = Parameter(rng.normal(size=(D, D))), Parameter(np.zeros(D)), bug

    def forward(self, x):
        self.x, self.h = x, np.tanh(x @ self.w.value)
        return x + self.g.value * self.h

    def backward(self, dy):
        self.g.grad = (dy * self.h).sum(axis=0)
        dz = dy * self.g.value * (1 if self.bug == "no tanh" else 1 - self.h**2)
        self.w.grad = self.x.T @ (dz / len(dy) if self.bug == "dw mean" else dz)
        return dy + (0 if self.bug == "no body" else dz @ self.w.value.T)


class Film(Layer):
    """x (1 + g) + b."""

    def __init__(self, D=4, bug=None):
        self.g, self.b, self.bug = Parameter(np.zeros(D)), Parameter(np.zeros(D)), bug

    def forward(self, x):
        self.x = x
        return x * (1 + self.g.value) + self.b.value

    def backward(self, dy):
        self.g.grad, self.b.grad = (dy * self.x).sum(axis=0), dy.sum(axis=0)
        if self.bug == "sign":
            return dy * (1 - self.g.value)
        return dy.copy() if self.bug == "no g" else dy * (1 + self.g.value)


class LowRankUpdate(Layer):
    """x (w + a b), with b = 0 at birth and w fixed."""

    constant_names = ("fixed",)

    def __init__(self, D=4, R=2, K=3, bug=None):
        rng = np.random.default_rng(0)
        self.fixed, self.bug = rng.normal(size=(D, K)), bug
        self.a, self.b = Parameter(rng.normal(size=(D, R))), Parameter(np.zeros((R, K)))

    def forward(self, x):
        self.x = x
        return x @ (self.fixed + self.a.value @ self.b.value)

    def backward(self, dy):
        self.b.grad = (self.x @ self.a.value).T @ dy
        self.a.grad = self.x.T @ (dy @ self.b.value.T)
        if self.bug == "da twice":
            self.a.grad = 2 * self.a.grad
        change = 0 if self.bug == "no path through a b" else self.a.value @ self.b.value
        return dy @ (self.fixed + change).T


class ShiftedSquare(Layer):
    """(g x + b)**2, with g = 1 and b = 0 at birth."""

    def __init__(self, D=3, bug=None):
        self.g, self.b, self.bug = Parameter(np.ones(D)), Parameter(np.zeros(D)), bug

    def forward(self, x):
        self.x = x
        return (self.g.value * x + self.b.value) ** 2

    def backward(self, dy):
        inner = self.g.value * self.x + (0 if self.bug == "b left out" else self.b.value)
        dz = 2 * inner * dy
        self.g.grad, self.b.grad = (dz * self.x).sum(axis=0), dz.sum(axis=0)
        return dz if self.bug == "dx without g" else dz * self.g.value


class GainTanh(Layer):
    """tanh(g x), with g = 1 at birth."""

    def __init__(self, D=3, bug=None):
        self.g, self.bug = Parameter(np.ones(D)), bug

    def forward(self, x):
        self.x, self.y = x, np.tanh(self.g.value * x)
        return self.y

    def backward(self, dy):
        dz = dy * (1 - (np.tanh(self.x) if self.bug else self.y) ** 2)
        self.g.grad = (dz * self.x).sum(axis=0)
        return dz * self.g.value


class ScaledBatchNorm(Layer):
    """Batch norm of images with gamma = 1 at birth."""

    def __init__(self, C=3, bug=None):
        self.gamma, self.beta, self.bug = Parameter(np.ones(C)), Parameter(np.zeros(C)), bug

    def forward(self, x):
        self.std = np.sqrt(x.var(axis=(0, 1, 2)) + 1e-4)
        self.xhat = (x - x.mean(axis=(0, 1, 2))) / self.std
        return self.gamma.value * self.xhat + self.beta.value

    def backward(self, dy):
        axes = (0, 1, 2)
        self.beta.grad, self.gamma.grad = dy.sum(axis=axes), (dy * self.xhat).sum(axis=axes)
        M = dy.size // dy.shape[3]
        xhat = self.gamma.value * self.xhat + self.beta.value if self.bug == "y for xhat" else self.xhat
        gamma = 1 if self.bug == "no gamma" else self.gamma.value
        dx = dy - self.beta.grad / M - xhat * self.gamma.grad / M
        return gamma * dx / self.std


class HalfGate(Layer):
    """sigmoid(s) x + (1 - sigmoid(s)) tanh(x), with s = 0 at birth."""

    def __init__(self, D=3, bug=None):
        self.s, self.bug = Parameter(np.zeros(D)), bug

    def forward(self, x):
        self.x, self.h, self.t = x, np.tanh(x), np.exp(-np.logaddexp(0, -self.s.value))
        return self.t * x + (1 - self.t) * self.h

    def backward(self, dy):
        t = self.t
        self.s.grad = (dy * (self.x - self.h) * (t * t if self.bug == "t for 1 - t in ds" else t * (1 - t))).sum(axis=0)
        if self.bug == "gates exchanged":
            t = 1 - t
        return dy * (t + (1 - t) * (1 - self.h**2))


def _case(name, make, bug, shape, hint, why, **more):
    return flagged(name, make, bug, shape, hint, why, hard=True, **more)


ROWS = (3, 3)
LEFT_OUT = "value left out"
CASES = [
    _case("layer scale body", LayerScale, "no body", ROWS, "missing path", "dx lacks the body, which counts 0 at birth."),
    _case("layer scale dw", LayerScale, "dw mean", ROWS, "count", "dw, 0 at birth, is divided by N."),
    _case(
        "layer scale tanh",
        LayerScale,
        "no tanh",
        ROWS,
        "activation derivative",
        "1 - h**2 is missing where g is not 0.",
        also=(LEFT_OUT,),
    ),
    _case("film dx", Film, "no g", (3, 4), LEFT_OUT, "dx = dy.", also=("missing path",)),
    _case("film sign", Film, "sign", (3, 4), "sign", "1 - g for 1 + g."),
    _case(
        "low-rank update path", LowRankUpdate, "no path through a b", (3, 4), "missing path", "dx by the fixed matrix alone."
    ),
    _case("low-rank update da", LowRankUpdate, "da twice", (3, 4), "missing factor", "da is doubled; it is 0 at birth."),
    _case(
        "shifted square b",
        ShiftedSquare,
        "b left out",
        ROWS,
        LEFT_OUT,
        "2 g x for 2 (g x + b).",
        also=("wrong variable", "activation derivative", "missing path"),
    ),
    _case("shifted square g", ShiftedSquare, "dx without g", ROWS, LEFT_OUT, "The inner derivative g is missing."),
    _case(
        "gain tanh",
        GainTanh,
        "of x",
        ROWS,
        "wrong variable",
        "tanh(x) for tanh(g x) in the derivative.",
        also=("activation derivative", LEFT_OUT),
    ),
    _case("batch norm gamma", ScaledBatchNorm, "no gamma", (2, 2, 3, 3), LEFT_OUT, "Gamma is missing in dx."),
    _case(
        "batch norm y for xhat",
        ScaledBatchNorm,
        "y for xhat",
        (2, 2, 3, 3),
        "wrong variable",
        "y, which is xhat at birth, is used for xhat.",
        also=("normalization term",),
    ),
    _case(
        "half gate ds",
        HalfGate,
        "t for 1 - t in ds",
        ROWS,
        "wrong variable",
        "t t for t (1 - t); both 1/4 at birth.",
        also=("activation derivative",),
    ),
    _case("half gate dx", HalfGate, "gates exchanged", ROWS, "wrong variable", "t and 1 - t are exchanged; both 1/2 at birth."),
]
