"""Pooling of images by windows of 2 x 2, and over the whole image."""

import numpy as np

from minicnn import Layer

from . import Case, flagged


class Pool(Layer):
    """Windows of 2 x 2 of an image with even sides, as (N, OH, OW, 4, C); a subclass pools axis 3."""

    def __init__(self, bug=None):
        self.bug = bug

    def windows(self, x):
        N, H, W, C = x.shape
        return x.reshape(N, H // 2, 2, W // 2, 2, C).transpose(0, 1, 3, 2, 4, 5).reshape(N, H // 2, W // 2, 4, C)

    def image(self, windows):
        N, OH, OW, _, C = windows.shape
        return windows.reshape(N, OH, OW, 2, 2, C).transpose(0, 1, 3, 2, 4, 5).reshape(N, 2 * OH, 2 * OW, C)

    def forward(self, x):
        self.saved = self.windows(x)
        return self.pool(self.saved)

    def backward(self, dy):
        return self.image(self.spread(self.saved, dy[:, :, :, None, :]))


class LpPool(Pool):
    """(sum |x|**3)**(1/3)."""

    def pool(self, x):
        return (np.abs(x) ** 3).sum(axis=3) ** (1 / 3)

    def spread(self, x, dy):
        y = np.maximum(self.pool(x)[:, :, :, None, :], 1e-300)
        ratio = np.abs(x) / y
        if self.bug == "exponent p":
            return dy * np.sign(x) * ratio**3
        return dy * ratio**2 if self.bug == "no sign" else dy * np.sign(x) * ratio**2


class MedianPool(Pool):
    """The median of four numbers: the mean of the two in the middle."""

    def pool(self, x):
        return np.median(x, axis=3)

    def spread(self, x, dy):
        order = np.argsort(x, axis=3, kind="stable")
        dx = np.zeros_like(x)
        np.put_along_axis(dx, order[:, :, :, 1:2], dy / 2, axis=3)
        np.put_along_axis(dx, order[:, :, :, 2:3], dy / 2, axis=3)
        if self.bug == "upper middle":
            dx = np.zeros_like(x)
            np.put_along_axis(dx, order[:, :, :, 2:3], dy, axis=3)
        if self.bug == "order as rank":
            dx = dy / 2 * ((order == 1) | (order == 2))
        return dx


class LogSumExpPool(Pool):
    """log(mean(exp(r x))) / r with r = 100: nearly the maximum."""

    def pool(self, x):
        top = x.max(axis=3, keepdims=True)
        return np.log(np.exp(100 * (x - top)).mean(axis=3)) / 100 + top[:, :, :, 0]

    def spread(self, x, dy):
        top = 0 if self.bug == "overflow" else x.max(axis=3, keepdims=True)
        e = np.exp(100 * (x - top))
        return dy * e / e.sum(axis=3, keepdims=True)


class SoftPool(Pool):
    """sum of softmax(x) x."""

    def pool(self, x):
        e = np.exp(x - x.max(axis=3, keepdims=True))
        return (e * x).sum(axis=3) / e.sum(axis=3)

    def spread(self, x, dy):
        e = np.exp(x - x.max(axis=3, keepdims=True))
        p = e / e.sum(axis=3, keepdims=True)
        if self.bug == "weights are constants":
            return dy * p
        y = (p * x).sum(axis=3, keepdims=True)
        return dy * p * (1 + x - y)


class MinPool(Pool):
    """The smallest number of a window, written as minus the maximum of -x."""

    def pool(self, x):
        return -(-x).max(axis=3)

    def spread(self, x, dy):
        dx = np.zeros_like(x)
        np.put_along_axis(dx, (-x).argmax(axis=3)[:, :, :, None], -dy if self.bug else dy, axis=3)
        return dx


class StochasticPoolEval(Pool):
    """In evaluation each number of a window weighs as much as its probability p = x / sum x; x is positive."""

    def pool(self, x):
        return (x * x).sum(axis=3) / x.sum(axis=3)

    def spread(self, x, dy):
        total = x.sum(axis=3, keepdims=True)
        if self.bug == "weights are constants":
            return dy * x / total
        return dy * (2 * x - (x * x).sum(axis=3, keepdims=True) / total) / total


class GlobalMax(Layer):
    """The largest pixel of each channel; a tie goes to the first."""

    def __init__(self, bug=None):
        self.bug = bug

    def forward(self, x):
        self.x = x
        return x.max(axis=(1, 2))

    def backward(self, dy):
        N, H, W, C = self.x.shape
        best = self.x.reshape(N, H * W, C).argmax(axis=1)
        dx = np.zeros_like(self.x)
        n, c = np.ogrid[:N, :C]
        if self.bug == "every tie":
            return dy[:, None, None] * (self.x == self.x.max(axis=(1, 2), keepdims=True))
        if self.bug == "height for width":
            dx[n, best // H % H, best % H % W, c] = dy
        else:
            dx[n, best // W, best % W, c] = dy
        return dx


class GlobalAvg(Layer):
    def __init__(self, bug=None):
        self.bug = bug

    def forward(self, x):
        self.shape = x.shape
        return x.mean(axis=(1, 2))

    def backward(self, dy):
        N, H, W, C = self.shape
        return np.broadcast_to(dy[:, None, None, :] / (H * (H if self.bug else W)), self.shape).copy()


IMAGE = (2, 4, 6, 2)
CASES = [
    flagged("lp pool exponent", LpPool, "exponent p", IMAGE, "activation derivative", "|x|**p for |x|**(p - 1)."),
    flagged("lp pool sign", LpPool, "no sign", IMAGE, "sign", "Negative x get the gradient of -x."),
    flagged(
        "median upper middle",
        MedianPool,
        "upper middle",
        IMAGE,
        "missing path",
        "One of the two middle numbers gets it all.",
        also=("count", "off by one", "missing factor"),
    ),
    flagged(
        "median order as rank",
        MedianPool,
        "order as rank",
        IMAGE,
        "permuted",
        "argsort gives places, not ranks.",
        also=("off by one",),
    ),
    flagged("log-sum-exp overflow", LogSumExpPool, "overflow", IMAGE, "overflow", "exp(100 x) without the maximum.", hard=True),
    flagged(
        "softpool constants",
        SoftPool,
        "weights are constants",
        IMAGE,
        "missing path",
        "The weights depend on x.",
        also=("normalization term",),
    ),
    flagged("min pool sign", MinPool, "minus", IMAGE, "sign", "Two minus signs cancel; backward has one."),
    flagged(
        "stochastic pool eval",
        StochasticPoolEval,
        "weights are constants",
        IMAGE,
        "missing path",
        "The probabilities depend on x.",
        domain="positive",
        also=("normalization term", "missing factor"),
    ),
    flagged(
        "global max width",
        GlobalMax,
        "height for width",
        (2, 3, 5, 2),
        "off by one",
        "best // H for best // W.",
        also=("permuted", "wrong variable"),
    ),
    flagged("global average count", GlobalAvg, "height twice", (2, 3, 5, 2), "count", "H * H for H * W."),
    Case(
        "global max every tie",
        "layer",
        GlobalMax,
        lambda: GlobalMax("every tie"),
        (2, 3, 2, 2),
        "kink",
        "Two equal maxima both get the whole gradient.",
        domain="ties",
        hard=True,
    ),
]
