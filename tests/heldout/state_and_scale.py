"""Right at first sight: on the first batch, at x of size 1, at dy of size 1, at rate 0.5."""

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

    def __init__(self, bug=None):
        self.largest, self.bug = np.ones(1), bug

    def forward(self, x):
        self.used = self.largest
        self.largest = 0.9 * self.largest + 0.1 * (np.arange(1.0, 2.0) + len(x))
        return x / self.used

    def backward(self, dy):
        return dy / (self.largest if self.bug else self.used)


class Dropout(Layer):
    """Inverted dropout."""

    def __init__(self, rate=0.3, bug=None):
        self.rate, self.rng, self.bug = rate, np.random.default_rng(3), bug

    def forward(self, x):
        self.mask = (self.rng.random(x.shape) >= self.rate) / (1 - self.rate)
        self.y = x * self.mask
        return self.y

    def backward(self, dy):
        if self.bug == "y != 0":
            return dy * (self.y != 0) / (1 - self.rate)
        if self.bug == "new mask":
            return dy * (self.rng.random(dy.shape) >= self.rate) / (1 - self.rate)
        if self.bug == "not scaled":
            return dy * (self.mask > 0)
        if self.bug == "keeps what it dropped":
            return dy * (self.mask == 0) / (1 - self.rate)
        return dy * self.mask


class ChannelDropout(Layer):
    """Whole channels are dropped: one draw per image and channel."""

    def __init__(self, bug=None):
        self.rng, self.bug = np.random.default_rng(4), bug

    def forward(self, x):
        N, H, W, C = x.shape
        self.mask = 2.0 * (self.rng.random((N, 1, 1, C)) < 0.5)
        return x * self.mask

    def backward(self, dy):
        return dy * (self.mask[:1] if self.bug else self.mask)


class Noise(Layer):
    """x (1 + a n): noise n times a learned amount a."""

    def __init__(self, bug=None):
        self.a, self.rng, self.bug = Parameter(np.full(3, 0.5)), np.random.default_rng(5), bug

    def forward(self, x):
        self.x, self.n = x, self.rng.normal(size=x.shape)
        return x * (1 + self.a.value * self.n)

    def backward(self, dy):
        n = self.rng.normal(size=dy.shape) if self.bug == "new noise" else self.n
        self.a.grad = (dy * self.x * n).sum(axis=0)
        return dy if self.bug == "noise is for free" else dy * (1 + self.a.value * self.n)


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


class SharedBuffer(Layer):
    """tanh(tanh(x) w): the wrong twin computes both into one buffer."""

    def __init__(self, bug=None):
        self.w, self.bug = Parameter(np.random.default_rng(0).normal(size=(3, 3))), bug

    def forward(self, x):
        self.x, first = x, np.empty_like(x)
        second = first if self.bug else np.empty_like(x)
        self.h = np.tanh(x, out=first)
        self.y = np.tanh(self.h @ self.w.value, out=second)
        return self.y.copy()

    def backward(self, dy):
        dz = dy * (1 - self.y**2)
        self.w.grad = self.h.T @ dz
        return dz @ self.w.value.T * (1 - np.tanh(self.x)**2)


class LeakyInPlace(Layer):
    """Leaky ReLU; the wrong twins write into arrays that belong to the caller."""

    def __init__(self, bug=None):
        self.bug = bug

    def forward(self, x):
        y = x if self.bug == "x" else x.copy()
        y[y < 0] *= 0.1
        self.negative = y < 0
        return y.copy()

    def backward(self, dy):
        dx = dy if self.bug == "dy" else dy.copy()
        dx[self.negative] *= 0.1
        return dx


class CentredInPlace(Layer):
    """Subtracts each row's mean; the wrong twin does so with -=."""

    def __init__(self, bug=None):
        self.bug = bug

    def forward(self, x):
        if self.bug:
            x -= x.mean(axis=1, keepdims=True)
            return x.copy()
        return x - x.mean(axis=1, keepdims=True)

    def backward(self, dy):
        return dy - dy.mean(axis=1, keepdims=True)


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
LINEAR, WRITES = "not linear in dy", "writes to its input"
CASES = [
    flagged("small feature dropped", Scale, "small one dropped", (2, 3), "gradient missing",
            "A feature with weight 1e-4 beside one with 1e6.", hard=True, also=("one entry",)),
    flagged("one small entry", Scale, "one entry", (2, 3), "one entry", "One entry of dx, the smallest, is 1.5 times too large.",
            hard=True, also=("missing factor",)),
    flagged("first batch kept", Square, "first batch", ROWS, "state", "backward uses the first batch's x.", hard=True),
    flagged("dy clipped", Square, "dy clipped", ROWS, LINEAR, "dy is clipped at 10.", hard=True, also=("threshold",)),
    flagged("dy norm clipped", Square, "dy norm clipped", ROWS, LINEAR, "dy is shortened to length 25.", hard=True,
            also=("threshold", "missing factor")),
    flagged("dx clipped", Square, "dx clipped", ROWS, LINEAR, "dx is clipped at 50.", hard=True, also=("threshold",)),
    flagged("dx rounded", Square, "rounded", ROWS, LINEAR, "dx is rounded to six digits after the point: small dy vanish.",
            hard=True, also=("precision",)),
    flagged("half precision", Square, "half precision", ROWS, "precision", "dx is computed with three digits.",
            also=(LINEAR, "none")),
    flagged("small x dropped", Square, "small dropped", ROWS, "threshold", "No gradient where |x| is below 0.01.", hard=True),
    flagged("sign of dy", Square, "dy of ones", ROWS, LINEAR, "Only dy's sign is used: right for dy = 1.",
            also=("value left out",)),
    flagged("last sample alone", Square, "last sample", ROWS, "one sample", "dx of the last row alone; the others are 0.",
            also=("gradient missing",)),
    flagged("first batch size kept", FirstShape, "N", ROWS, "state", "N of the first batch is kept.", hard=True, also=("count",)),
    flagged("gradients pile up", SumOfGradients, "piles up", ROWS, "state", "dw is added to the last call's dw.", hard=True,
            also=("assigned, not added",)),
    flagged("running scale updated", RunningScale, "updated", ROWS, "state", "backward uses the running value after its update.",
            also=("missing factor",)),
    flagged("dropout y != 0", Dropout, "y != 0", ROWS, "mask", "An x of exactly 0 counts as dropped.", domain="zeros", hard=True,
            also=("kink",)),
    flagged("dropout new mask", Dropout, "new mask", ROWS, "mask", "backward draws another mask."),
    flagged("dropout not scaled", Dropout, "not scaled", ROWS, "missing factor", "1 / (1 - rate) is missing in backward.",
            also=("mask",)),
    flagged("dropout complement", Dropout, "keeps what it dropped", ROWS, "mask", "The mask is inverted."),
    flagged("channel dropout first image", ChannelDropout, "first", (3, 2, 2, 4), "mask", "The first image's mask for all.",
            also=("one sample",)),
    flagged("noise drawn anew", Noise, "new noise", (4, 3), "mask", "The amount's gradient uses new noise."),
    flagged("noise for free", Noise, "noise is for free", (4, 3), "mask", "dx = dy, as if there were no noise.",
            also=("value left out", "missing path")),
    flagged("clamped norm scaled", ClampedNorm, "only scaled", ROWS, "normalization term", "Long rows lack the projection.",
            hard=True, also=("threshold",)),
    flagged("clamped norm never", ClampedNorm, "never clamps", ROWS, "threshold", "dx = dy for long rows too.", hard=True),
    flagged("shared buffer", SharedBuffer, "one buffer", (3, 3), "wrong variable", "h is overwritten by y before backward reads it.",
            also=(WRITES, "state")),
    flagged("x changed", LeakyInPlace, "x", ROWS, WRITES, "forward scales the caller's x."),
    flagged("dy changed", LeakyInPlace, "dy", ROWS, WRITES, "backward scales the caller's dy."),
    flagged("x centred in place", CentredInPlace, "-=", ROWS, WRITES, "forward subtracts from the caller's x."),
    flagged("one sample outer", OneSample, "outer of sums", ROWS[:1] + (3,), "wrong axis",
            "The product of two sums is no sum of products, unless N = 1.", also=("one sample", "none")),
    flagged("one sample first row", OneSample, "first row", ROWS[:1] + (3,), "one sample", "dw of the first row alone."),
    flagged("smooth abs as abs", SmoothAbs, "sign", ROWS, "threshold", "sign(x): wrong only for |x| below about 0.1.", hard=True,
            also=("activation derivative",)),
    flagged("cubic term", Cubic, "no 3", ROWS, "activation derivative", "1e-3 x**2 for 3e-3 x**2: seen where x is large.",
            hard=True, also=("threshold", "missing factor")),
    Case("bounded square", "op", bounded_square, lambda: bounded_square("unbounded"),
         lambda rng, scale: {"x": 4 * scale * rng.normal(size=(3, 4))}, "threshold", "The guard's end is missing.", hard=True),
]
