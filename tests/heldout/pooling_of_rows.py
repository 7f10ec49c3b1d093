"""Pooling of sequences and features."""

import numpy as np

from minicnn import Layer

from . import flagged


class Maxout(Layer):
    """The largest of three pieces: (N, 3 K) -> (N, K)."""

    def __init__(self, bug=None):
        self.bug = bug

    def forward(self, x):
        self.pieces = x.reshape(len(x), 3, -1)
        return self.pieces.max(axis=1)

    def backward(self, dy):
        best = self.pieces.argmax(axis=2 if self.bug == "axis" else 1)
        if self.bug == "dy":
            best = (self.pieces * dy[:, None]).argmax(axis=1)
        dx = np.zeros_like(self.pieces)
        np.put_along_axis(dx, best[:, None], dy[:, None], axis=1)
        return dx.reshape(len(dy), -1)


class AdaptiveAvg(Layer):
    """Three bins over T numbers, from floor(i T / 3) to ceil((i + 1) T / 3): they may overlap."""

    def __init__(self, bug=None):
        self.bug = bug

    def bins(self):
        return [(i * self.T // 3, -(-(i + 1) * self.T // 3)) for i in range(3)]

    def forward(self, x):
        self.T = x.shape[1]
        return np.stack([x[:, a:b].mean(axis=1) for a, b in self.bins()], axis=1)

    def backward(self, dy):
        dx = np.zeros((len(dy), self.T))
        for i, (a, b) in enumerate(self.bins()):
            size = self.T / 3 if self.bug == "equal bins" else b - a
            if self.bug == "assigned":
                dx[:, a:b] = dy[:, i : i + 1] / size
            else:
                dx[:, a:b] += dy[:, i : i + 1] / size
        return dx


class AvgPoolEdges(Layer):
    """The mean of x[t - 1], x[t], x[t + 1]; at the ends, of the two that exist."""

    def __init__(self, bug=None):
        self.bug = bug

    def forward(self, x):
        padded = np.pad(x, ((0, 0), (1, 1)))
        count = np.full(x.shape[1], 3.0)
        count[[0, -1]] = 2
        self.count = count
        return (padded[:, :-2] + padded[:, 1:-1] + padded[:, 2:]) / count

    def backward(self, dy):
        padded = np.pad(dy / (3 if self.bug else self.count), ((0, 0), (1, 1)))
        return padded[:, :-2] + padded[:, 1:-1] + padded[:, 2:]


class MaxPool1D(Layer):
    """Windows of three that overlap by two."""

    def __init__(self, bug=None):
        self.bug = bug

    def forward(self, x):
        self.x = x
        return np.maximum(np.maximum(x[:, :-2], x[:, 1:-1]), x[:, 2:])

    def backward(self, dy):
        dx = np.zeros_like(self.x)
        for n, i in np.ndindex(dy.shape):
            best = self.x[n, i : i + 3].argmax()
            if self.bug == "assigned":
                dx[n, i + best] = dy[n, i]
            elif self.bug == "place in the window":
                dx[n, best] += dy[n, i]
            else:
                dx[n, i + best] += dy[n, i]
        return dx


class BlurPool(Layer):
    """y[i] = (x[2 i] + 2 x[2 i + 1] + 5 x[2 i + 2]) / 8."""

    kernel = np.array([1, 2, 5]) / 8

    def __init__(self, bug=None):
        self.bug = bug

    def forward(self, x):
        self.T = x.shape[1]
        return sum(k * x[:, u : self.T - 2 + u : 2] for u, k in enumerate(self.kernel))

    def backward(self, dy):
        dx = np.zeros((len(dy), self.T))
        for u, k in enumerate(self.kernel[::-1] if self.bug else self.kernel):
            dx[:, u : self.T - 2 + u : 2] += k * dy
        return dx


ROWS = (2, 8)
CASES = [
    flagged("maxout axis", Maxout, "axis", (3, 9), "wrong axis", "argmax over features, not pieces."),
    flagged(
        "maxout of dy", Maxout, "dy", (3, 9), "not linear in dy", "The winner is chosen by x dy.", also=("wrong variable",)
    ),
    flagged("adaptive average bins", AdaptiveAvg, "equal bins", ROWS, "count", "Bins are taken to be equally large."),
    flagged("adaptive average assigned", AdaptiveAvg, "assigned", ROWS, "assigned, not added", "Bins overlap."),
    flagged("average pool edges", AvgPoolEdges, "always three", ROWS, "border", "The ends divide by two.", also=("count",)),
    flagged("max pool overlap", MaxPool1D, "assigned", ROWS, "assigned, not added", "One pixel may win several windows."),
    flagged(
        "max pool place",
        MaxPool1D,
        "place in the window",
        ROWS,
        "off by one",
        "The window's start is forgotten.",
        also=("permuted",),
    ),
    flagged("blur pool flipped", BlurPool, "flipped", (2, 9), "flipped", "The kernel is reversed in backward."),
]
