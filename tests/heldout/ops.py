"""Plain functions: forward(**inputs), backward(dy, **inputs) -> {name: gradient}. Arithmetic and choices."""

import numpy as np

from . import Case


def shifted_scale(bug=None):
    """y = gain x + shift; gain has one number per row, shift one per column."""

    def forward(x, gain, shift):
        return gain[:, None] * x + shift

    def backward(dy, x, gain, shift):
        dshift = dy.mean(axis=0) if bug == "mean" else dy.sum(axis=0)
        if bug == "row":
            dshift = dy[0]
        return {"x": gain[:, None] * dy, "gain": dy.sum(axis=1) if bug == "no x" else (dy * x).sum(axis=1), "shift": dshift}

    return forward, backward


def divide(bug=None):
    def forward(a, b):
        return a / np.exp(b)

    def backward(dy, a, b):
        da = dy / np.exp(b)
        return {"a": da, "b": (1 if bug == "sign" else -1) * (dy if bug == "no a" else da * a)}

    return forward, backward


def power(bug=None):
    """a**b for a > 0."""

    def forward(a, b):
        return a**b

    def backward(dy, a, b):
        db = dy * a**b if bug == "no log" else dy * a**b * np.log(a)
        return {"a": dy * b * a ** (b if bug == "exponent b" else b - 1), "b": db}

    return forward, backward


def larger(bug=None):
    def forward(a, b):
        return np.maximum(a, b)

    def backward(dy, a, b):
        return {"a": dy * (a >= b), "b": dy * ((b > 0) if bug == "b > 0" else (b > a))}

    return forward, backward


def choose(bug=None):
    """where(c > 0, a, 2 b), with a broadcast over the rows."""
    c = np.array([[1, -1, 1, -1], [-1, -1, 1, 1], [1, 1, -1, -1]])

    def forward(a, b):
        return np.where(c > 0, a, 2 * b)

    def backward(dy, a, b):
        return {"a": (dy if bug == "mask" else dy * (c > 0)).sum(axis=0), "b": (1 if bug == "no 2" else 2) * dy * (c <= 0)}

    return forward, backward


def angle(bug=None):
    """atan2(a, b), away from the origin by the way it is drawn."""

    def forward(a, b):
        return np.arctan2(a, b)

    def backward(dy, a, b):
        r = a * a + b * b
        return {"a": dy * b / (np.sqrt(r) if bug == "root" else r), "b": -dy * a / (np.sqrt(r) if bug == "root" else r)}

    return forward, backward


def normals(**shapes):
    return lambda rng, scale: {name: scale * rng.normal(size=shape) for name, shape in shapes.items()}


def positives(*names, **shapes):
    return lambda rng, scale: {
        name: np.abs(rng.normal(size=shape)) + 0.1 if name in names else rng.normal(size=shape)
        for name, shape in shapes.items()
    }


def _case(name, make, bug, inputs, hint, why, **more):
    return Case(name, "op", make, lambda: make(bug), inputs, hint, why, **more)


CASES = [
    _case("row gain", shifted_scale, "no x", normals(x=(3, 4), gain=(3,), shift=(4,)), "value left out", "dgain lacks x."),
    _case(
        "column shift",
        shifted_scale,
        "row",
        normals(x=(3, 4), gain=(3,), shift=(4,)),
        "broadcast not summed",
        "dshift is the first row of dy.",
        also=("one sample",),
    ),
    _case("column shift mean", shifted_scale, "mean", normals(x=(3, 4), gain=(3,), shift=(4,)), "count", "A mean for a sum."),
    _case("quotient sign", divide, "sign", positives(a=(3, 2), b=(3, 2)), "sign", "db has the wrong sign."),
    _case(
        "quotient db",
        divide,
        "no a",
        positives(a=(3, 2), b=(3, 2)),
        "value left out",
        "db = -dy.",
        also=("activation derivative", "wrong variable"),
    ),
    _case(
        "power log",
        power,
        "no log",
        positives("a", a=(3, 2), b=(3, 2)),
        "value left out",
        "log a is missing in db.",
        also=("activation derivative",),
    ),
    _case(
        "power exponent",
        power,
        "exponent b",
        positives("a", a=(3, 2), b=(3, 2)),
        "activation derivative",
        "a**b for a**(b-1).",
        also=("value left out",),
    ),
    _case("maximum b > 0", larger, "b > 0", normals(a=(3, 4), b=(3, 4)), "wrong variable", "b > 0 for b > a.", also=("mask",)),
    _case("choose mask", choose, "mask", normals(a=(4,), b=(3, 4)), "mask", "a gets the gradient of places where b was taken."),
    _case("choose 2", choose, "no 2", normals(a=(4,), b=(3, 4)), "missing factor", "The 2 is missing."),
    _case(
        "angle root",
        angle,
        "root",
        normals(a=(3, 2), b=(3, 2)),
        "value left out",
        "Divided by r, not by r**2.",
        also=("activation derivative",),
    ),
]
