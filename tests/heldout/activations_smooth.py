"""Smooth activations, and those with a learned slope."""

import math

import numpy as np

from minicnn import Layer, Parameter

from .activations import Activation, _case, sigmoid


class GELUTanh(Activation):
    c = math.sqrt(2 / math.pi)

    def f(self, x):
        return 0.5 * x * (1 + np.tanh(self.c * (x + 0.044715 * x**3)))

    def df(self, x):
        t = np.tanh(self.c * (x + 0.044715 * x**3))
        return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * self.c * self.inner(x)

    def inner(self, x):
        return 1 + 3 * 0.044715 * x * x


class GELUTanhCube(GELUTanh):
    def inner(self, x):
        return 1 + 0.044715 * x * x


class GELU(Activation):
    """x times the normal distribution's cumulative function."""

    def f(self, x):
        return x * self.cdf(x)

    def cdf(self, x):
        return 0.5 * np.vectorize(math.erfc)(-x / math.sqrt(2))

    def df(self, x):
        return self.cdf(x) + x * np.exp(-x * x / 2) / math.sqrt(2 * math.pi)


class GELUGateOnly(GELU):
    def df(self, x):
        return self.cdf(x)


class SiLU(Activation):
    def f(self, x):
        return x * sigmoid(x)

    def df(self, x):
        s = sigmoid(x)
        return s + x * s * (1 - s)


class SiLUOnce(SiLU):
    def df(self, x):
        s = sigmoid(x)
        return s + s * (1 - s)


class Mish(Activation):
    def f(self, x):
        return x * np.tanh(np.logaddexp(0, x))

    def df(self, x):
        t = np.tanh(np.logaddexp(0, x))
        return t + x * (1 - t * t) * sigmoid(x)


class MishLinear(Mish):
    def df(self, x):
        t = np.tanh(np.logaddexp(0, x))
        return t + x * (1 - t) * sigmoid(x)


class Softsign(Activation):
    def f(self, x):
        return x / (1 + np.abs(x))

    def df(self, x):
        return 1 / (1 + np.abs(x)) ** 2


class SoftsignNotSquared(Softsign):
    def df(self, x):
        return 1 / (1 + np.abs(x))


class TanhShrink(Activation):
    def f(self, x):
        return x - np.tanh(x)

    def df(self, x):
        return np.tanh(x) ** 2


class TanhShrinkOfX(TanhShrink):
    def df(self, x):
        return x**2


class Sine(Activation):
    """sin(30 x), as in networks that draw pictures."""

    def f(self, x):
        return np.sin(30 * x)

    def df(self, x):
        return 30 * np.cos(30 * x)


class SineWithoutFrequency(Sine):
    def df(self, x):
        return np.cos(30 * x)


class SineWrapped(Activation):
    def f(self, x):
        return np.sin(x)

    def df(self, x):
        return np.cos(x % (2 * np.pi))


class SineWrappedAtPi(SineWrapped):
    def df(self, x):
        return np.cos(np.fmod(x, np.pi))


class PReLU(Layer):
    """A learned slope per channel for negative x."""

    def __init__(self, C=3):
        self.slope = Parameter(np.full(C, 0.25))

    def forward(self, x):
        self.saved = x
        return np.where(x > 0, x, self.slope.value * x)

    def backward(self, dy):
        x = self.saved
        self.slope.grad = (dy * self.derivative_by_slope(x)).sum(axis=(0, 1, 2))
        return np.where(x > 0, dy, self.slope.value * dy)

    def derivative_by_slope(self, x):
        return np.minimum(x, 0)


class PReLUPositiveSide(PReLU):
    def derivative_by_slope(self, x):
        return np.maximum(x, 0)


class PReLUFixedSlope(PReLU):
    def backward(self, dy):
        super().backward(dy)
        return np.where(self.saved > 0, dy, 0.25 * dy)


class SwishBeta(Layer):
    """x sigmoid(beta x) with one learned beta per feature."""

    def __init__(self, D=4):
        self.beta = Parameter(np.ones(D))

    def forward(self, x):
        self.saved = x, sigmoid(self.beta.value * x)
        return x * self.saved[1]

    def backward(self, dy):
        x, s = self.saved
        self.beta.grad = (dy * x * x * s * (1 - s)).sum(axis=0)
        return dy * (s + self.inner() * x * s * (1 - s))

    def inner(self):
        return self.beta.value


class SwishBetaOnce(SwishBeta):
    def inner(self):
        return 1.0


class SwishBetaXOnce(SwishBeta):
    def backward(self, dy):
        x, s = self.saved
        self.beta.grad = (dy * x * s * (1 - s)).sum(axis=0)
        return dy * (s + self.beta.value * x * s * (1 - s))


WRONG = "activation derivative"
CASES = [
    _case("gelu tanh cube", GELUTanh, GELUTanhCube, WRONG, "The derivative of x**3 forgets its 3."),
    _case("gelu gate only", GELU, GELUGateOnly, WRONG, "The product rule's second term is missing.", also=("missing path",)),
    _case("silu without x", SiLU, SiLUOnce, WRONG, "s (1 - s) is not multiplied by x.", also=("value left out",)),
    _case("mish linear", Mish, MishLinear, WRONG, "1 - t for 1 - t**2."),
    _case("softsign not squared", Softsign, SoftsignNotSquared, WRONG, "1 / (1 + |x|) is not squared."),
    _case(
        "tanhshrink of x",
        TanhShrink,
        TanhShrinkOfX,
        "wrong variable",
        "x**2 where tanh(x)**2 was meant; equal for tiny x.",
        also=(WRONG,),
    ),
    _case(
        "sine without frequency",
        Sine,
        SineWithoutFrequency,
        "missing factor",
        "The inner derivative 30 is missing.",
        also=(WRONG,),
    ),
    _case(
        "sine wrapped at pi",
        SineWrapped,
        SineWrappedAtPi,
        "sign",
        "x is wrapped at pi: the sign is wrong beyond it.",
        hard=True,
        also=("threshold",),
    ),
    _case(
        "prelu positive side",
        PReLU,
        PReLUPositiveSide,
        "wrong variable",
        "The slope's gradient uses the positive x.",
        shape=(2, 3, 2, 3),
        also=("sign", "mask"),
    ),
    _case(
        "prelu fixed slope",
        PReLU,
        PReLUFixedSlope,
        "wrong variable",
        "dx uses the initial slope, 0.25, for ever.",
        shape=(2, 3, 2, 3),
        hard=True,
        also=("value left out", "state"),
    ),
    _case("swish beta once", SwishBeta, SwishBetaOnce, "value left out", "dx lacks beta, which is 1 at birth.", hard=True),
    _case("swish beta, x once", SwishBeta, SwishBetaXOnce, "value left out", "The gradient of beta has x where x**2 is right."),
]
