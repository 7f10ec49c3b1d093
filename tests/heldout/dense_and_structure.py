"""Products, branches, shared weights, and parameters in lists, tuples and dicts."""

import numpy as np

from minicnn import Layer, Parameter

from . import flagged


def weights(*shape, seed=0):
    return Parameter(np.random.default_rng(seed).normal(size=shape) / 2)


def sigmoid(x):
    return np.exp(-np.logaddexp(0, -x))


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
        dh = self.inner.backward(dy)  # the second use: inner remembers x = h
        dw, db = self.inner.w.grad, self.inner.b.grad
        self.inner.forward(self.x)  # now it remembers the first use
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
            dz = dy * (1 - (self.xs[i] if self.bug == "x for y" else self.xs[i + 1]) ** 2)
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
        square.grad, cube.grad = (dy * x**2).sum(axis=0), (dy * x ** (2 if self.bug == "cube as square" else 3)).sum(axis=0)
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
        return sum(self.gate[:, i : i + 1] * y for i, y in enumerate(self.ys))

    def backward(self, dy):
        dgate = np.stack([(dy * y).sum(axis=1) for y in self.ys], axis=1)
        dz = self.gate * (dgate - (dgate * self.gate).sum(axis=1, keepdims=True))
        dx = self.router.backward(dz)
        for i, expert in enumerate(self.experts):
            share = expert.backward(dy if self.bug == "no gate" else self.gate[:, i : i + 1] * dy)
            dx = share if self.bug == "last expert" else dx + share
        return dx


PATH, ADD = "missing path", "assigned, not added"
CASES = [
    flagged("linear dw mean", lambda bug=None: Linear(4, 3, bug=bug), "dw mean", (3, 4), "count", "dw is divided by N."),
    flagged("linear db none", lambda bug=None: Linear(4, 3, bug=bug), "no db", (3, 4), "gradient missing", "b never learns."),
    flagged("tied decoder", TiedAutoencoder, "decoder forgotten", (3, 4), PATH, "w is used twice.", also=(ADD,)),
    flagged(
        "tied encoder",
        TiedAutoencoder,
        "encoder overwritten",
        (3, 4),
        ADD,
        "The decoder's gradient replaces the encoder's.",
        also=(PATH,),
    ),
    flagged(
        "shared layer twice",
        TwiceTheSame,
        "the second replaces the first",
        (3, 3),
        ADD,
        "backward runs twice through one layer, and the second call's gradients stay.",
        also=(PATH,),
    ),
    flagged(
        "list x for y", Deep, "x for y", (3, 3), "wrong variable", "1 - x**2 for 1 - y**2.", also=("activation derivative",)
    ),
    flagged("list first x", Deep, "first x", (3, 3), "wrong variable", "dw of every step uses the first x."),
    flagged(
        "list reversed",
        Deep,
        "list reversed",
        (3, 3),
        "permuted",
        "Gradients are stored in reversed order.",
        also=("wrong variable", "flipped"),
        hard=True,
    ),
    flagged(
        "list last never", Deep, "last never", (3, 3), "gradient missing", "The last weight in the list gets zeros.", hard=True
    ),
    flagged(
        "dict names exchanged",
        Named,
        "names exchanged",
        (3, 3),
        "wrong variable",
        "scale and shift get each other's.",
        also=("permuted",),
    ),
    flagged(
        "tuple cube as square",
        Named,
        "cube as square",
        (3, 3),
        "value left out",
        "x**2 for x**3 in a tuple's gradient.",
        also=("wrong variable", "activation derivative"),
        hard=True,
    ),
    flagged(
        "tuple first power",
        Named,
        "first power alone",
        (3, 3),
        PATH,
        "The powers' parameters are 0 at birth.",
        hard=True,
        also=("value left out", "activation derivative"),
    ),
    flagged(
        "expert dw in a list", Experts, "dw mean", (3, 3), "count", "The second layer of the list divides dw by N.", hard=True
    ),
    flagged(
        "expert db in a list",
        Experts,
        "db zero",
        (3, 3),
        "gradient missing",
        "The second layer of the list: db = 0.",
        hard=True,
    ),
    flagged("experts without gate", Experts, "no gate", (3, 3), "value left out", "dy is not multiplied by the gate."),
    flagged("experts last", Experts, "last expert", (3, 3), ADD, "dx of the last expert alone.", also=(PATH,)),
]
