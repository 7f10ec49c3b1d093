# says: batch_norm
# says: the root is missing

import numpy as np


def batch_norm(x, gamma, beta, epsilon=1e-5):
    axes = tuple(range(x.ndim - 1))
    mean = x.mean(axis=axes)
    var = ((x - mean) ** 2).mean(axis=axes)
    x_hat = (x - mean) / (var + epsilon)
    return gamma * x_hat + beta, mean, var


def batch_norm_backward(dy, x, gamma, mean, var, epsilon=1e-5):
    axes = tuple(range(x.ndim - 1))
    M = x.size // x.shape[-1]
    c = x - mean
    std = np.sqrt(var + epsilon)
    x_hat = c / std
    dbeta = dy.sum(axis=axes)
    dgamma = (dy * x_hat).sum(axis=axes)
    dx_hat = dy * gamma
    dc = dx_hat / std
    dstd = (dx_hat * -c / std**2).sum(axis=axes)
    dvar = dstd / (2 * std)
    dc = dc + dvar * 2 * c / M
    dmean = -dc.sum(axis=axes)
    dx = dc + dmean / M
    return dx, dgamma, dbeta
