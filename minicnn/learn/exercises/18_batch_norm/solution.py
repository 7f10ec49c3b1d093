"""Exercise 18: batch norm, forward and backward, in the stages of chapter 12."""

import numpy as np


def batch_norm(x, gamma, beta, epsilon=1e-5):
    axes = tuple(range(x.ndim - 1))                      # all axes but the channels
    mean = x.mean(axis=axes)
    var = ((x - mean) ** 2).mean(axis=axes)
    x_hat = (x - mean) / np.sqrt(var + epsilon)          # epsilon inside the root
    return gamma * x_hat + beta, mean, var


def batch_norm_backward(dy, x, gamma, mean, var, epsilon=1e-5):
    axes = tuple(range(x.ndim - 1))
    M = x.size // x.shape[-1]                            # how many numbers of a channel share one mean
    c = x - mean
    std = np.sqrt(var + epsilon)
    x_hat = c / std
    dbeta = dy.sum(axis=axes)                            # y = gamma * x_hat + beta: beta is added everywhere
    dgamma = (dy * x_hat).sum(axis=axes)                 # gamma is multiplied everywhere
    dx_hat = dy * gamma
    dc = dx_hat / std                                    # x_hat = c / std: the first path to c
    dstd = (dx_hat * -c / std**2).sum(axis=axes)         # all x_hat of the channel use one std: a sum
    dvar = dstd / (2 * std)                              # std = sqrt(var + epsilon)
    dc = dc + dvar * 2 * c / M                           # var = mean of c ** 2: the second path to c
    dmean = -dc.sum(axis=axes)                           # c = x - mean: the mean is subtracted everywhere
    dx = dc + dmean / M                                  # mean = sum of x / M: the second path to x
    return dx, dgamma, dbeta
