"""Products, branches, shared weights, and parameters in lists, tuples and dicts."""

import numpy as np

from minicnn import Layer, Parameter

from . import flagged


def weights(*shape, seed=0):
    return Parameter(np.random.default_rng(seed).normal(size=shape) / 2)


def sigmoid(x):
    return 0.5 * (1 + np.tanh(0.5 * x))


class Linear(Layer):
    """x w + b, the building block of the layers below."""

    def __init__(self, D, K, seed=0, bug=None):
        self.w, self.b, self.bug = weights(D, K, seed=seed), Parameter(np.zeros(K)), bug

    def forward(self, x):
        self.x = x
        return x @ self.w.value + self.b.value

    def backward(self, dy):
        self.w.grad = self.x.T @ (dy / len(dy) if self.bug == "dw mean" else dy)
        if self.bug == "db zero":
            self.b.grad = np.zeros(self.b.shape)
        elif self.bug != "no db":
            self.b.grad = dy.sum(axis=0)
        return dy @ self.w.value.T


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


class ScaledResidual(Layer):
    """y = x + 0.2 relu(x w)."""

    def __init__(self, D=4, bug=None):
        self.w, self.bug = weights(D, D), bug

    def forward(self, x):
        self.x, self.h = x, np.maximum(x @ self.w.value, 0)
        return x + 0.2 * self.h

    def backward(self, dy):
        dh = 0.2 * dy * (self.h > 0)
        self.w.grad = self.x.T @ (dh / 0.2 if self.bug == "dw without scale" else dh)
        dx = dh @ self.w.value.T
        if self.bug == "skip scaled":
            return 0.2 * dy + dx
        return dx if self.bug == "no skip" else dy + dx


class SqueezeExcite(Layer):
    """Channels scaled by gates that depend on their means: y = x sigmoid(mean(x) w)."""

    def __init__(self, C=3, bug=None):
        self.w, self.bug = weights(C, C), bug

    def forward(self, x):
        self.x, self.mean = x, x.mean(axis=(1, 2))
        self.gate = sigmoid(self.mean @ self.w.value)
        return x * self.gate[:, None, None, :]

    def backward(self, dy):
        x, gate = self.x, self.gate
        dgate = (dy * x).sum(axis=2).mean(axis=1) if self.bug == "mean over rows" else (dy * x).sum(axis=(1, 2))
        dz = dgate * gate * (1 - gate)
        self.w.grad = self.mean.T @ dz
        dmean = dz @ self.w.value.T
        dx = dy * gate[:, None, None, :]
        if self.bug == "gate is a constant":
            return dx
        return dx + dmean[:, None, None, :] / (1 if self.bug == "sum for mean" else x.shape[1] * x.shape[2])


class TwoBranches(Layer):
    """Joins tanh(x w) (three features) and x (two or more): the layer's own concatenation."""

    def __init__(self, D=5, bug=None):
        self.w, self.bug = weights(D, 3), bug

    def forward(self, x):
        self.x, self.h = x, np.tanh(x @ self.w.value)
        return np.concatenate([self.h, x], axis=1)

    def backward(self, dy):
        first = self.x.shape[1] - 3 if self.bug == "widths exchanged" else 3
        if self.bug == "second first":
            dy = np.concatenate([dy[:, -3:], dy[:, :-3]], axis=1)
        dh, dx = dy[:, :3], dy[:, first:first + self.x.shape[1]]
        if dx.shape != self.x.shape:                                # the last columns are missing: zeros for them
            dx = np.pad(dx, ((0, 0), (0, self.x.shape[1] - dx.shape[1])))
        dz = dh * (1 - self.h**2)
        self.w.grad = self.x.T @ dz
        return dx if self.bug == "one branch" else dx + dz @ self.w.value.T


class TiedAutoencoder(Layer):
    """y = tanh(x w) w^T: one matrix, used twice."""

    def __init__(self, D=4, K=3, bug=None):
        self.w, self.bug = weights(D, K), bug

    def forward(self, x):
        self.x, self.h = x, np.tanh(x @ self.w.value)
        return self.h @ self.w.value.T

    def backward(self, dy):
        dz = dy @ self.w.value * (1 - self.h**2)
        encoder, decoder = self.x.T @ dz, dy.T @ self.h
        self.w.grad = {"decoder forgotten": encoder, "encoder overwritten": decoder}.get(self.bug, encoder + decoder)
        return dz @ self.w.value.T


class TwiceTheSame(Layer):
    """One Linear used twice with a tanh between; the outer layer has to add the two gradients."""

    def __init__(self, D=3, bug=None):
        self.inner, self.bug = Linear(D, D), bug

    def forward(self, x):
        self.h = np.tanh(self.inner.forward(x))
        self.x = x
        return self.inner.forward(self.h)

    def backward(self, dy):
        dh = self.inner.backward(dy)                                # the second use: inner remembers x = h
        dw, db = self.inner.w.grad, self.inner.b.grad
        self.inner.forward(self.x)                                  # now it remembers the first use
        dx = self.inner.backward(dh * (1 - self.h**2))
        if self.bug != "the second replaces the first":
            self.inner.w.grad, self.inner.b.grad = dw + self.inner.w.grad, db + self.inner.b.grad
        return dx


class Deep(Layer):
    """Weights in a list, one per step: x -> tanh(x w)."""

    def __init__(self, D=3, bug=None):
        self.ws, self.bug = [weights(D, D, seed=seed) for seed in range(3)], bug

    def forward(self, x):
        self.xs = [x]
        for w in self.ws:
            self.xs.append(np.tanh(self.xs[-1] @ w.value))
        return self.xs[-1]

    def backward(self, dy):
        for i in reversed(range(3)):
            dz = dy * (1 - (self.xs[i] if self.bug == "x for y" else self.xs[i + 1])**2)
            before = self.xs[0] if self.bug == "first x" else self.xs[i]
            self.ws[i].grad = before.T @ dz
            dy = dz @ self.ws[i].value.T
        if self.bug == "list reversed":
            for w, grad in zip(self.ws, [w.grad for w in self.ws][::-1]):
                w.grad = grad
        if self.bug == "last never":
            self.ws[2].grad = np.zeros((3, 3))
        return dy


class Named(Layer):
    """Scale and shift in a dict, per feature; a tuple holds two more powers."""

    def __init__(self, D=3, bug=None):
        self.p = {"scale": Parameter(np.ones(D)), "shift": Parameter(np.zeros(D))}
        self.more, self.bug = (Parameter(np.zeros(D)), Parameter(np.zeros(D))), bug

    def forward(self, x):
        self.x = x
        square, cube = self.more
        return self.p["scale"].value * x + self.p["shift"].value + square.value * x**2 + cube.value * x**3

    def backward(self, dy):
        x, (square, cube) = self.x, self.more
        self.p["scale"].grad, self.p["shift"].grad = (dy * x).sum(axis=0), dy.sum(axis=0)
        if self.bug == "names exchanged":
            self.p["scale"].grad, self.p["shift"].grad = self.p["shift"].grad, self.p["scale"].grad
        square.grad, cube.grad = (dy * x**2).sum(axis=0), (dy * x**(2 if self.bug == "cube as square" else 3)).sum(axis=0)
        inner = 2 * square.value * x + 3 * cube.value * x**2
        return dy * (self.p["scale"].value + (0 if self.bug == "first power alone" else inner))


class Experts(Layer):
    """Layers in a plain list, mixed by softmax gates: y = sum over e of gate[e] expert_e(x)."""

    def __init__(self, D=3, K=2, bug=None):
        inner = bug if bug in ("dw mean", "db zero", "no db") else None
        self.experts = [Linear(D, K, seed=1), Linear(D, K, seed=2, bug=inner)]
        self.router, self.bug = Linear(D, 2, seed=3), bug

    def forward(self, x):
        self.ys = [expert.forward(x) for expert in self.experts]
        z = self.router.forward(x)
        e = np.exp(z - z.max(axis=1, keepdims=True))
        self.gate = e / e.sum(axis=1, keepdims=True)
        return sum(self.gate[:, i:i + 1] * y for i, y in enumerate(self.ys))

    def backward(self, dy):
        dgate = np.stack([(dy * y).sum(axis=1) for y in self.ys], axis=1)
        dz = self.gate * (dgate - (dgate * self.gate).sum(axis=1, keepdims=True))
        dx = self.router.backward(dz)
        for i, expert in enumerate(self.experts):
            share = expert.backward(dy if self.bug == "no gate" else self.gate[:, i:i + 1] * dy)
            dx = share if self.bug == "last expert" else dx + share
        return dx


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
    flagged("linear dw mean", lambda bug=None: Linear(4, 3, bug=bug), "dw mean", (3, 4), "count", "dw is divided by N."),
    flagged("linear db none", lambda bug=None: Linear(4, 3, bug=bug), "no db", (3, 4), "gradient missing", "b never learns."),
    flagged("bilinear dw", Bilinear, "dw transposed", (3, 6), "transposed", "dw of a square matrix, transposed."),
    flagged("bilinear w", Bilinear, "w not transposed", (3, 6), "transposed", "b w for b w^T."),
    flagged("bilinear halves", Bilinear, "halves exchanged", (3, 6), "permuted", "dx's halves are exchanged."),
    flagged("residual skip scaled", ScaledResidual, "skip scaled", (3, 4), "missing factor", "The skip is scaled too.",
            also=(PATH,)),
    flagged("residual without skip", ScaledResidual, "no skip", (3, 4), PATH, "dx of the body alone."),
    flagged("residual dw scale", ScaledResidual, "dw without scale", (3, 4), "missing factor", "dw lacks 0.2."),
    flagged("squeeze-excite constant", SqueezeExcite, "gate is a constant", (2, 2, 3, 3), PATH, "The gate depends on x."),
    flagged("squeeze-excite mean", SqueezeExcite, "sum for mean", (2, 2, 3, 3), "count", "1/(H W) is missing.", also=(PATH,)),
    flagged("squeeze-excite rows", SqueezeExcite, "mean over rows", (2, 2, 3, 3), "count", "A mean over rows for a sum."),
    flagged("concatenation split", TwoBranches, "widths exchanged", (3, 5), "off by one", "dy is cut after the wrong width.",
            also=("permuted",)),
    flagged("concatenation order", TwoBranches, "second first", (3, 5), "permuted", "The branches' parts are exchanged.",
            also=("off by one",)),
    flagged("concatenation one branch", TwoBranches, "one branch", (3, 5), PATH, "dx of one branch alone."),
    flagged("tied decoder", TiedAutoencoder, "decoder forgotten", (3, 4), PATH, "w is used twice.", also=(ADD,)),
    flagged("tied encoder", TiedAutoencoder, "encoder overwritten", (3, 4), ADD, "The decoder's gradient replaces the encoder's.",
            also=(PATH,)),
    flagged("shared layer twice", TwiceTheSame, "the second replaces the first", (3, 3), ADD,
            "backward runs twice through one layer, and the second call's gradients stay.", also=(PATH,)),
    flagged("list x for y", Deep, "x for y", (3, 3), "wrong variable", "1 - x**2 for 1 - y**2.", also=("activation derivative",)),
    flagged("list first x", Deep, "first x", (3, 3), "wrong variable", "dw of every step uses the first x."),
    flagged("list reversed", Deep, "list reversed", (3, 3), "permuted", "Gradients are stored in reversed order.",
            also=("wrong variable", "flipped"), hard=True),
    flagged("list last never", Deep, "last never", (3, 3), "gradient missing", "The last weight in the list gets zeros.", hard=True),
    flagged("dict names exchanged", Named, "names exchanged", (3, 3), "wrong variable", "scale and shift get each other's.",
            also=("permuted",)),
    flagged("tuple cube as square", Named, "cube as square", (3, 3), "value left out", "x**2 for x**3 in a tuple's gradient.",
            also=("wrong variable", "activation derivative"), hard=True),
    flagged("tuple first power", Named, "first power alone", (3, 3), PATH, "The powers' parameters are 0 at birth.", hard=True,
            also=("value left out", "activation derivative")),
    flagged("expert dw in a list", Experts, "dw mean", (3, 3), "count", "The second layer of the list divides dw by N.", hard=True),
    flagged("expert db in a list", Experts, "db zero", (3, 3), "gradient missing", "The second layer of the list: db = 0.",
            hard=True),
    flagged("experts without gate", Experts, "no gate", (3, 3), "value left out", "dy is not multiplied by the gate."),
    flagged("experts last", Experts, "last expert", (3, 3), ADD, "dx of the last expert alone.", also=(PATH,)),
    flagged("factorization machine own", FactorizationMachine, "own products", (3, 4), PATH, "dv lacks the squares' part."),
    flagged("factorization machine square", FactorizationMachine, "v not squared", (3, 4), "value left out", "v for v**2.",
            also=("wrong variable",)),
    flagged("cross layer", Cross, "one factor", (3, 4), PATH, "The product rule's second term is missing."),
    flagged("radial basis width", RadialBasis, "dg without exp", (3, 3), "value left out", "exp(g), 1 at birth.", hard=True,
            also=("missing factor",)),
    flagged("radial basis centre", RadialBasis, "dc sign", (3, 3), "sign", "dc has the sign of dx."),
    flagged("radial basis first", RadialBasis, "first centre", (3, 3), PATH, "dx through the first centre alone.",
            also=("broadcast not summed", ADD)),
    flagged("symmetrized", Symmetrized, "one half", (3, 3), PATH, "dw + dw^T is missing its second part.",
            also=("transposed", "missing factor")),
    flagged("positive weights", Positive, "no exp", (3, 3), "value left out", "The derivative of exp is missing: 1 at birth.",
            hard=True),
    flagged("masked dense dw", MaskedDense, "dw", (3, 4), "mask", "Cut connections get a gradient."),
    flagged("masked dense dx", MaskedDense, "dx", (3, 4), "mask", "dx goes through cut connections."),
    flagged("low rank v", LowRank, "v never", (3, 4), "gradient missing", "v.grad is None."),
]
