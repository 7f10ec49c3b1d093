"""Convolutions of plain sequences (N, T): padding of every kind, and kernels that are not the plain one."""

import numpy as np

from minicnn import Layer, Parameter

from . import flagged
from .convolution_variants import weights


class Padded(Layer):
    """One kernel of three over a sequence (N, T) whose ends are padded: mode wrap, reflect or edge."""

    def __init__(self, mode, bug=None):
        self.w, self.mode, self.bug = weights(3), mode, bug

    def forward(self, x):
        self.padded = np.pad(x, ((0, 0), (1, 1)), mode=self.mode)
        return sum(self.padded[:, u : u + x.shape[1]] * w for u, w in enumerate(self.w.value))

    def backward(self, dy):
        T = dy.shape[1]
        dpadded, dw = np.zeros_like(self.padded), np.zeros(3)
        for u in range(3):
            dpadded[:, u : u + T] += dy * self.w.value[u]
            dw[u] = (self.padded[:, u : u + T] * dy).sum()
        self.w.grad = dw
        if self.bug == "dw sees zeros":
            self.w.grad[0] -= (self.padded[:, 0] * dy[:, 0]).sum()
            self.w.grad[2] -= (self.padded[:, -1] * dy[:, -1]).sum()
        dx = dpadded[:, 1:-1].copy()
        first, last = {"wrap": (-1, 0), "reflect": (1, -2), "edge": (0, -1)}[self.mode]
        if self.bug == "ends exchanged":
            first, last = last, first
        if self.bug == "assigned":
            dx[:, first], dx[:, last] = dpadded[:, 0], dpadded[:, -1]
        elif self.bug != "cut off":
            dx[:, first] += dpadded[:, 0]
            dx[:, last] += dpadded[:, -1]
        return dx


class Circular(Padded):
    def __init__(self, bug=None):
        super().__init__("wrap", bug)


class Reflected(Padded):
    def __init__(self, bug=None):
        super().__init__("reflect", bug)


class Replicated(Padded):
    def __init__(self, bug=None):
        super().__init__("edge", bug)


class LocallyConnected(Layer):
    """Every place has a kernel of its own: y[t] = sum over u of x[t + u] w[t, u] + b[t]."""

    def __init__(self, T=6, bug=None):
        self.w, self.b, self.bug = weights(T - 2, 3), Parameter(np.zeros(T - 2)), bug

    def forward(self, x):
        self.windows = np.stack([x[:, u : u + x.shape[1] - 2] for u in range(3)], axis=2)
        return (self.windows * self.w.value).sum(axis=2) + self.b.value

    def backward(self, dy):
        T, w = dy.shape[1], self.w.value
        self.w.grad = (self.windows * dy[:, :, None]).sum(axis=0)
        self.b.grad = np.full(T, dy.sum() / T) if self.bug == "one db" else dy.sum(axis=0)
        dx = np.zeros((len(dy), T + 2))
        for u in range(3):
            dx[:, u : u + T] += dy * (
                w[:, 2 - u] if self.bug == "flipped" else w[0, u] if self.bug == "first kernel" else w[:, u]
            )
        return dx


class Causal(Layer):
    """y[t] = w[0] x[t] + w[1] x[t - 1] + w[2] x[t - 2]."""

    def __init__(self, bug=None):
        self.w, self.bug = weights(3), bug

    def forward(self, x):
        self.padded = np.pad(x, ((0, 0), (2, 0)))
        return sum(w * self.padded[:, 2 - u : 2 - u + x.shape[1]] for u, w in enumerate(self.w.value))

    def backward(self, dy):
        T, late = dy.shape[1], np.pad(dy, ((0, 0), (0, 2)))
        start = 1 if self.bug == "dw one late" else 2
        self.w.grad = np.array(
            [(dy * self.padded[:, start - u : start - u + T]).sum() if start >= u else 0.0 for u in range(3)]
        )
        if self.bug == "dx looks back":
            late = np.pad(dy, ((0, 0), (2, 0)))
            return sum(w * late[:, 2 - u : 2 - u + T] for u, w in enumerate(self.w.value))
        return sum(w * late[:, u : u + T] for u, w in enumerate(self.w.value))


class Symmetric(Layer):
    """The kernel (a, b, a): one number at both ends."""

    def __init__(self, bug=None):
        self.w, self.bug = weights(2), bug

    def forward(self, x):
        self.x, (a, b) = x, self.w.value
        return a * (x[:, :-2] + x[:, 2:]) + b * x[:, 1:-1]

    def backward(self, dy):
        x, (a, b) = self.x, self.w.value
        left, right = (dy * x[:, :-2]).sum(), (dy * x[:, 2:]).sum()
        da = {"one end": right, "mean of both": (left + right) / 2}.get(self.bug, left + right)
        self.w.grad = np.array([da, (dy * x[:, 1:-1]).sum()])
        dx = np.zeros_like(x)
        dx[:, :-2] += a * dy
        dx[:, 1:-1] += b * dy
        dx[:, 2:] += a * dy
        return dx


class Dynamic(Layer):
    """Each image makes its own kernel from its mean: k = tanh(mean * v); y[t] = sum over u of k[u] x[t + u]."""

    def __init__(self, bug=None):
        self.v, self.bug = weights(3), bug

    def forward(self, x):
        self.x, self.mean = x, x.mean(axis=1, keepdims=True)
        self.k = np.tanh(self.mean * self.v.value)
        T = x.shape[1] - 2
        return sum(self.k[:, u : u + 1] * x[:, u : u + T] for u in range(3))

    def backward(self, dy):
        T, dx = dy.shape[1], np.zeros_like(self.x)
        dk = np.stack([(dy * self.x[:, u : u + T]).sum(axis=1) for u in range(3)], axis=1)
        for u in range(3):
            dx[:, u : u + T] += self.k[:, u : u + 1] * dy
        dz = dk if self.bug == "no tanh" else dk * (1 - self.k**2)
        self.v.grad = (dz * self.mean).sum(axis=0)
        through_mean = (dz * self.v.value).sum(axis=1, keepdims=True)
        if self.bug == "kernel is a constant":
            return dx
        return dx + through_mean / (1 if self.bug == "sum for mean" else self.x.shape[1])


class StridedSame(Layer):
    """Stride 2 and an even kernel of four; padding 1 at the left, 2 at the right."""

    def __init__(self, bug=None):
        self.w, self.bug = weights(4), bug

    def forward(self, x):
        self.padded = np.pad(x, ((0, 0), (1, 2)))
        self.T = x.shape[1]
        self.OT = (self.T + 3 - 4) // 2 + 1
        return sum(w * self.padded[:, u : u + 2 * self.OT - 1 : 2] for u, w in enumerate(self.w.value))

    def backward(self, dy):
        dpadded = np.zeros_like(self.padded)
        for u, w in enumerate(self.w.value):
            dpadded[:, u : u + 2 * self.OT - 1 : 2] += w * dy
        self.w.grad = np.array([(dy * self.padded[:, u : u + 2 * self.OT - 1 : 2]).sum() for u in range(4)])
        start = 2 if self.bug else 1
        return dpadded[:, start : start + self.T]


ROWS = (2, 6)
ADD = "assigned, not added"
CASES = [
    flagged("circular cut off", Circular, "cut off", ROWS, "border", "What wraps around is dropped."),
    flagged(
        "circular exchanged", Circular, "ends exchanged", ROWS, "border", "The ends are not wrapped.", also=("off by one",)
    ),
    flagged(
        "circular dw", Circular, "dw sees zeros", ROWS, "border", "dw takes the padding for zeros.", also=("missing path",)
    ),
    flagged(
        "reflected assigned", Reflected, "assigned", ROWS, ADD, "The mirrored places lose their own gradient.", also=("border",)
    ),
    flagged("replicated cut off", Replicated, "cut off", ROWS, "border", "The edge is copied; the copy's gradient is dropped."),
    flagged("locally connected flipped", LocallyConnected, "flipped", ROWS, "flipped", "dx uses w[t, 2 - u]."),
    flagged(
        "locally connected first kernel",
        LocallyConnected,
        "first kernel",
        ROWS,
        "wrong variable",
        "dx uses the first place's kernel everywhere.",
        also=("off by one",),
    ),
    flagged(
        "locally connected db",
        LocallyConnected,
        "one db",
        ROWS,
        "wrong axis",
        "db is averaged over the places.",
        also=("count",),
    ),
    flagged("causal dx", Causal, "dx looks back", ROWS, "flipped", "dx looks back too; it must look ahead."),
    flagged("causal dw", Causal, "dw one late", ROWS, "off by one", "dw uses x one place too early."),
    flagged("symmetric one end", Symmetric, "one end", ROWS, "missing path", "a is used at both ends.", also=(ADD,)),
    flagged(
        "symmetric mean", Symmetric, "mean of both", ROWS, "missing factor", "A mean where the sum is right.", also=("count",)
    ),
    flagged("dynamic constant", Dynamic, "kernel is a constant", ROWS, "missing path", "The kernel depends on x."),
    flagged("dynamic mean", Dynamic, "sum for mean", ROWS, "count", "The mean's 1/T is missing."),
    flagged(
        "dynamic tanh", Dynamic, "no tanh", ROWS, "activation derivative", "1 - k**2 is missing.", also=("value left out",)
    ),
    flagged(
        "strided same padding", StridedSame, "left for right", (2, 7), "off by one", "Cut as if two were padded at the left."
    ),
]
