"""Layers that draw random numbers."""

import numpy as np

from minicnn import Layer, Parameter

from . import flagged


class Dropout(Layer):
    """Inverted dropout."""

    def __init__(self, rate=0.3, bug=None):
        self.rate, self.rng, self.bug = rate, np.random.default_rng(3), bug

    def forward(self, x):
        self.mask = (self.rng.random(x.shape) >= self.rate) / (1 - self.rate)
        self.y = x * self.mask
        return self.y

    def backward(self, dy):
        if self.bug == "y != 0":
            return dy * (self.y != 0) / (1 - self.rate)
        if self.bug == "new mask":
            return dy * (self.rng.random(dy.shape) >= self.rate) / (1 - self.rate)
        if self.bug == "not scaled":
            return dy * (self.mask > 0)
        if self.bug == "keeps what it dropped":
            return dy * (self.mask == 0) / (1 - self.rate)
        return dy * self.mask


class ChannelDropout(Layer):
    """Whole channels are dropped: one draw per image and channel."""

    def __init__(self, bug=None):
        self.rng, self.bug = np.random.default_rng(4), bug

    def forward(self, x):
        N, H, W, C = x.shape
        self.mask = 2.0 * (self.rng.random((N, 1, 1, C)) < 0.5)
        return x * self.mask

    def backward(self, dy):
        return dy * (self.mask[:1] if self.bug else self.mask)


class Noise(Layer):
    """x (1 + a n): noise n times a learned amount a."""

    def __init__(self, bug=None):
        self.a, self.rng, self.bug = Parameter(np.full(3, 0.5)), np.random.default_rng(5), bug

    def forward(self, x):
        self.x, self.n = x, self.rng.normal(size=x.shape)
        return x * (1 + self.a.value * self.n)

    def backward(self, dy):
        n = self.rng.normal(size=dy.shape) if self.bug == "new noise" else self.n
        self.a.grad = (dy * self.x * n).sum(axis=0)
        return dy if self.bug == "noise is for free" else dy * (1 + self.a.value * self.n)


ROWS = (3, 4)
CASES = [
    flagged(
        "dropout y != 0",
        Dropout,
        "y != 0",
        ROWS,
        "mask",
        "An x of exactly 0 counts as dropped.",
        domain="zeros",
        hard=True,
        also=("kink",),
    ),
    flagged("dropout new mask", Dropout, "new mask", ROWS, "mask", "backward draws another mask."),
    flagged(
        "dropout not scaled",
        Dropout,
        "not scaled",
        ROWS,
        "missing factor",
        "1 / (1 - rate) is missing in backward.",
        also=("mask",),
    ),
    flagged("dropout complement", Dropout, "keeps what it dropped", ROWS, "mask", "The mask is inverted."),
    flagged(
        "channel dropout first image",
        ChannelDropout,
        "first",
        (3, 2, 2, 4),
        "mask",
        "The first image's mask for all.",
        also=("one sample",),
    ),
    flagged("noise drawn anew", Noise, "new noise", (4, 3), "mask", "The amount's gradient uses new noise."),
    flagged(
        "noise for free",
        Noise,
        "noise is for free",
        (4, 3),
        "mask",
        "dx = dy, as if there were no noise.",
        also=("value left out", "missing path"),
    ),
]
