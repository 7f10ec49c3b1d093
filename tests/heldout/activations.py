"""Activations: the wrong twins override backward."""

import math

import numpy as np

from minicnn import Layer, Parameter

from . import Case


def sigmoid(x):
    return 0.5 * (1 + np.tanh(0.5 * x))


class Activation(Layer):
    """Saves x; a subclass writes f(x) and its derivative df(x)."""

    def forward(self, x):
        self.saved = x
        return self.f(x)

    def backward(self, dy):
        return dy * self.df(self.saved)


class ReLU6(Activation):
    def f(self, x):
        return np.clip(x, 0, 6)

    def df(self, x):
        return (x > 0) & (x < 6)


class ReLU6WithoutTop(ReLU6):
    def df(self, x):
        return x > 0


class HardSigmoid(Activation):
    def f(self, x):
        return np.clip(x / 6 + 0.5, 0, 1)

    def df(self, x):
        return np.where(np.abs(x) < 3, 1 / 6, 0)


class HardSigmoidWithoutEnds(HardSigmoid):
    def df(self, x):
        return np.full(x.shape, 1 / 6)


class HardSwish(Activation):
    def f(self, x):
        return x * np.clip(x + 3, 0, 6) / 6

    def df(self, x):
        return np.where(x > 3, 1, np.where(x < -3, 0, (2 * x + 3) / 6))


class HardSwishWithoutTop(HardSwish):
    def df(self, x):
        return np.where(x < -3, 0, (2 * x + 3) / 6)


class HardTanhLeaky(Activation):
    """x between -2 and 2, and a tenth of the slope outside."""

    def f(self, x):
        return np.clip(x, -2, 2) + 0.1 * (x - np.clip(x, -2, 2))

    def df(self, x):
        return np.where(np.abs(x) < 2, 1, 0.1)


class HardTanhOneSided(HardTanhLeaky):
    def df(self, x):
        return np.where(x < 2, 1, 0.1)


class Softplus(Activation):
    """log(1 + exp(beta x)) / beta; above the threshold the line x."""

    beta, threshold = 2.0, 20.0

    def f(self, x):
        return np.where(self.beta * x > self.threshold, x, np.logaddexp(0, self.beta * x) / self.beta)

    def df(self, x):
        return np.where(self.beta * x > self.threshold, 1, sigmoid(self.beta * x))


class SoftplusBetaAboveThreshold(Softplus):
    def df(self, x):
        return np.where(self.beta * x > self.threshold, self.beta, sigmoid(self.beta * x))


class SoftplusWithoutBeta(Softplus):
    def df(self, x):
        return np.where(self.beta * x > self.threshold, 1, sigmoid(x))


class ELU(Activation):
    alpha = 0.5

    def f(self, x):
        return np.where(x > 0, x, self.alpha * np.expm1(np.minimum(x, 0)))

    def df(self, x):
        return np.where(x > 0, 1, self.f(x) + self.alpha)


class ELUPlusOne(ELU):
    def df(self, x):
        return np.where(x > 0, 1, self.f(x) + 1)


class CELU(Activation):
    alpha = 2.0

    def f(self, x):
        return np.where(x > 0, x, self.alpha * np.expm1(np.minimum(x, 0) / self.alpha))

    def df(self, x):
        return np.where(x > 0, 1, np.exp(np.minimum(x, 0) / self.alpha))


class CELUWithoutAlpha(CELU):
    def df(self, x):
        return np.where(x > 0, 1, np.exp(np.minimum(x, 0)))


class SELU(Activation):
    scale, alpha = 1.0507009873554805, 1.6732632423543772

    def f(self, x):
        return self.scale * np.where(x > 0, x, self.alpha * np.expm1(np.minimum(x, 0)))

    def df(self, x):
        return self.scale * np.where(x > 0, 1, self.alpha * np.exp(np.minimum(x, 0)))


class SELUWithoutScale(SELU):
    def df(self, x):
        return np.where(x > 0, 1, self.scale * self.alpha * np.exp(np.minimum(x, 0)))


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
        return 0.5 * (1 + np.vectorize(math.erf)(x / math.sqrt(2)))

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
        return 1 / (1 + np.abs(x))**2


class SoftsignNotSquared(Softsign):
    def df(self, x):
        return 1 / (1 + np.abs(x))


class TanhShrink(Activation):
    def f(self, x):
        return x - np.tanh(x)

    def df(self, x):
        return np.tanh(x)**2


class TanhShrinkOfX(TanhShrink):
    def df(self, x):
        return x**2


class Log(Activation):
    def f(self, x):
        return np.log(x)

    def df(self, x):
        return 1 / x


class LogAsLog1p(Log):
    def df(self, x):
        return 1 / (1 + x)


class Sqrt(Activation):
    def f(self, x):
        return np.sqrt(x)

    def df(self, x):
        return 0.5 / np.sqrt(x)


class SqrtWithoutHalf(Sqrt):
    def df(self, x):
        return 1 / np.sqrt(x)


class Power(Activation):
    p = 2.5

    def f(self, x):
        return x**self.p

    def df(self, x):
        return self.p * x**(self.p - 1)


class PowerPrecedence(Power):
    def df(self, x):
        return self.p * x**self.p - 1


class XLogX(Activation):
    def f(self, x):
        return x * np.log(x)

    def df(self, x):
        return np.log(x) + 1


class XLogXFirstFactor(XLogX):
    def df(self, x):
        return np.log(x)


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


class SoftShrink(Activation):
    size = 0.5

    def f(self, x):
        return np.sign(x) * np.maximum(np.abs(x) - self.size, 0)

    def df(self, x):
        return np.abs(x) > self.size


class SoftShrinkOpen(SoftShrink):
    def df(self, x):
        return np.abs(x) > 0


class LeakyReLU(Activation):
    def f(self, x):
        return np.where(x > 0, x, 0.1 * x)

    def df(self, x):
        return np.where(x > 0, 1, 0.1)


class LeakyReLUTwiceAtZero(LeakyReLU):
    def df(self, x):
        return (x >= 0) + 0.1 * (x <= 0)


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


def _case(name, right, wrong, hint, why, shape=(3, 4), **more):
    return Case(name, "layer", right, wrong, shape, hint, why, **more)


WRONG = "activation derivative"
CASES = [
    _case("relu6 above six", ReLU6, ReLU6WithoutTop, "threshold", "The gradient goes on above 6, where y is constant.", hard=True),
    _case("hard sigmoid ends", HardSigmoid, HardSigmoidWithoutEnds, "threshold", "1/6 also where y is 0 or 1.", hard=True),
    _case("hardswish above three", HardSwish, HardSwishWithoutTop, "threshold",
          "The parabola's derivative is used where y = x.", hard=True),
    _case("leaky hard tanh below", HardTanhLeaky, HardTanhOneSided, "threshold", "Only the upper end is handled."),
    _case("softplus beta above threshold", Softplus, SoftplusBetaAboveThreshold, "threshold",
          "Above the threshold y = x, but backward says beta.", hard=True),
    _case("softplus without beta", Softplus, SoftplusWithoutBeta, WRONG, "sigmoid(x) where sigmoid(beta x) is right."),
    _case("elu plus one", ELU, ELUPlusOne, WRONG, "y + 1 is right for alpha = 1 alone.", also=("threshold", "missing factor")),
    _case("celu without alpha", CELU, CELUWithoutAlpha, WRONG, "exp(x) for exp(x / alpha)."),
    _case("selu without scale", SELU, SELUWithoutScale, "missing factor", "The positive side forgets the scale 1.0507.",
          also=(WRONG,)),
    _case("gelu tanh cube", GELUTanh, GELUTanhCube, WRONG, "The derivative of x**3 forgets its 3."),
    _case("gelu gate only", GELU, GELUGateOnly, WRONG, "The product rule's second term is missing.", also=("missing path",)),
    _case("silu without x", SiLU, SiLUOnce, WRONG, "s (1 - s) is not multiplied by x.", also=("value left out",)),
    _case("mish linear", Mish, MishLinear, WRONG, "1 - t for 1 - t**2."),
    _case("softsign not squared", Softsign, SoftsignNotSquared, WRONG, "1 / (1 + |x|) is not squared."),
    _case("tanhshrink of x", TanhShrink, TanhShrinkOfX, "wrong variable", "x**2 where tanh(x)**2 was meant; equal for tiny x.",
          also=(WRONG,)),
    _case("log as log1p", Log, LogAsLog1p, WRONG, "The derivative of log(1 + x).", domain="positive"),
    _case("sqrt without half", Sqrt, SqrtWithoutHalf, "missing factor", "The 1/2 is missing.", domain="positive", also=(WRONG,)),
    _case("power precedence", Power, PowerPrecedence, WRONG, "p * x**p - 1 lacks the brackets.", domain="positive"),
    _case("x log x first factor", XLogX, XLogXFirstFactor, WRONG, "log x without the + 1.", domain="positive",
          also=("missing path",)),
    _case("sine without frequency", Sine, SineWithoutFrequency, "missing factor", "The inner derivative 30 is missing.",
          also=(WRONG,)),
    _case("sine wrapped at pi", SineWrapped, SineWrappedAtPi, "sign", "x is wrapped at pi: the sign is wrong beyond it.",
          hard=True, also=("threshold",)),
    _case("soft shrink open", SoftShrink, SoftShrinkOpen, "threshold", "The band around 0, where y = 0, passes the gradient."),
    _case("leaky relu twice at zero", LeakyReLU, LeakyReLUTwiceAtZero, "kink", "At exactly 0 both sides are added: 1.1.",
          domain="zeros", hard=True),
    _case("prelu positive side", PReLU, PReLUPositiveSide, "wrong variable", "The slope's gradient uses the positive x.",
          shape=(2, 3, 2, 3), also=("sign", "mask")),
    _case("prelu fixed slope", PReLU, PReLUFixedSlope, "wrong variable", "dx uses the initial slope, 0.25, for ever.",
          shape=(2, 3, 2, 3), hard=True, also=("value left out", "state")),
    _case("swish beta once", SwishBeta, SwishBetaOnce, "value left out", "dx lacks beta, which is 1 at birth.", hard=True),
    _case("swish beta, x once", SwishBeta, SwishBetaXOnce, "value left out", "The gradient of beta has x where x**2 is right."),
]
