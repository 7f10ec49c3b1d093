"""The check of exercise 18."""

import numpy as np

from minicnn.learn import advised, check_backward, compare_forward
from minicnn.learn.small import drawn
from minicnn.ops import reference

# As in chapter 12, but for gamma: there it is 2, as the std is, so a forgotten gamma and a forgotten root would look alike.
X, GAMMA, BETA = np.array([[1.0], [1.0], [5.0], [5.0]]), np.array([3.0]), np.array([10.0])
DY, MEAN, VAR = np.array([[4.0], [0.0], [0.0], [0.0]]), np.array([3.0]), np.array([4.0])


def changed(change):
    """Forward, where change(x, gamma, beta, mean, var, epsilon) gives other results."""
    def wrong(x, gamma, beta, epsilon=1e-5):
        _, mean, var = reference.batch_norm(x, gamma, beta, epsilon)
        return change(x, gamma, beta, mean, var, epsilon)
    return wrong


def y_of(x, gamma, beta, mean, var, epsilon):
    return reference.batch_norm_eval(x, gamma, beta, mean, var, epsilon)


def m_minus_1(x, gamma, beta, mean, var, epsilon):
    M = x.size // x.shape[-1]
    var = var * M / (M - 1)
    return y_of(x, gamma, beta, mean, var, epsilon), mean, var


FORWARD = {
    "epsilon must stand inside the root: sqrt(var + epsilon)": changed(lambda x, g, b, mean, var, eps: (
        g * (x - mean) / (np.sqrt(var) + eps) + b, mean, var)),
    "the root is missing: divide by sqrt(var + epsilon), not by var + epsilon": changed(lambda x, g, b, mean, var, eps: (
        g * (x - mean) / (var + eps) + b, mean, var)),
    "epsilon is not added to var: sqrt(var + epsilon)": changed(lambda x, g, b, mean, var, eps: (
        y_of(x, g, b, mean, var, 0), mean, var)),
    "the variance is divided by M - 1. Here it is the mean of the squares: divided by M": changed(m_minus_1),
    "var is the standard deviation. Return the variance, its square": changed(lambda x, g, b, mean, var, eps: (
        y_of(x, g, b, mean, var, eps), mean, np.sqrt(var))),
    "beta is not added": changed(lambda x, g, b, mean, var, eps: (y_of(x, g, 0 * b, mean, var, eps), mean, var)),
    "gamma is not used: y = gamma * x_hat + beta": changed(lambda x, g, b, mean, var, eps: (
        y_of(x, 1, b, mean, var, eps), mean, var)),
}


def terms(choose):
    """Backward, where dx = choose(gamma, std, dy, mean of dy, x_hat, mean of dy * x_hat, sizes)."""
    def wrong(dy, x, gamma, mean, var, epsilon=1e-5):
        _, dgamma, dbeta = reference.batch_norm_backward(dy, x, gamma, mean, var, epsilon)
        M, std = x.size // x.shape[-1], np.sqrt(var + epsilon)
        return choose(gamma, std, dy, dbeta / M, (x - mean) / std, dgamma / M, M / len(x)), dgamma, dbeta
    return wrong


def dgamma_of(factor):
    def wrong(dy, x, gamma, mean, var, epsilon=1e-5):
        dx, _, dbeta = reference.batch_norm_backward(dy, x, gamma, mean, var, epsilon)
        return dx, (dy * factor(x, mean)).sum(axis=tuple(range(x.ndim - 1))), dbeta
    return wrong


BACKWARD = {
    "the path through the variance is missing: x also changes the variance of its channel": terms(
        lambda gamma, std, dy, a, x_hat, b, _: gamma / std * (dy - a)),
    "the path through the mean is missing: x also changes the mean of its channel": (
        terms(lambda gamma, std, dy, a, x_hat, b, _: gamma / std * (dy - x_hat * b))),
    "the mean and the variance are taken for constants. They depend on x, so two more paths come back": terms(
        lambda gamma, std, dy, a, x_hat, b, _: gamma / std * dy),
    "gamma is missing in dx: y = gamma * x_hat + beta, so the gradient of x_hat is gamma * dy": terms(
        lambda gamma, std, dy, a, x_hat, b, _: (dy - a - x_hat * b) / std),
    "M is N * H * W for images, not the batch size: that many numbers share one mean": terms(
        lambda gamma, std, dy, a, x_hat, b, more: _with_wrong_m(gamma, std, dy, a, x_hat, b, more)),
    "dgamma is the sum of dy * x_hat, not of dy * x": dgamma_of(lambda x, mean: x),
    "dgamma is the sum of dy * x_hat: c = x - mean must be divided by the std": dgamma_of(lambda x, mean: x - mean),
}


def _with_wrong_m(gamma, std, dy, a, x_hat, b, more):
    dc = gamma / std * (dy - x_hat * b * more)
    return dc - dc.sum(axis=tuple(range(dy.ndim - 1))) / (dy.size // dy.shape[-1]) * more


def check(task):
    of_channels = "each channel has one mean and one variance, over all axes but the channels: axis=axes"
    with advised({"mean of shape": of_channels, "var of shape": of_channels}):
        for x, gamma, beta, epsilon in (
                (X, GAMMA, BETA, 0.0), (X, GAMMA, BETA, 1.0), (drawn(5, 3), drawn(3), drawn(3, seed=1), 0.5),
                (3 + drawn(2, 3, 4, 2), drawn(2), drawn(2, seed=1), 0.1)):
            arguments = {"x": x, "gamma": gamma, "beta": beta, "epsilon": epsilon}
            compare_forward(task, "batch_norm", arguments, mistakes=FORWARD, float32=x.ndim == 4)
    small = {"dy": DY, "x": X, "gamma": GAMMA, "mean": MEAN, "var": VAR, "epsilon": 0.0}
    cases = [({"x": 1 + drawn(*shape), "gamma": drawn(shape[-1]), "beta": drawn(shape[-1], seed=1)}, {"epsilon": epsilon})
             for shape, epsilon in (((5, 3), 1e-5), ((2, 3, 2, 4), 0.5))]
    check_backward(task, "batch_norm_backward", small, cases, mistakes=BACKWARD)
