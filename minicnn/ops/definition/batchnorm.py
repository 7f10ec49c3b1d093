"""Batch normalization, one channel after the other."""

import math

import numpy as np

from .activations import relu, relu_backward


def batch_norm(x, gamma, beta, epsilon=1e-5):
    """Mean and variance of each channel, then normalize with them."""
    mean, var = np.zeros(x.shape[-1], x.dtype), np.zeros(x.shape[-1], x.dtype)
    axes = x.shape[:-1]
    for c in range(x.shape[-1]):
        total = sum(float(x[(*p, c)]) for p in np.ndindex(axes))
        mean[c] = total / math.prod(axes)
        squares = sum((float(x[(*p, c)]) - total / math.prod(axes)) ** 2 for p in np.ndindex(axes))
        var[c] = squares / math.prod(axes)
    return batch_norm_eval(x, gamma, beta, mean, var, epsilon), mean, var


def batch_norm_backward(dy, x, gamma, mean, var, epsilon=1e-5):
    """dx has three parts: through x itself, through the mean, and through the variance."""
    _, dgamma, dbeta = batch_norm_eval_backward(dy, x, gamma, mean, var, epsilon)
    dx = np.zeros(x.shape, dy.dtype)
    M = math.prod(x.shape[:-1])                                    # how many numbers one mean is taken over
    for index in np.ndindex(x.shape):
        c = index[-1]
        std = math.sqrt(var[c] + epsilon)
        x_hat = (x[index] - mean[c]) / std
        dx[index] = gamma[c] / std * (dy[index] - dbeta[c] / M - x_hat * dgamma[c] / M)
    return dx, dgamma, dbeta


def batch_norm_eval(x, gamma, beta, mean, var, epsilon=1e-5):
    """Normalize with a given mean and variance, then scale and shift."""
    y = np.zeros(x.shape, x.dtype)
    for index in np.ndindex(x.shape):
        c = index[-1]
        y[index] = gamma[c] * (x[index] - mean[c]) / math.sqrt(var[c] + epsilon) + beta[c]
    return y


def batch_norm_eval_backward(dy, x, gamma, mean, var, epsilon=1e-5):
    """Mean and variance are constants here."""
    dx = np.zeros(x.shape, dy.dtype)
    dgamma, dbeta = np.zeros(x.shape[-1], dy.dtype), np.zeros(x.shape[-1], dy.dtype)
    for index in np.ndindex(x.shape):
        c = index[-1]
        std = math.sqrt(var[c] + epsilon)
        dbeta[c] += dy[index]
        dgamma[c] += dy[index] * (x[index] - mean[c]) / std
        dx[index] = dy[index] * gamma[c] / std
    return dx, dgamma, dbeta


def batch_norm_relu(x, gamma, beta, epsilon=1e-5):
    """First the batch norm, then the ReLU."""
    y, mean, var = batch_norm(x, gamma, beta, epsilon)
    return relu(y), mean, var


def batch_norm_relu_backward(dy, x, gamma, beta, mean, var, epsilon=1e-5):
    """Back through the ReLU, then back through the batch norm."""
    y = batch_norm_eval(x, gamma, beta, mean, var, epsilon)
    return batch_norm_backward(relu_backward(dy, y), x, gamma, mean, var, epsilon)


def batch_norm_eval_relu(x, gamma, beta, mean, var, epsilon=1e-5):
    """First the batch norm, then the ReLU."""
    return relu(batch_norm_eval(x, gamma, beta, mean, var, epsilon))
