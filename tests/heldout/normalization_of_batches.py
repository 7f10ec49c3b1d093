"""Normalizations over the batch."""

import numpy as np

from minicnn import Layer, Parameter

from . import flagged


class BatchNorm(Layer):
    """Batch norm in training, by running statistics in evaluation."""

    buffer_names = ("running_mean", "running_var")

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


TERM = "normalization term"
CASES = [
    flagged("batch norm detached mean", BatchNorm, "detached mean", (4, 4), TERM, "The mean is taken for a constant."),
    flagged(
        "batch norm detached variance", BatchNorm, "detached variance", (4, 4), TERM, "The variance is taken for a constant."
    ),
    flagged(
        "batch norm eval",
        EvaluatedBatchNorm,
        "always the training formula",
        (4, 4),
        "mode",
        "In evaluation the statistics are constants.",
        also=(TERM,),
    ),
    flagged("mean-only norm", MeanOnlyNorm, "detached", (3, 4), TERM, "dx = dy, as if the mean were a constant."),
]
