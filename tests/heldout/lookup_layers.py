"""Layers that gather, move and look up."""

import numpy as np

from minicnn import Layer, Parameter

from . import flagged


class Gather(Layer):
    """Picks features; some twice."""

    def __init__(self, indices=(2, 0, 2, 4), bug=None):
        self.indices, self.bug = np.array(indices), bug

    def forward(self, x):
        self.shape = x.shape
        return x[:, self.indices]

    def backward(self, dy):
        dx = np.zeros(self.shape)
        if self.bug == "assigned":
            dx[:, self.indices] = dy
        else:
            np.add.at(dx, (slice(None), self.indices - (self.bug == "counts from one")), dy)
        return dx


class Permute(Layer):
    """Shuffles the features, always in the same order."""

    order = np.array([2, 0, 3, 1, 4])

    def __init__(self, bug=None):
        self.bug = bug

    def forward(self, x):
        return x[:, self.order]

    def backward(self, dy):
        return dy[:, self.order if self.bug else np.argsort(self.order)]


class Shift(Layer):
    """Moves each sequence on by two places; zeros come in."""

    def __init__(self, bug=None):
        self.bug = bug

    def forward(self, x):
        y = np.zeros_like(x)
        y[:, 2:] = x[:, :-2]
        return y

    def backward(self, dy):
        dx = np.zeros_like(dy)
        if self.bug == "same direction":
            dx[:, 2:] = dy[:, :-2]
        elif self.bug == "one place":
            dx[:, :-1] = dy[:, 1:]
        else:
            dx[:, :-2] = dy[:, 2:]
        return dx


class Positions(Layer):
    """y = sqrt(D) x + table[t], the same table for every sentence."""

    def __init__(self, T=5, D=3, bug=None):
        self.table, self.bug = Parameter(np.zeros((T, D))), bug

    def forward(self, x):
        return np.sqrt(x.shape[2]) * x + self.table.value[: x.shape[1]]

    def backward(self, dy):
        dtable = np.zeros(self.table.shape)
        dtable[: dy.shape[1]] = {"mean": dy.mean(axis=0), "first": dy[0]}.get(self.bug, dy.sum(axis=0))
        self.table.grad = dtable
        return dy if self.bug == "no sqrt" else np.sqrt(dy.shape[2]) * dy


class Spline(Layer):
    """A learned curve: straight lines between the heights of knots at -2, -1, 0, 1, 2, constant outside."""

    def __init__(self, bug=None):
        self.height, self.bug = Parameter(np.array([0.3, -0.5, 0.1, 0.8, -0.2])), bug

    def forward(self, x):
        place = np.clip((x + 2), 0, 4)
        left = np.minimum(place.astype(int), 3)
        self.saved = x, left, place - left
        return (1 - self.saved[2]) * self.height.value[left] + self.saved[2] * self.height.value[left + 1]

    def backward(self, dy):
        x, left, t = self.saved
        dheight = np.zeros(5)
        np.add.at(dheight, left, (t if self.bug == "t for 1 - t" else 1 - t) * dy)
        np.add.at(dheight, left + 1, (1 - t if self.bug == "t for 1 - t" else t) * dy)
        self.height.grad = dheight
        slope = self.height.value[left + 1] - self.height.value[left]
        inside = True if self.bug == "goes on outside" else np.abs(x) < 2
        return dy * slope * inside


class SignedHash(Layer):
    """Feature hashing: y[h[c]] += sign[c] x[c], from 6 features to 3."""

    h, sign = np.array([0, 2, 1, 0, 2, 2]), np.array([1, -1, 1, -1, -1, 1])

    def __init__(self, bug=None):
        self.bug = bug

    def forward(self, x):
        y = np.zeros((len(x), 3))
        np.add.at(y, (slice(None), self.h), self.sign * x)
        return y

    def backward(self, dy):
        return dy[:, self.h] if self.bug else self.sign * dy[:, self.h]


ADD = "assigned, not added"
CASES = [
    flagged("gather assigned", Gather, "assigned", (2, 5), ADD, "Feature 2 is picked twice."),
    flagged("gather counts from one", Gather, "counts from one", (2, 5), "off by one", "Indices minus one in backward."),
    flagged("permutation not inverted", Permute, "order", (2, 5), "permuted", "dx needs the inverse permutation."),
    flagged(
        "shift same direction",
        Shift,
        "same direction",
        (2, 6),
        "flipped",
        "The gradient moves on, not back.",
        also=("off by one", "permuted", "transposed"),
    ),
    flagged("shift one place", Shift, "one place", (2, 6), "off by one", "One place back where two are right."),
    flagged("positions mean", Positions, "mean", (3, 4, 3), "count", "dtable is a mean over the batch."),
    flagged(
        "positions first",
        Positions,
        "first",
        (3, 4, 3),
        "one sample",
        "dtable of the first sentence alone.",
        also=("broadcast not summed",),
    ),
    flagged("positions sqrt", Positions, "no sqrt", (3, 4, 3), "missing factor", "dx lacks sqrt(D)."),
    flagged(
        "spline weights",
        Spline,
        "t for 1 - t",
        (3, 4),
        "wrong variable",
        "The two knots get each other's weight.",
        also=("off by one", "permuted"),
    ),
    flagged("spline outside", Spline, "goes on outside", (3, 4), "threshold", "y is constant beyond the last knot.", hard=True),
    flagged("signed hash", SignedHash, "no sign", (2, 6), "sign", "The signs are left out."),
]
