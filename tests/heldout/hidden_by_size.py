"""Wrong only for large or small numbers, or by a little."""

import numpy as np

from minicnn import Layer

from . import flagged


class Elementwise(Layer):
    """Saves x; a subclass writes f(x) and df(x)."""

    def __init__(self, bug=None):
        self.bug = bug

    def forward(self, x):
        self.x = x
        return self.f(x)

    def backward(self, dy):
        return dy * self.df(self.x)


class SteepSigmoid(Elementwise):
    """sigmoid(200 x)."""

    def f(self, x):
        return np.exp(-np.logaddexp(0, -200 * x))

    def df(self, x):
        if self.bug:
            e = np.exp(-200 * x)
            return 200 * e / (1 + e) ** 2
        return 200 * np.exp(-np.logaddexp(0, -200 * x) - np.logaddexp(0, 200 * x))


class BoundedExp(Elementwise):
    """exp(min(x, 4))."""

    def f(self, x):
        return np.exp(np.minimum(x, 4))

    def df(self, x):
        return self.f(x) * (True if self.bug else x < 4)


class SaturatedTanh(Elementwise):
    def f(self, x):
        return np.tanh(x)

    def df(self, x):
        slope = 1 / np.cosh(np.minimum(np.abs(x), 300)) ** 2
        return np.where(np.abs(x) > 3, 0, slope) if self.bug else slope


class SymmetricLog(Elementwise):
    """x between -1 and 1, sign(x) (1 + log |x|) outside."""

    def f(self, x):
        size = np.maximum(np.abs(x), 1)
        return np.where(np.abs(x) <= 1, x, np.sign(x) * (1 + np.log(size)))

    def df(self, x):
        size = np.maximum(x if self.bug == "of x" else np.abs(x), 1)
        return np.ones_like(x) if self.bug == "one" else 1 / size


class DeadZone(Elementwise):
    """0 for |x| below 0.05, then straight up."""

    def f(self, x):
        return np.sign(x) * np.maximum(np.abs(x) - 0.05, 0)

    def df(self, x):
        return np.ones_like(x) if self.bug else np.abs(x) > 0.05


class ScaledCosine(Elementwise):
    """cos(x / 20): flat, until x is large."""

    def f(self, x):
        return np.cos(x / 20)

    def df(self, x):
        return -x / 400 if self.bug else -np.sin(x / 20) / 20


class SmallEpsilon(Layer):
    """Each row standardized with epsilon = 1e-3."""

    def __init__(self, bug=None):
        self.bug = bug

    def forward(self, x):
        centred = x - x.mean(axis=1, keepdims=True)
        self.var = x.var(axis=1, keepdims=True)
        self.y = centred / np.sqrt(self.var + 1e-3)
        return self.y

    def backward(self, dy):
        std = np.sqrt(self.var + (0 if self.bug == "outer" else 1e-3))
        y = self.y * np.sqrt(1 + 1e-3 / (self.var + 1e-12)) if self.bug == "inner" else self.y
        return (dy - dy.mean(axis=1, keepdims=True) - y * (dy * y).mean(axis=1, keepdims=True)) / std


class ManyRows(Layer):
    """Columns standardized over many rows; the wrong twin divides by M - 1 once."""

    def __init__(self, bug=None):
        self.bug = bug

    def forward(self, x):
        flat = x.reshape(-1, x.shape[2])
        self.std = np.sqrt(flat.var(axis=0) + 1e-5)
        self.y = (x - flat.mean(axis=0)) / self.std
        return self.y

    def backward(self, dy):
        M = dy.shape[0] * dy.shape[1]
        means = dy.sum(axis=(0, 1)) / M, (dy * self.y).sum(axis=(0, 1)) / (M - 1 if self.bug else M)
        return (dy - means[0] - self.y * means[1]) / self.std


class SmallDySkipped(Layer):
    """3 x; the wrong twins skip a dy that they think does not matter."""

    def __init__(self, bug=None):
        self.bug = bug

    def forward(self, x):
        return 3 * x

    def backward(self, dy):
        if self.bug == "small":
            return 3 * np.where(np.abs(dy) < 1e-3, 0, dy)
        if self.bug == "large":
            return np.zeros_like(dy) if np.abs(dy).max() > 50 else 3 * dy
        return 3 * dy


class ThinSoftmax(Layer):
    """softmax(x); the wrong twin drops rows that have decided."""

    def __init__(self, bug=None):
        self.bug = bug

    def forward(self, x):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.p = e / e.sum(axis=1, keepdims=True)
        return self.p

    def backward(self, dy):
        dx = self.p * (dy - (dy * self.p).sum(axis=1, keepdims=True))
        return np.where(self.p.max(axis=1, keepdims=True) > 0.99, 0, dx) if self.bug else dx


def _case(name, make, bug, shape, hint, why, **more):
    return flagged(name, make, bug, shape, hint, why, hard=True, **more)


ROWS, FAR = (3, 4), "threshold"
CASES = [
    _case("steep sigmoid", SteepSigmoid, "naive", ROWS, "overflow", "exp(-200 x) overflows for x below -3.6."),
    _case("bounded exp", BoundedExp, "unbounded", ROWS, FAR, "The gradient goes on above 4."),
    _case("saturated tanh", SaturatedTanh, "cut", ROWS, FAR, "No gradient for |x| above 3."),
    _case("symmetric log", SymmetricLog, "one", ROWS, FAR, "The slope is 1 outside too."),
    _case(
        "symmetric log below", SymmetricLog, "of x", ROWS, FAR, "x for |x|: wrong below -1.", also=("sign", "wrong variable")
    ),
    _case("dead zone", DeadZone, "open", ROWS, FAR, "Gradient 1 where y is constantly 0."),
    _case(
        "flat cosine",
        ScaledCosine,
        "small angle",
        ROWS,
        "activation derivative",
        "sin(x) is taken for x: right for small x.",
        also=(FAR,),
    ),
    _case(
        "epsilon outside",
        SmallEpsilon,
        "outer",
        ROWS,
        "none",
        "backward's std lacks epsilon: seen for small x.",
        also=("normalization term", "value left out"),
    ),
    _case(
        "epsilon inside",
        SmallEpsilon,
        "inner",
        ROWS,
        "none",
        "backward's xhat lacks epsilon: seen for small x.",
        also=("normalization term", "wrong variable"),
    ),
    _case("many rows", ManyRows, "M - 1", (4, 9, 2), "count", "M - 1 for M, with M = 36.", also=("normalization term",)),
    _case("small dy skipped", SmallDySkipped, "small", (6, 8), "not linear in dy", "A dy below 1e-3 is taken for 0."),
    _case("large dy skipped", SmallDySkipped, "large", ROWS, "not linear in dy", "A batch with a dy above 50 is skipped."),
    _case("decided softmax", ThinSoftmax, "decided", ROWS, FAR, "Rows with p above 0.99 get no gradient."),
]
