"""Products that are more than x w."""

import numpy as np

from minicnn import Layer, Parameter

from . import flagged
from .dense_and_structure import weights


class Bilinear(Layer):
    """y = sum over i, j of x1[i] w[i, j] x2[j], with x1 and x2 the halves of x."""

    def __init__(self, D=3, bug=None):
        self.w, self.bug = weights(D, D), bug

    def forward(self, x):
        self.halves = np.split(x, 2, axis=1)
        a, b = self.halves
        return ((a @ self.w.value) * b).sum(axis=1, keepdims=True)

    def backward(self, dy):
        a, b = self.halves
        self.w.grad = (b * dy).T @ a if self.bug == "dw transposed" else (a * dy).T @ b
        w = self.w.value
        da, db = dy * (b @ (w if self.bug == "w not transposed" else w.T)), dy * (a @ w)
        return np.concatenate([db, da] if self.bug == "halves exchanged" else [da, db], axis=1)


class FactorizationMachine(Layer):
    """All products of pairs: ((x v)**2 - x**2 v**2) / 2, summed over the factors."""

    def __init__(self, D=4, K=2, bug=None):
        self.v, self.bug = weights(D, K), bug

    def forward(self, x):
        self.x, self.s = x, x @ self.v.value
        return 0.5 * (self.s**2 - x**2 @ self.v.value**2).sum(axis=1, keepdims=True)

    def backward(self, dy):
        x, v = self.x, self.v.value
        own = 0 if self.bug == "own products" else (dy * x**2).sum(axis=0)[:, None] * v
        self.v.grad = x.T @ (dy * self.s) - own
        return dy * (self.s @ v.T - x * (v if self.bug == "v not squared" else v**2).sum(axis=1))


class Cross(Layer):
    """y = x (x w) + x: a cross layer."""

    def __init__(self, D=4, bug=None):
        self.w, self.bug = weights(D), bug

    def forward(self, x):
        self.x, self.s = x, x @ self.w.value
        return x * self.s[:, None] + x

    def backward(self, dy):
        ds = (dy * self.x).sum(axis=1)
        self.w.grad = ds @ self.x
        dx = dy * self.s[:, None] + dy
        return dx if self.bug else dx + ds[:, None] * self.w.value


class RadialBasis(Layer):
    """y[k] = exp(-exp(g[k]) |x - c[k]|**2)."""

    def __init__(self, D=3, K=2, bug=None):
        self.c, self.g, self.bug = weights(K, D), Parameter(np.zeros(K)), bug

    def forward(self, x):
        self.away = x[:, None, :] - self.c.value
        self.y = np.exp(-np.exp(self.g.value) * (self.away**2).sum(axis=2))
        return self.y

    def backward(self, dy):
        scale = np.exp(self.g.value)
        dz = -dy * self.y
        self.g.grad = (dz * (self.away**2).sum(axis=2) * (1 if self.bug == "dg without exp" else scale)).sum(axis=0)
        daway = 2 * (dz * scale)[:, :, None] * self.away
        self.c.grad = daway.sum(axis=0) * (1 if self.bug == "dc sign" else -1)
        return daway[:, 0] if self.bug == "first centre" else daway.sum(axis=1)


class Symmetrized(Layer):
    """x (a + a^T) / 2."""

    def __init__(self, D=3, bug=None):
        self.a, self.bug = weights(D, D), bug

    def forward(self, x):
        self.x = x
        return x @ (self.a.value + self.a.value.T) / 2

    def backward(self, dy):
        dw = self.x.T @ dy
        self.a.grad = dw if self.bug == "one half" else (dw + dw.T) / 2
        return dy @ (self.a.value + self.a.value.T) / 2


class Positive(Layer):
    """x exp(v): weights that stay positive."""

    def __init__(self, D=3, K=2, bug=None):
        self.v, self.bug = Parameter(np.zeros((D, K))), bug

    def forward(self, x):
        self.x = x
        return x @ np.exp(self.v.value)

    def backward(self, dy):
        dw = self.x.T @ dy
        self.v.grad = dw if self.bug else dw * np.exp(self.v.value)
        return dy @ np.exp(self.v.value).T


class MaskedDense(Layer):
    """Connections that are cut stay cut."""

    mask = np.array([[1, 0, 1], [0, 1, 1], [1, 1, 0], [1, 0, 0]])

    def __init__(self, bug=None):
        self.w, self.bug = weights(4, 3), bug

    def forward(self, x):
        self.x = x
        return x @ (self.w.value * self.mask)

    def backward(self, dy):
        self.w.grad = self.x.T @ dy * (1 if self.bug == "dw" else self.mask)
        return dy @ (self.w.value * (1 if self.bug == "dx" else self.mask)).T


class LowRank(Layer):
    """x u v, with a thin u and a flat v."""

    def __init__(self, D=4, R=2, K=3, bug=None):
        self.u, self.v, self.bug = weights(D, R), weights(R, K, seed=1), bug

    def forward(self, x):
        self.x = x
        return x @ self.u.value @ self.v.value

    def backward(self, dy):
        du = dy @ self.v.value.T
        self.v.grad = (self.x @ self.u.value).T @ dy
        if self.bug == "v never":
            self.v.grad = None
        self.u.grad = self.x.T @ du
        return du @ self.u.value.T


PATH, ADD = "missing path", "assigned, not added"
CASES = [
    flagged("bilinear dw", Bilinear, "dw transposed", (3, 6), "transposed", "dw of a square matrix, transposed."),
    flagged("bilinear w", Bilinear, "w not transposed", (3, 6), "transposed", "b w for b w^T."),
    flagged("bilinear halves", Bilinear, "halves exchanged", (3, 6), "permuted", "dx's halves are exchanged."),
    flagged("factorization machine own", FactorizationMachine, "own products", (3, 4), PATH, "dv lacks the squares' part."),
    flagged(
        "factorization machine square",
        FactorizationMachine,
        "v not squared",
        (3, 4),
        "value left out",
        "v for v**2.",
        also=("wrong variable",),
    ),
    flagged("cross layer", Cross, "one factor", (3, 4), PATH, "The product rule's second term is missing."),
    flagged(
        "radial basis width",
        RadialBasis,
        "dg without exp",
        (3, 3),
        "value left out",
        "exp(g), 1 at birth.",
        hard=True,
        also=("missing factor",),
    ),
    flagged("radial basis centre", RadialBasis, "dc sign", (3, 3), "sign", "dc has the sign of dx."),
    flagged(
        "radial basis first",
        RadialBasis,
        "first centre",
        (3, 3),
        PATH,
        "dx through the first centre alone.",
        also=("broadcast not summed", ADD),
    ),
    flagged(
        "symmetrized",
        Symmetrized,
        "one half",
        (3, 3),
        PATH,
        "dw + dw^T is missing its second part.",
        also=("transposed", "missing factor"),
    ),
    flagged(
        "positive weights",
        Positive,
        "no exp",
        (3, 3),
        "value left out",
        "The derivative of exp is missing: 1 at birth.",
        hard=True,
    ),
    flagged("masked dense dw", MaskedDense, "dw", (3, 4), "mask", "Cut connections get a gradient."),
    flagged("masked dense dx", MaskedDense, "dx", (3, 4), "mask", "dx goes through cut connections."),
    flagged("low rank v", LowRank, "v never", (3, 4), "gradient missing", "v.grad is None."),
]
