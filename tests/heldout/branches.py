"""Paths that part and join."""

import numpy as np

from minicnn import Layer

from . import flagged
from .dense_and_structure import sigmoid, weights


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
        dh, dx = dy[:, :3], dy[:, first : first + self.x.shape[1]]
        if dx.shape != self.x.shape:  # the last columns are missing: zeros for them
            dx = np.pad(dx, ((0, 0), (0, self.x.shape[1] - dx.shape[1])))
        dz = dh * (1 - self.h**2)
        self.w.grad = self.x.T @ dz
        return dx if self.bug == "one branch" else dx + dz @ self.w.value.T


PATH = "missing path"
CASES = [
    flagged(
        "residual skip scaled", ScaledResidual, "skip scaled", (3, 4), "missing factor", "The skip is scaled too.", also=(PATH,)
    ),
    flagged("residual without skip", ScaledResidual, "no skip", (3, 4), PATH, "dx of the body alone."),
    flagged("residual dw scale", ScaledResidual, "dw without scale", (3, 4), "missing factor", "dw lacks 0.2."),
    flagged("squeeze-excite constant", SqueezeExcite, "gate is a constant", (2, 2, 3, 3), PATH, "The gate depends on x."),
    flagged("squeeze-excite mean", SqueezeExcite, "sum for mean", (2, 2, 3, 3), "count", "1/(H W) is missing.", also=(PATH,)),
    flagged("squeeze-excite rows", SqueezeExcite, "mean over rows", (2, 2, 3, 3), "count", "A mean over rows for a sum."),
    flagged(
        "concatenation split",
        TwoBranches,
        "widths exchanged",
        (3, 5),
        "off by one",
        "dy is cut after the wrong width.",
        also=("permuted",),
    ),
    flagged(
        "concatenation order",
        TwoBranches,
        "second first",
        (3, 5),
        "permuted",
        "The branches' parts are exchanged.",
        also=("off by one",),
    ),
    flagged("concatenation one branch", TwoBranches, "one branch", (3, 5), PATH, "dx of one branch alone."),
]
