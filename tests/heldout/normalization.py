"""Normalizations with gamma and beta. `bug` names the slip; None is the right layer."""

import numpy as np

from minicnn import Layer, Parameter

from . import flagged


class LayerNorm(Layer):
    """Each row with mean 0 and variance 1, times gamma, plus beta."""

    def __init__(self, D=5, bug=None):
        self.gamma, self.beta, self.bug = Parameter(np.ones(D)), Parameter(np.zeros(D)), bug

    def forward(self, x):
        centred = x - x.mean(axis=1, keepdims=True)
        std = np.sqrt((centred**2).mean(axis=1, keepdims=True) + 1e-5)
        self.saved = centred / std, std
        return self.gamma.value * self.saved[0] + self.beta.value

    def backward(self, dy):
        xhat, std = self.saved
        self.gamma.grad = (dy if self.bug == "dgamma without xhat" else dy * xhat).sum(axis=0)
        self.beta.grad = dy.mean(axis=0) if self.bug == "mean of dbeta" else dy.sum(axis=0)
        dxhat = dy if self.bug == "no gamma" else dy * self.gamma.value
        axis = 0 if self.bug == "axis" else 1
        mean_term = 0 if self.bug == "no mean" else dxhat.mean(axis=axis, keepdims=True)
        std_term = 0 if self.bug == "no std" else xhat * (dxhat * xhat).mean(axis=axis, keepdims=True)
        return (dxhat - mean_term - std_term) / std


class InstanceNorm(Layer):
    """Each channel of each image with mean 0 and variance 1."""

    def __init__(self, bug=None):
        self.bug = bug

    def forward(self, x):
        self.std = np.sqrt(x.var(axis=(1, 2), keepdims=True) + 1e-3)
        self.xhat = (x - x.mean(axis=(1, 2), keepdims=True)) / self.std
        return self.xhat

    def backward(self, dy):
        axes = (0, 1, 2) if self.bug == "whole batch" else (1, 2)
        dx = dy - dy.mean(axes, keepdims=True) - self.xhat * (dy * self.xhat).mean(axes, keepdims=True)
        return dx if self.bug == "not divided by std" else dx / self.std


class GroupNorm(Layer):
    """The channels in groups; each group of each image with mean 0 and variance 1."""

    def __init__(self, C=6, groups=2, bug=None):
        self.gamma, self.beta = Parameter(np.ones(C)), Parameter(np.zeros(C))
        self.groups, self.bug = groups, bug

    def forward(self, x):
        N, H, W, C = x.shape
        parts = x.reshape(N, H * W, self.groups, C // self.groups)
        mean = parts.mean(axis=(1, 3), keepdims=True)
        self.std = np.sqrt(parts.var(axis=(1, 3), keepdims=True) + 1e-5)
        self.xhat = (parts - mean) / self.std
        return self.gamma.value * self.xhat.reshape(x.shape) + self.beta.value

    def backward(self, dy):
        parts = self.xhat.shape
        xhat = self.xhat.reshape(dy.shape)
        self.gamma.grad, self.beta.grad = (dy * xhat).sum(axis=(0, 1, 2)), dy.sum(axis=(0, 1, 2))
        gamma = self.gamma.value
        if self.bug == "gamma in another order":
            gamma = gamma.reshape(self.groups, -1).T.ravel()
        dxhat = (dy * gamma).reshape(parts)
        M = parts[1] * (1 if self.bug == "counts pixels alone" else parts[3])
        sums = dxhat.sum(axis=(1, 3), keepdims=True), (dxhat * self.xhat).sum(axis=(1, 3), keepdims=True)
        return ((dxhat - sums[0] / M - self.xhat * sums[1] / M) / self.std).reshape(dy.shape)


IMAGE, ROWS = (2, 3, 2, 6), (3, 5)
TERM = "normalization term"
CASES = [
    flagged(
        "layer norm without gamma",
        LayerNorm,
        "no gamma",
        ROWS,
        "value left out",
        "Gamma is 1 at birth, so nobody sees it.",
        hard=True,
    ),
    flagged("layer norm without the mean", LayerNorm, "no mean", ROWS, TERM, "The mean is taken for a constant."),
    flagged("layer norm without the std", LayerNorm, "no std", ROWS, TERM, "The std is taken for a constant."),
    flagged("layer norm over axis 0", LayerNorm, "axis", ROWS, "wrong axis", "Backward's two means run over the batch."),
    flagged("layer norm dgamma", LayerNorm, "dgamma without xhat", ROWS, "value left out", "dgamma = sum of dy, without xhat."),
    flagged("layer norm dbeta", LayerNorm, "mean of dbeta", ROWS, "count", "dbeta is a mean over the batch, not a sum."),
    flagged("instance norm over the batch", InstanceNorm, "whole batch", IMAGE, "wrong axis", "Means over N too."),
    flagged(
        "instance norm not divided",
        InstanceNorm,
        "not divided by std",
        IMAGE,
        "value left out",
        "1/std is missing.",
        also=(TERM, "missing factor"),
    ),
    flagged(
        "group norm gamma order",
        GroupNorm,
        "gamma in another order",
        IMAGE,
        "permuted",
        "Gamma is read group by group the wrong way; invisible while all gammas are 1.",
        hard=True,
    ),
    flagged(
        "group norm counts pixels",
        GroupNorm,
        "counts pixels alone",
        IMAGE,
        "count",
        "M forgets the channels of a group.",
        also=(TERM,),
    ),
]
