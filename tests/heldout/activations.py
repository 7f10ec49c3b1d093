"""Activations with bounds, thresholds and kinks: the wrong twins override backward."""

import numpy as np

from minicnn import Layer

from . import Case


def sigmoid(x):
    return np.exp(-np.logaddexp(0, -x))


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


def _case(name, right, wrong, hint, why, shape=(3, 4), **more):
    return Case(name, "layer", right, wrong, shape, hint, why, **more)


WRONG = "activation derivative"
CASES = [
    _case(
        "relu6 above six", ReLU6, ReLU6WithoutTop, "threshold", "The gradient goes on above 6, where y is constant.", hard=True
    ),
    _case("hard sigmoid ends", HardSigmoid, HardSigmoidWithoutEnds, "threshold", "1/6 also where y is 0 or 1.", hard=True),
    _case(
        "hardswish above three",
        HardSwish,
        HardSwishWithoutTop,
        "threshold",
        "The parabola's derivative is used where y = x.",
        hard=True,
    ),
    _case("leaky hard tanh below", HardTanhLeaky, HardTanhOneSided, "threshold", "Only the upper end is handled.", hard=True),
    _case(
        "softplus beta above threshold",
        Softplus,
        SoftplusBetaAboveThreshold,
        "threshold",
        "Above the threshold y = x, but backward says beta.",
        hard=True,
    ),
    _case("softplus without beta", Softplus, SoftplusWithoutBeta, WRONG, "sigmoid(x) where sigmoid(beta x) is right."),
    _case("elu plus one", ELU, ELUPlusOne, WRONG, "y + 1 is right for alpha = 1 alone.", also=("threshold", "missing factor")),
    _case("celu without alpha", CELU, CELUWithoutAlpha, WRONG, "exp(x) for exp(x / alpha)."),
    _case(
        "selu without scale",
        SELU,
        SELUWithoutScale,
        "missing factor",
        "The positive side forgets the scale 1.0507.",
        also=(WRONG,),
    ),
    _case("soft shrink open", SoftShrink, SoftShrinkOpen, "threshold", "The band around 0, where y = 0, passes the gradient."),
    _case(
        "leaky relu twice at zero",
        LeakyReLU,
        LeakyReLUTwiceAtZero,
        "kink",
        "At exactly 0 both sides are added: 1.1.",
        domain="zeros",
        hard=True,
    ),
]
