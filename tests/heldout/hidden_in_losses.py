"""Losses that are wrong only for large scores, or in one light column."""

import numpy as np

from . import Case


def biweight(y, target, c=4.0, bug=None):
    """Tukey's loss: (1 - (1 - (r/c)**2)**3) c**2 / 6, constant for |r| > c."""
    r = y - target
    inside = np.abs(r) < c
    u = 1 - np.minimum((r / c) ** 2, 1)
    slope = r * (1 - (r / c) ** 2) ** 2
    return (1 - u**3).mean() * c * c / 6, (slope if bug else slope * inside) / y.size


def weighted_squares(y, target, bug=None):
    """Columns weigh 1e4, 1 and 1e-4."""
    w = np.array([1e4, 1.0, 1e-4])
    r = y - target
    slope = 2 * w * r
    if bug:
        slope[:, 2] /= 2
    return (w * r * r).sum() / len(y), slope / len(y)


def floor_cross_entropy(z, labels, bug=None):
    """Cross-entropy; the wrong twin takes p - 1 from a p that is at least 1e-3, as if log were of that."""
    shifted = z - z.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(z))
    p = np.exp(log_p)
    dz = np.maximum(p, 1e-3) if bug else p.copy()
    dz[rows, labels] -= 1
    return -log_p[rows, labels].mean(), dz / len(z)


def _numbers(K):
    return lambda rng, scale: (scale * rng.normal(size=(3, K)), rng.normal(size=(3, K)))


def _loss(name, loss, inputs, hint, why, **more):
    return Case(name, "loss", lambda: loss, lambda: lambda y, t: loss(y, t, bug="slip"), inputs, hint, why, hard=True, **more)


FAR = "threshold"
CASES = [
    _loss("biweight far away", biweight, _numbers(4), FAR, "Constant for |r| > c, but the polynomial goes on."),
    _loss(
        "lightest column",
        weighted_squares,
        _numbers(3),
        "missing factor",
        "The column with weight 1e-4 lacks its 2.",
        also=("one entry",),
    ),
    _loss(
        "floor of p",
        floor_cross_entropy,
        lambda rng, scale: (scale * rng.normal(size=(3, 4)), np.array([0, 3, 1])),
        FAR,
        "p below 1e-3 is taken for 1e-3.",
    ),
]
