"""Batch normalisation, for (N, C) and (N, H, W, C) alike: statistics over every axis but the channels.

Source: Ioffe, Szegedy, 'Batch Normalization', 2015, algorithm 1 and the gradients under it.
"""

import numpy as np


def batch_norm(x, gamma, beta, epsilon=1e-5):
    """Give each channel of this batch mean 0 and variance 1, then scale and shift it.

    x_hat = (x - mean) / sqrt(var + epsilon),   y = gamma * x_hat + beta

    Shapes: x (N, C) or (N, H, W, C), gamma, beta (C,) -> y like x, mean (C,), var (C,) (biased: divided by N*H*W).
    Raises: ShapeError (also where N*H*W = 1: one value has no variance), DtypeError.
    """
    others = tuple(range(x.ndim - 1))
    mean = x.mean(axis=others, dtype=np.float64).astype(x.dtype)   # a long sum of float32 in float64: digits would be lost
    var = np.square(x - mean).mean(axis=others, dtype=np.float64).astype(x.dtype)
    return batch_norm_eval(x, gamma, beta, mean, var, epsilon), mean, var


def batch_norm_backward(dy, x, gamma, mean, var, epsilon=1e-5):
    """Gradients through x_hat and through the batch's own mean and variance, which depend on every x.

    dbeta = sum dy,   dgamma = sum dy * x_hat,
    dx = gamma / sqrt(var + epsilon) * (dy - mean of dy - x_hat * mean of (dy * x_hat))

    The two subtracted means are the directions in which x could move without changing y: all values of a channel
    up together (mean), or further apart (variance). So dx is orthogonal to ones and (but for epsilon) to x_hat.

    Shapes: dy, x (N, C) or (N, H, W, C), gamma, mean, var (C,) -> dx like x, dgamma (C,), dbeta (C,).
    Raises: ShapeError, DtypeError.
    """
    M = x.size // x.shape[-1]                                      # how many numbers share one mean
    deviation = np.sqrt(var + epsilon)
    x_hat = (x - mean) / deviation
    _, dgamma, dbeta = batch_norm_eval_backward(dy, x, gamma, mean, var, epsilon)
    dx = gamma / deviation * (dy - dbeta / M - x_hat * (dgamma / M))
    return dx, dgamma, dbeta


def batch_norm_eval(x, gamma, beta, mean, var, epsilon=1e-5):
    """Normalise with statistics that are given: y = gamma * (x - mean) / sqrt(var + epsilon) + beta.

    Shapes: x (N, C) or (N, H, W, C), gamma, beta, mean, var (C,) -> y like x.
    Raises: ShapeError, DtypeError.
    """
    return gamma * ((x - mean) / np.sqrt(var + epsilon)) + beta


def batch_norm_eval_backward(dy, x, gamma, mean, var, epsilon=1e-5):
    """Gradients where mean and var are constants: dx = dy * gamma / sqrt(var + epsilon), dgamma, dbeta as in train.

    Shapes: dy, x (N, C) or (N, H, W, C), gamma, mean, var (C,) -> dx like x, dgamma (C,), dbeta (C,).
    Raises: ShapeError, DtypeError.
    """
    others = tuple(range(x.ndim - 1))
    deviation = np.sqrt(var + epsilon)
    dbeta = dy.sum(axis=others)
    dgamma = (dy * ((x - mean) / deviation)).sum(axis=others)
    dx = dy * (gamma / deviation)
    return dx, dgamma, dbeta
