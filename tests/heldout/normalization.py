"""Normalizations. `bug` names the slip; None is the right layer."""

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


class RMSNorm(Layer):
    """x divided by its root mean square, times gamma."""

    def __init__(self, D=5, bug=None):
        self.gamma, self.bug = Parameter(np.ones(D)), bug

    def forward(self, x):
        self.rms = np.sqrt((x * x).mean(axis=1, keepdims=True) + 1e-6)
        self.xhat = x / self.rms
        return self.gamma.value * self.xhat

    def backward(self, dy):
        self.gamma.grad = (dy * self.xhat).sum(axis=0)
        dxhat = dy * self.gamma.value
        inner = dy if self.bug == "no gamma in the projection" else dxhat
        if self.bug == "no projection":
            return dxhat / self.rms
        projected = (inner * self.xhat).mean(axis=1, keepdims=True)
        if self.bug == "sum for mean":
            projected = (inner * self.xhat).sum(axis=1, keepdims=True)
        return (dxhat - self.xhat * projected) / self.rms


class WeightNormDense(Layer):
    """A dense layer whose columns are w = g v / |v|: a length and a direction, learned apart."""

    def __init__(self, D=4, K=3, bug=None):
        rng = np.random.default_rng(0)
        self.v, self.g, self.bug = Parameter(rng.normal(size=(D, K))), Parameter(np.ones(K)), bug

    def forward(self, x):
        self.x = x
        self.norm = np.sqrt((self.v.value**2).sum(axis=0) + 1e-12)
        self.unit = self.v.value / self.norm
        return x @ (self.g.value * self.unit)

    def backward(self, dy):
        dw = self.x.T @ dy
        self.g.grad = (dw * (self.v.value if self.bug == "dg of v" else self.unit)).sum(axis=0)
        projection = self.unit * (dw * self.unit).sum(axis=0)
        if self.bug == "no projection":
            projection = 0
        scale = 1 if self.bug == "no g" else self.g.value
        self.v.grad = scale / self.norm * (dw - projection)
        return dy @ (self.g.value * self.unit).T


class L2Normalize(Layer):
    """Each row divided by its length, or by `least` if the row is shorter."""

    least = 0.5

    def __init__(self, bug=None):
        self.bug = bug

    def forward(self, x):
        self.norm = np.sqrt((x * x).sum(axis=1, keepdims=True))
        self.y = x / np.maximum(self.norm, self.least)
        return self.y

    def backward(self, dy):
        axis = 0 if self.bug == "axis" else 1
        projection = self.y * (dy * self.y).sum(axis=axis, keepdims=True)
        if self.bug != "projects short rows":
            projection = np.where(self.norm > self.least, projection, 0)
        if self.bug == "no projection":
            projection = 0
        return (dy - projection) / np.maximum(self.norm, self.least)


class BatchNorm(Layer):
    """Batch norm in training, by running statistics in evaluation."""

    def __init__(self, D=4, training=True, bug=None):
        self.gamma, self.beta, self.training, self.bug = Parameter(np.ones(D)), Parameter(np.zeros(D)), training, bug
        self.running_mean, self.running_var = np.linspace(-1, 1, D), np.linspace(0.5, 2, D)

    def forward(self, x):
        mean, var = x.mean(axis=0), x.var(axis=0)
        if self.training:
            self.running_mean = 0.9 * self.running_mean + 0.1 * mean
            self.running_var = 0.9 * self.running_var + 0.1 * var
        else:
            mean, var = self.running_mean, self.running_var
        self.std = np.sqrt(var + 1e-3)
        self.xhat = (x - mean) / self.std
        return self.gamma.value * self.xhat + self.beta.value

    def backward(self, dy):
        self.gamma.grad, self.beta.grad = (dy * self.xhat).sum(axis=0), dy.sum(axis=0)
        scaled = dy * self.gamma.value / self.std
        if not self.training and self.bug != "always the training formula":
            return scaled
        mean_term = 0 if self.bug == "detached mean" else scaled.mean(axis=0)
        var_term = 0 if self.bug == "detached variance" else self.xhat * (scaled * self.xhat).mean(axis=0)
        return scaled - mean_term - var_term


class EvaluatedBatchNorm(BatchNorm):
    def __init__(self, bug=None):
        super().__init__(training=False, bug=bug)


class MeanOnlyNorm(Layer):
    """x minus the mean of the batch."""

    def __init__(self, bug=None):
        self.bug = bug

    def forward(self, x):
        return x - x.mean(axis=0)

    def backward(self, dy):
        return dy.copy() if self.bug else dy - dy.mean(axis=0)


class LocalResponseNorm(Layer):
    """y[c] = x[c] / (1 + a * sum of x[c']**2 over the neighbours c - 1, c, c + 1)**b."""

    def __init__(self, C=5, bug=None):
        self.a, self.b, self.bug = 0.3, 0.75, bug
        distance = np.abs(np.arange(C)[:, None] - np.arange(C))
        self.near = (distance <= 1).astype(float)

    def forward(self, x):
        self.x, self.s = x, 1 + self.a * (x * x) @ self.near
        return x * self.s**-self.b

    def backward(self, dy):
        inner = dy * self.x * self.s**(-self.b - 1)
        near = np.eye(len(self.near)) if self.bug == "no neighbours" else self.near
        a = 1.0 if self.bug == "no a" else self.a
        return dy * self.s**-self.b - 2 * a * self.b * self.x * (inner @ near)


IMAGE, ROWS = (2, 3, 2, 6), (3, 5)
TERM = "normalization term"
CASES = [
    flagged("layer norm without gamma", LayerNorm, "no gamma", ROWS, "value left out", "Gamma is 1 at birth, so nobody sees it.",
            hard=True),
    flagged("layer norm without the mean", LayerNorm, "no mean", ROWS, TERM, "The mean is taken for a constant."),
    flagged("layer norm without the std", LayerNorm, "no std", ROWS, TERM, "The std is taken for a constant."),
    flagged("layer norm over axis 0", LayerNorm, "axis", ROWS, "wrong axis", "Backward's two means run over the batch."),
    flagged("layer norm dgamma", LayerNorm, "dgamma without xhat", ROWS, "value left out", "dgamma = sum of dy, without xhat."),
    flagged("layer norm dbeta", LayerNorm, "mean of dbeta", ROWS, "count", "dbeta is a mean over the batch, not a sum."),
    flagged("instance norm over the batch", InstanceNorm, "whole batch", IMAGE, "wrong axis", "Means over N too."),
    flagged("instance norm not divided", InstanceNorm, "not divided by std", IMAGE, "value left out", "1/std is missing.",
            also=(TERM, "missing factor")),
    flagged("group norm gamma order", GroupNorm, "gamma in another order", IMAGE, "permuted",
            "Gamma is read group by group the wrong way; invisible while all gammas are 1.", hard=True),
    flagged("group norm counts pixels", GroupNorm, "counts pixels alone", IMAGE, "count", "M forgets the channels of a group.",
            also=(TERM,)),
    flagged("rms norm projection", RMSNorm, "no projection", ROWS, TERM, "The root mean square is taken for a constant."),
    flagged("rms norm projection gamma", RMSNorm, "no gamma in the projection", ROWS, "value left out",
            "The projection uses dy without gamma.", hard=True, also=(TERM,)),
    flagged("rms norm sum for mean", RMSNorm, "sum for mean", ROWS, "count", "The projection is D times too large.",
            also=(TERM,)),
    flagged("weight norm projection", WeightNormDense, "no projection", (3, 4), TERM, "dv keeps the part along v."),
    flagged("weight norm dg", WeightNormDense, "dg of v", (3, 4), "value left out", "dg uses v where the unit vector is right.",
            also=("wrong variable", "missing factor")),
    flagged("weight norm without g", WeightNormDense, "no g", (3, 4), "value left out", "dv forgets g, which is 1 at birth.",
            hard=True),
    flagged("l2 normalize projection", L2Normalize, "no projection", ROWS, TERM, "The length is taken for a constant."),
    flagged("l2 normalize axis", L2Normalize, "axis", (4, 4), "wrong axis", "The sum runs over the batch.", also=(TERM,)),
    flagged("l2 normalize short rows", L2Normalize, "projects short rows", ROWS, "threshold",
            "Rows shorter than the bound are divided by a constant, but backward projects them.", hard=True),
    flagged("batch norm detached mean", BatchNorm, "detached mean", (4, 4), TERM, "The mean is taken for a constant."),
    flagged("batch norm detached variance", BatchNorm, "detached variance", (4, 4), TERM, "The variance is taken for a constant."),
    flagged("batch norm eval", EvaluatedBatchNorm, "always the training formula", (4, 4), "mode",
            "In evaluation the statistics are constants.", also=(TERM,)),
    flagged("mean-only norm", MeanOnlyNorm, "detached", (3, 4), TERM, "dx = dy, as if the mean were a constant."),
    flagged("local response norm neighbours", LocalResponseNorm, "no neighbours", (2, 2, 2, 5), TERM,
            "x divides its neighbours' outputs too.", also=("missing path",)),
    flagged("local response norm a", LocalResponseNorm, "no a", (2, 2, 2, 5), "missing factor",
            "The factor a of the sum is missing in its derivative.", also=(TERM, "activation derivative")),
]
