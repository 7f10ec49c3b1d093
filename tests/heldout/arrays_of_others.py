"""Buffers, and arrays that belong to the caller."""

import numpy as np

from minicnn import Layer, Parameter

from . import flagged


class SharedBuffer(Layer):
    """tanh(tanh(x) w): the wrong twin computes both into one buffer."""

    def __init__(self, bug=None):
        self.w, self.bug = Parameter(np.random.default_rng(0).normal(size=(3, 3))), bug

    def forward(self, x):
        self.x, first = x, np.empty_like(x)
        second = first if self.bug else np.empty_like(x)
        self.h = np.tanh(x, out=first)
        self.y = np.tanh(self.h @ self.w.value, out=second)
        return self.y.copy()

    def backward(self, dy):
        dz = dy * (1 - self.y**2)
        self.w.grad = self.h.T @ dz
        return dz @ self.w.value.T * (1 - np.tanh(self.x) ** 2)


class LeakyInPlace(Layer):
    """Leaky ReLU; the wrong twins write into arrays that belong to the caller."""

    def __init__(self, bug=None):
        self.bug = bug

    def forward(self, x):
        y = x if self.bug == "x" else x.copy()
        y[y < 0] *= 0.1
        self.negative = y < 0
        return y.copy()

    def backward(self, dy):
        dx = dy if self.bug == "dy" else dy.copy()
        dx[self.negative] *= 0.1
        return dx


class CentredInPlace(Layer):
    """Subtracts each row's mean; the wrong twin does so with -=."""

    def __init__(self, bug=None):
        self.bug = bug

    def forward(self, x):
        if self.bug:
            x -= x.mean(axis=1, keepdims=True)
            return x.copy()
        return x - x.mean(axis=1, keepdims=True)

    def backward(self, dy):
        return dy - dy.mean(axis=1, keepdims=True)


ROWS = (3, 4)
WRITES = "writes to its input"
CASES = [
    flagged(
        "shared buffer",
        SharedBuffer,
        "one buffer",
        (3, 3),
        "wrong variable",
        "h is overwritten by y before backward reads it.",
        also=(WRITES, "state"),
    ),
    flagged("x changed", LeakyInPlace, "x", ROWS, WRITES, "forward scales the caller's x."),
    flagged("dy changed", LeakyInPlace, "dy", ROWS, WRITES, "backward scales the caller's dy."),
    flagged("x centred in place", CentredInPlace, "-=", ROWS, WRITES, "forward subtracts from the caller's x."),
]
