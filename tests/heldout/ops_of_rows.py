"""Plain functions of rows and columns: sums, orders, copies."""

import numpy as np

from .ops import _case, normals, positives


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


def with_zeros(rng, scale):
    x = scale * rng.normal(size=(4, 3))
    x[:2, 1] = 0
    return {"x": x}


X = normals(x=(3, 4))
CASES = [
    _case("running sum direction", running_sum, "same direction", X, "flipped", "The gradient's sum runs the other way."),
    _case(
        "running sum itself",
        running_sum,
        "without itself",
        X,
        "off by one",
        "x[t] is part of y[t] too.",
        also=("missing path",),
    ),
    _case(
        "product with a zero",
        product,
        "y / x",
        with_zeros,
        "kink",
        "y / x is 0 where x is 0; the true gradient is not.",
        hard=True,
        also=("threshold", "gradient missing", "one entry"),
    ),
    _case("log-sum-exp axis", log_sum_exp, "axis", normals(x=(4, 4)), "wrong axis", "The sum runs over columns."),
    _case("variance N", variance, "N", X, "count", "N for N - 1."),
    _case("variance centre", variance, "not centred", X, "normalization term", "x for x - mean."),
    _case("sort order", ordered, "order", X, "permuted", "The order is applied, not inverted."),
    _case("differences sign", differences, "forward", X, "sign", "Both signs are exchanged."),
    _case("differences one side", differences, "one side", X, "missing path", "x[t] is in two differences."),
    _case(
        "weighted mean weights",
        weighted_mean,
        "y",
        positives("w", x=(4, 2), w=(4,)),
        "normalization term",
        "sum w depends on w.",
        also=("missing path",),
    ),
    _case("tile as repeat", tile, "as repeat", X, "permuted", "The copies' axes are exchanged."),
    _case("tile first copy", tile, "first copy", X, "broadcast not summed", "One of three copies is taken."),
]
