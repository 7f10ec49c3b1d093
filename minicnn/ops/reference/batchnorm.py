"""Batch normalization: statistics over every axis but the channels."""

import numpy as np

from .activations import relu, relu_backward


def batch_norm(x, gamma, beta, epsilon=1e-5):
    """Mean and variance of each channel, then normalize with them."""
    axes = tuple(range(x.ndim - 1))
    mean = x.mean(axis=axes, dtype=np.float64).astype(x.dtype)   # a long sum in float32 would lose digits
    var = np.square(x - mean).mean(axis=axes, dtype=np.float64).astype(x.dtype)
    return batch_norm_eval(x, gamma, beta, mean, var, epsilon), mean, var


def batch_norm_backward(dy, x, gamma, mean, var, epsilon=1e-5):
    """As batch_norm_eval_backward, but dx also has the parts that flow through the mean and the variance."""
    M = x.size // x.shape[-1]                                      # how many numbers one mean is taken over
    std = np.sqrt(var + epsilon)
    x_hat = (x - mean) / std
    _, dgamma, dbeta = batch_norm_eval_backward(dy, x, gamma, mean, var, epsilon)
    # dy comes through x itself, dbeta / M = the mean of dy through the mean, the last term through the variance
    dx = gamma / std * (dy - dbeta / M - x_hat * (dgamma / M))
    return dx, dgamma, dbeta


def batch_norm_eval(x, gamma, beta, mean, var, epsilon=1e-5):
    """x_hat = (x - mean) / std, then scale and shift."""
    return gamma * ((x - mean) / np.sqrt(var + epsilon)) + beta


def batch_norm_eval_backward(dy, x, gamma, mean, var, epsilon=1e-5):
    """Mean and variance are constants here, so each x reaches the loss only through its own y."""
    axes = tuple(range(x.ndim - 1))
    std = np.sqrt(var + epsilon)
    dbeta = dy.sum(axis=axes)
    dgamma = (dy * ((x - mean) / std)).sum(axis=axes)
    dx = dy * (gamma / std)
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
