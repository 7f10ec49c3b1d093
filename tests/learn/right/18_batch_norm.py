import numpy as np


def batch_norm(x, gamma, beta, epsilon=1e-5):
    axes = tuple(range(x.ndim - 1))
    mean = np.mean(x, axes)
    var = np.var(x, axes)
    return (x - mean) / (var + epsilon) ** 0.5 * gamma + beta, mean, var


def batch_norm_backward(dy, x, gamma, mean, var, epsilon=1e-5):
    axes = tuple(range(x.ndim - 1))
    inv = 1 / np.sqrt(var + epsilon)
    xh = (x - mean) * inv
    dgamma = np.sum(dy * xh, axes)
    dbeta = np.sum(dy, axes)
    return gamma * inv * (dy - dy.mean(axes) - xh * (dy * xh).mean(axes)), dgamma, dbeta
