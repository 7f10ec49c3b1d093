"""Matrix functions as plain pairs of functions."""

import numpy as np

from . import Case
from .ops import normals


def matmul(bug=None):
    """A batch of x times one w: (N, T, D) (D, K)."""

    def forward(x, w):
        return x @ w

    def backward(dy, x, w):
        dw = x.transpose(0, 2, 1) @ dy
        dw = {"first": dw[0], "mean": dw.mean(axis=0)}.get(bug, dw.sum(axis=0))
        return {"x": dy @ w.T, "w": dw}

    return forward, backward


def quadratic(bug=None):
    """x a x for each row, a not symmetric."""

    def forward(x, a):
        return ((x @ a) * x).sum(axis=1)

    def backward(dy, x, a):
        dx = 2 * x @ a if bug == "symmetric" else x @ a if bug == "one side" else x @ (a + a.T)
        return {"x": dy[:, None] * dx, "a": (dy[:, None] * x).T @ x}

    return forward, backward


def inverse(bug=None):
    """The inverse of 3 I + tanh(a) / 2."""

    def forward(a):
        return np.linalg.inv(3 * np.eye(len(a)) + np.tanh(a) / 2)

    def backward(dy, a):
        y = forward(a)
        dm = -y @ dy @ y if bug == "not transposed" else -y.T @ dy @ y.T
        if bug == "sign":
            dm = -dm
        return {"a": dm * (1 if bug == "no tanh" else 1 - np.tanh(a) ** 2) / 2}

    return forward, backward


def log_determinant(bug=None):
    """log det(3 I + tanh(a) / 2)."""

    def forward(a):
        return np.array([np.linalg.slogdet(3 * np.eye(len(a)) + np.tanh(a) / 2)[1]])

    def backward(dy, a):
        inverse = np.linalg.inv(3 * np.eye(len(a)) + np.tanh(a) / 2)
        return {"a": dy * (inverse if bug else inverse.T) * (1 - np.tanh(a) ** 2) / 2}

    return forward, backward


def cosine(bug=None):
    """a . b / (|a| |b|) for each row."""

    def forward(a, b):
        return (a * b).sum(axis=1) / np.sqrt((a * a).sum(axis=1) * (b * b).sum(axis=1))

    def backward(dy, a, b):
        y, na, nb = forward(a, b), np.sqrt((a * a).sum(axis=1)), np.sqrt((b * b).sum(axis=1))
        da = b / (na * nb)[:, None] - (0 if bug == "length of a" else (y / na**2)[:, None] * a)
        db = a / (na * nb)[:, None] - (y / (na if bug == "na for nb" else nb) ** 2)[:, None] * b
        return {"a": dy[:, None] * da, "b": dy[:, None] * db}

    return forward, backward


def distances(bug=None):
    """Squared distances of all rows of a to all rows of b."""

    def forward(a, b):
        return ((a[:, None] - b) ** 2).sum(axis=2)

    def backward(dy, a, b):
        da = 2 * (dy.sum(axis=1)[:, None] * a - dy @ b)
        db = 2 * (dy.sum(axis=0)[:, None] * b - (dy if bug == "dy not transposed" else dy.T) @ a)
        return {"a": da, "b": -db if bug == "db sign" else db}

    return forward, backward


def outer(bug=None):
    def forward(a, b):
        return a[:, :, None] * b[:, None, :]

    def backward(dy, a, b):
        axis = 2 if bug else 1
        return {"a": (dy * b[:, None, :]).sum(axis=2), "b": (dy * a[:, :, None]).sum(axis=axis)}

    return forward, backward


def trace_product(bug=None):
    """trace(a b), a single number."""

    def forward(a, b):
        return float(np.trace(a @ b))

    def backward(dy, a, b):
        return {"a": dy * (b if bug else b.T), "b": dy * a.T}

    return forward, backward


def gram(bug=None):
    """x^T x / N."""

    def forward(x):
        return x.T @ x / len(x)

    def backward(dy, x):
        return {"x": (2 * x @ dy if bug else x @ (dy + dy.T)) / len(x)}

    return forward, backward


def triangle(bug=None):
    """x times the lower triangle of w, its diagonal included."""

    def forward(x, w):
        return x @ np.tril(w)

    def backward(dy, x, w):
        return {"x": dy @ np.tril(w).T, "w": np.tril(x.T @ dy, -1 if bug else 0)}

    return forward, backward


def _case(name, make, bug, inputs, hint, why, **more):
    return Case(name, "op", make, lambda: make(bug), inputs, hint, why, **more)


SQUARE, ROWS = normals(a=(3, 3)), normals(a=(3, 3), b=(3, 3))
CASES = [
    _case(
        "batched product first",
        matmul,
        "first",
        normals(x=(2, 3, 4), w=(4, 2)),
        "broadcast not summed",
        "dw of one matrix.",
        also=("one sample",),
    ),
    _case("batched product mean", matmul, "mean", normals(x=(2, 3, 4), w=(4, 2)), "count", "A mean over the batch for a sum."),
    _case(
        "quadratic form symmetric",
        quadratic,
        "symmetric",
        normals(x=(2, 3), a=(3, 3)),
        "transposed",
        "2 x a for x (a + a^T).",
        also=("missing path",),
    ),
    _case(
        "quadratic form one side",
        quadratic,
        "one side",
        normals(x=(2, 3), a=(3, 3)),
        "missing path",
        "x stands at both sides.",
        also=("missing factor",),
    ),
    _case("inverse transposed", inverse, "not transposed", SQUARE, "transposed", "y dy y for y^T dy y^T."),
    _case("inverse sign", inverse, "sign", SQUARE, "sign", "The minus sign is missing."),
    _case(
        "inverse tanh", inverse, "no tanh", SQUARE, "activation derivative", "1 - tanh**2 is missing.", also=("value left out",)
    ),
    _case("log determinant", log_determinant, "not transposed", SQUARE, "transposed", "The inverse is not transposed."),
    _case("cosine length", cosine, "length of a", ROWS, "normalization term", "|a| depends on a."),
    _case("cosine lengths exchanged", cosine, "na for nb", ROWS, "wrong variable", "|a| for |b|."),
    _case("distances transposed", distances, "dy not transposed", ROWS, "transposed", "dy a for dy^T a."),
    _case("distances sign", distances, "db sign", ROWS, "sign", "db has the sign of da."),
    _case("outer product axis", outer, "axis", normals(a=(2, 3), b=(2, 3)), "wrong axis", "db sums over b's own axis."),
    _case("trace transposed", trace_product, "not transposed", ROWS, "transposed", "b for b^T."),
    _case(
        "gram matrix",
        gram,
        "2 x dy",
        normals(x=(4, 3)),
        "transposed",
        "dy is not symmetric, although y is.",
        also=("missing path",),
    ),
    _case(
        "triangle diagonal",
        triangle,
        "strict",
        normals(x=(2, 3), w=(3, 3)),
        "off by one",
        "The diagonal gets no gradient.",
        also=("mask", "missing path"),
    ),
]
