"""Plain functions: forward(**inputs), backward(dy, **inputs) -> {name: gradient}. Elementwise ones, sums and orders."""

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
        return {"a": dy * b * a**(b if bug == "exponent b" else b - 1), "b": db}

    return forward, backward


def larger(bug=None):
    def forward(a, b):
        return np.maximum(a, b)

    def backward(dy, a, b):
        return {"a": dy * (a >= b), "b": dy * ((b >= a) if bug == "both at ties" else (b > 0) if bug == "b > 0" else (b > a))}

    return forward, backward


def choose(bug=None):
    """where(c > 0, a, 2 b), with a broadcast over the rows."""
    c = np.array([[1, -1, 1, -1], [-1, -1, 1, 1], [1, 1, -1, -1]])

    def forward(a, b):
        return np.where(c > 0, a, 2 * b)

    def backward(dy, a, b):
        return {"a": (dy if bug == "mask" else dy * (c > 0)).sum(axis=0), "b": (1 if bug == "no 2" else 2) * dy * (c <= 0)}

    return forward, backward


def running_sum(bug=None):
    def forward(x):
        return np.cumsum(x, axis=1)

    def backward(dy, x):
        if bug == "same direction":
            return {"x": np.cumsum(dy, axis=1)}
        after = np.cumsum(dy[:, ::-1], axis=1)[:, ::-1]
        return {"x": after - dy if bug == "without itself" else after}

    return forward, backward


def product(bug=None):
    """The product of each row, without a division by x, which may be 0."""

    def forward(x):
        return x.prod(axis=1)

    def backward(dy, x):
        dx = np.empty_like(x)
        for k in range(x.shape[1]):
            dx[:, k] = dy * np.delete(x, k, axis=1).prod(axis=1)
        if bug:
            y = x.prod(axis=1, keepdims=True)
            dx = dy[:, None] * np.where(x == 0, 0, y / np.where(x == 0, 1, x))
        return {"x": dx}

    return forward, backward


def log_sum_exp(bug=None):
    def forward(x):
        top = x.max(axis=0)
        return np.log(np.exp(x - top).sum(axis=0)) + top

    def backward(dy, x):
        e = np.exp(x - x.max(axis=0))
        return {"x": dy * e / e.sum(axis=1, keepdims=True) if bug else dy * e / e.sum(axis=0)}

    return forward, backward


def variance(bug=None):
    """The unbiased variance of each column."""

    def forward(x):
        return x.var(axis=0, ddof=1)

    def backward(dy, x):
        centred = x if bug == "not centred" else x - x.mean(axis=0)
        return {"x": 2 * dy * centred / (len(x) if bug == "N" else len(x) - 1)}

    return forward, backward


def ordered(bug=None):
    """Each row sorted, times 1, 2, 3, ..."""

    def forward(x):
        return np.sort(x, axis=1) * np.arange(1, x.shape[1] + 1)

    def backward(dy, x):
        order, dx = np.argsort(x, axis=1), np.empty_like(x)
        dsorted = dy * np.arange(1, x.shape[1] + 1)
        if bug:
            return {"x": np.take_along_axis(dsorted, order, axis=1)}
        np.put_along_axis(dx, order, dsorted, axis=1)
        return {"x": dx}

    return forward, backward


def differences(bug=None):
    def forward(x):
        return x[:, 1:] - x[:, :-1]

    def backward(dy, x):
        dx = np.zeros_like(x)
        if bug == "forward":
            dx[:, :-1] = dy
            dx[:, 1:] -= dy
        else:
            dx[:, 1:] = dy
            if bug != "one side":
                dx[:, :-1] -= dy
        return {"x": dx}

    return forward, backward


def angle(bug=None):
    """atan2(a, b), away from the origin by the way it is drawn."""

    def forward(a, b):
        return np.arctan2(a, b)

    def backward(dy, a, b):
        r = a * a + b * b
        return {"a": dy * b / (np.sqrt(r) if bug == "root" else r), "b": -dy * a / (np.sqrt(r) if bug == "root" else r)}

    return forward, backward


def weighted_mean(bug=None):
    """sum w x / sum w, with positive w that is learned too."""

    def forward(x, w):
        return w @ x / w.sum()

    def backward(dy, x, w):
        y = w @ x / w.sum()
        away = x if bug else x - y
        return {"x": np.outer(w / w.sum(), dy), "w": away @ dy / w.sum()}

    return forward, backward


def tile(bug=None):
    def forward(x):
        return np.tile(x, (1, 3))

    def backward(dy, x):
        K = x.shape[1]
        if bug == "as repeat":
            return {"x": dy.reshape(len(x), K, 3).sum(axis=2)}
        return {"x": dy[:, :K] if bug == "first copy" else dy.reshape(len(x), 3, K).sum(axis=1)}

    return forward, backward


def normals(**shapes):
    return lambda rng, scale: {name: scale * rng.normal(size=shape) for name, shape in shapes.items()}


def positives(*names, **shapes):
    return lambda rng, scale: {name: np.abs(rng.normal(size=shape)) + 0.1 if name in names else rng.normal(size=shape)
                               for name, shape in shapes.items()}


def with_zeros(rng, scale):
    x = scale * rng.normal(size=(4, 3))
    x[:2, 1] = 0
    return {"x": x}


def equal_pairs(rng, scale):
    a, b = scale * rng.normal(size=(2, 3, 4))
    b[:, ::2] = a[:, ::2]
    return {"a": a, "b": b}


def _case(name, make, bug, inputs, hint, why, **more):
    return Case(name, "op", make, lambda: make(bug), inputs, hint, why, **more)


X = normals(x=(3, 4))
CASES = [
    _case("row gain", shifted_scale, "no x", normals(x=(3, 4), gain=(3,), shift=(4,)), "value left out", "dgain lacks x."),
    _case("column shift", shifted_scale, "row", normals(x=(3, 4), gain=(3,), shift=(4,)), "broadcast not summed",
          "dshift is the first row of dy.", also=("one sample",)),
    _case("column shift mean", shifted_scale, "mean", normals(x=(3, 4), gain=(3,), shift=(4,)), "count", "A mean for a sum."),
    _case("quotient sign", divide, "sign", positives(a=(3, 2), b=(3, 2)), "sign", "db has the wrong sign."),
    _case("quotient db", divide, "no a", positives(a=(3, 2), b=(3, 2)), "value left out", "db = -dy.",
          also=("activation derivative", "wrong variable")),
    _case("power log", power, "no log", positives("a", a=(3, 2), b=(3, 2)), "value left out", "log a is missing in db.",
          also=("activation derivative",)),
    _case("power exponent", power, "exponent b", positives("a", a=(3, 2), b=(3, 2)), "activation derivative", "a**b for a**(b-1).",
          also=("value left out",)),
    _case("maximum b > 0", larger, "b > 0", normals(a=(3, 4), b=(3, 4)), "wrong variable", "b > 0 for b > a.", also=("mask",)),
    _case("choose mask", choose, "mask", normals(a=(4,), b=(3, 4)), "mask", "a gets the gradient of places where b was taken."),
    _case("choose 2", choose, "no 2", normals(a=(4,), b=(3, 4)), "missing factor", "The 2 is missing."),
    _case("running sum direction", running_sum, "same direction", X, "flipped", "The gradient's sum runs the other way."),
    _case("running sum itself", running_sum, "without itself", X, "off by one", "x[t] is part of y[t] too.",
          also=("missing path",)),
    _case("product with a zero", product, "y / x", with_zeros, "kink", "y / x is 0 where x is 0; the true gradient is not.",
          hard=True, also=("threshold", "gradient missing", "one entry")),
    _case("log-sum-exp axis", log_sum_exp, "axis", normals(x=(4, 4)), "wrong axis", "The sum runs over columns."),
    _case("variance N", variance, "N", X, "count", "N for N - 1."),
    _case("variance centre", variance, "not centred", X, "normalization term", "x for x - mean."),
    _case("sort order", ordered, "order", X, "permuted", "The order is applied, not inverted."),
    _case("differences sign", differences, "forward", X, "sign", "Both signs are exchanged."),
    _case("differences one side", differences, "one side", X, "missing path", "x[t] is in two differences."),
    _case("angle root", angle, "root", normals(a=(3, 2), b=(3, 2)), "value left out", "Divided by r, not by r**2.",
          also=("activation derivative",)),
    _case("weighted mean weights", weighted_mean, "y", positives("w", x=(4, 2), w=(4,)), "normalization term",
          "sum w depends on w.", also=("missing path",)),
    _case("tile as repeat", tile, "as repeat", X, "permuted", "The copies' axes are exchanged."),
    _case("tile first copy", tile, "first copy", X, "broadcast not summed", "One of three copies is taken."),
]
