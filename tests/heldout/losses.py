"""Losses of numbers and bits: loss(scores, target) -> (loss, dscores). `bug` names the slip."""

import math
from functools import partial

import numpy as np

from . import Case


def sigmoid(z):
    return np.exp(-np.logaddexp(0, -z))


def squared_error(y, target, bug=None):
    """The mean of (y - target)**2 over all entries."""
    r = y - target
    size = len(y) if bug == "rows" else y.size
    return float((r * r).mean()), (1 if bug == "no 2" else 2) * (target - y if bug == "sign" else r) / size


def absolute_error(y, target, bug=None):
    r = y - target
    slope = np.sign(r)
    if bug == "sign of y":
        slope = np.sign(y)
    if bug == "two at ties":
        slope = np.where(r == 0, 2, slope)
    return np.abs(r).mean(), slope / y.size


def huber(y, target, delta=2.0, bug=None):
    """r**2 / 2 within delta, delta (|r| - delta / 2) outside."""
    r = y - target
    inside = np.abs(r) <= delta
    loss = np.where(inside, r * r / 2, delta * (np.abs(r) - delta / 2))
    outside = {"no delta": 1, "never clipped": np.abs(r)}.get(bug, delta)
    return loss.mean(), np.where(inside, r, outside * np.sign(r)) / y.size


def log_cosh(y, target, bug=None):
    r = np.abs(y - target)
    loss = r + np.log1p(np.exp(-2 * r)) - math.log(2)
    if bug:
        return loss.mean(), np.sinh(y - target) / np.cosh(y - target) / y.size
    return loss.mean(), np.tanh(y - target) / y.size


def quantile(y, target, tau=0.8, bug=None):
    """tau (target - y) where y is too small, (1 - tau) (y - target) where it is too large."""
    small = y < target
    loss = np.where(small, tau * (target - y), (1 - tau) * (y - target))
    slope = np.where(small, -(1 - tau), tau) if bug else np.where(small, -tau, 1 - tau)
    return loss.mean(), slope / y.size


def binary_cross_entropy(z, target, bug=None):
    """max(z, 0) - z t + log(1 + exp(-|z|))."""
    loss = np.maximum(z, 0) - z * target + np.log1p(np.exp(-np.abs(z)))
    p = sigmoid(z)
    dz = p - target
    if bug == "clipped":
        dz = np.where((p < 1e-3) | (p > 1 - 1e-3), 0, dz)
    if bug == "by the pieces":
        dz = (z > 0) - target - np.sign(z) * np.exp(-np.abs(z)) / (1 + np.exp(-np.abs(z)))
    if bug == "of the probability":
        dz = dz * p * (1 - p)
    if bug == "naive":
        dz = np.exp(z) / (1 + np.exp(z)) - target
    return loss.mean(), dz / z.size


def weighted_binary(z, target, weight=3.0, bug=None):
    """Positive targets count `weight` times."""
    loss = -weight * target * -np.logaddexp(0, -z) + (1 - target) * np.logaddexp(0, z)
    p = sigmoid(z)
    if bug:
        return loss.mean(), weight * (p - target) / z.size
    return loss.mean(), (weight * target * (p - 1) + (1 - target) * p) / z.size


def focal(z, target, gamma=2.0, bug=None):
    """-(1 - q)**gamma log q, with q the probability given to the target."""
    sign = 2 * target - 1
    q, log_q = sigmoid(sign * z), -np.logaddexp(0, -sign * z)
    dq_part = 0 if bug == "weight is a constant" else gamma * q * (1 - q) ** gamma * log_q
    first = -((1 - q) ** (gamma if bug == "exponent" else gamma + 1))
    return (-((1 - q) ** gamma) * log_q).mean(), sign * (first + dq_part) / z.size


def hinge(s, target, bug=None):
    """max(0, 1 - t s) with t = -1 or 1."""
    margin = 1 - target * s
    active = target * s < 0 if bug == "no margin" else margin > 0
    return np.maximum(margin, 0).mean(), -target * active / s.size


def squared_hinge(s, target, bug=None):
    margin = np.maximum(1 - target * s, 0)
    return (margin**2).mean(), (-2 * margin if bug == "no target" else -2 * target * margin) / s.size


def dice(z, target, bug=None):
    """1 - 2 sum p t / (sum p + sum t)."""
    p = sigmoid(z)
    top, bottom = 2 * (p * target).sum(), p.sum() + target.sum()
    dp = -2 * target / bottom if bug == "bottom is a constant" else -(2 * target * bottom - top) / bottom**2
    return 1 - top / bottom, dp if bug == "no sigmoid" else dp * p * (1 - p)


def poisson(z, count, bug=None):
    """exp(z) - count z, with z the logarithm of the rate, at most 20."""
    rate = np.exp(np.minimum(z, 20)) * (1 + np.maximum(z - 20, 0))
    return (rate - count * z).mean(), ((z if bug else np.exp(np.minimum(z, 20))) - count) / z.size


def gaussian(out, target, bug=None):
    """Mean and log-variance side by side: (log v + (t - m)**2 / v) / 2."""
    m, s = np.split(out, 2, axis=1)
    s, free = np.clip(s, -5, 5), np.abs(s) < 5
    e = (target - m) ** 2 * np.exp(-s)
    ds = 0.5 * (1 + e) if bug == "sign" else 0.5 * (1 - e)
    if bug != "free":
        ds = ds * free
    return 0.5 * (s + e).mean(), np.concatenate([(m - target) * np.exp(-s), ds], axis=1) / target.size


def reals(rng, scale, shape=(3, 4)):
    return scale * rng.normal(size=shape), rng.normal(size=shape)


def bits(rng, scale, zeros=False, signs=False):
    z, t = scale * rng.normal(size=(4, 3)), np.arange(12).reshape(4, 3) % 2 * 1.0
    if zeros:
        z[::2] = 0
    return z, 2 * t - 1 if signs else t


def same(rng, scale):
    y, target = reals(rng, scale)
    y[:, :2] = target[:, :2]
    return y, target


def _case(name, loss, bug, inputs, hint, why, **more):
    return Case(name, "loss", lambda: loss, lambda: partial(loss, bug=bug), inputs, hint, why, **more)


signs = partial(bits, signs=True)
CASES = [
    _case("squared error 2", squared_error, "no 2", reals, "missing factor", "The 2 is missing."),
    _case("squared error rows", squared_error, "rows", reals, "count", "Divided by N, not by N K."),
    _case("squared error sign", squared_error, "sign", reals, "sign", "target - y."),
    _case(
        "absolute error of y",
        absolute_error,
        "sign of y",
        reals,
        "wrong variable",
        "sign(y) for sign(y - target).",
        also=("sign",),
    ),
    _case("absolute error ties", absolute_error, "two at ties", same, "kink", "Where y = target the slope is 2.", hard=True),
    _case("huber delta", huber, "no delta", reals, "threshold", "Outside, sign(r) without delta.", also=("missing factor",)),
    _case("huber never clipped", huber, "never clipped", reals, "threshold", "r outside too.", hard=True),
    _case(
        "log cosh overflow",
        log_cosh,
        "naive",
        lambda rng, scale: reals(rng, 100 * scale),
        "overflow",
        "sinh / cosh overflow for large errors.",
        hard=True,
    ),
    _case("quantile tau", quantile, "1 - tau", reals, "wrong variable", "tau and 1 - tau are exchanged."),
    _case(
        "bce clipped", binary_cross_entropy, "clipped", bits, "threshold", "No gradient where p is nearly 0 or 1.", hard=True
    ),
    _case(
        "bce pieces at zero",
        binary_cross_entropy,
        "by the pieces",
        partial(bits, zeros=True),
        "kink",
        "Right except at z = 0, where the pieces' derivatives miss each other.",
        hard=True,
    ),
    _case(
        "bce of the probability",
        binary_cross_entropy,
        "of the probability",
        bits,
        "value left out",
        "p (1 - p) once too often.",
        also=("activation derivative", "wrong variable"),
    ),
    _case(
        "bce naive",
        binary_cross_entropy,
        "naive",
        lambda rng, scale: bits(rng, 300 * scale),
        "overflow",
        "exp(z) overflows for z above 709.",
        hard=True,
    ),
    _case("weighted bce", weighted_binary, "all weighted", bits, "missing factor", "Negative targets are weighted too."),
    _case("focal constant weight", focal, "weight is a constant", bits, "missing path", "The weight depends on z."),
    _case("focal exponent", focal, "exponent", bits, "activation derivative", "gamma for gamma + 1.", also=("value left out",)),
    _case("hinge without margin", hinge, "no margin", signs, "threshold", "Between 0 and 1 it is not active."),
    _case("squared hinge target", squared_hinge, "no target", signs, "sign", "The target's sign is left out."),
    _case(
        "dice bottom",
        dice,
        "bottom is a constant",
        bits,
        "missing path",
        "The denominator depends on p.",
        also=("normalization term",),
    ),
    _case("dice sigmoid", dice, "no sigmoid", bits, "activation derivative", "p (1 - p) is missing.", also=("value left out",)),
    _case(
        "poisson rate",
        poisson,
        "z",
        lambda rng, scale: (scale * rng.normal(size=(3, 4)), np.arange(12.0).reshape(3, 4)),
        "wrong variable",
        "z for exp(z).",
        also=("activation derivative",),
    ),
    _case(
        "gaussian variance",
        gaussian,
        "sign",
        lambda rng, scale: (scale * rng.normal(size=(3, 4)), rng.normal(size=(3, 2))),
        "sign",
        "1 + e for 1 - e.",
    ),
    _case(
        "gaussian clipped",
        gaussian,
        "free",
        lambda rng, scale: (scale * rng.normal(size=(3, 4)), rng.normal(size=(3, 2))),
        "threshold",
        "The log-variance is clipped at 5, its gradient is not.",
        hard=True,
    ),
]
