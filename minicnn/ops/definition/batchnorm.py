"""Batch normalisation, one channel after the other. `others` are the axes N or N, H, W: all but the channels."""

import math

import numpy as np


def batch_norm(x, gamma, beta, epsilon=1e-5):
    mean, var = np.zeros(x.shape[-1], x.dtype), np.zeros(x.shape[-1], x.dtype)
    others = x.shape[:-1]
    for c in range(x.shape[-1]):
        total = sum(float(x[(*p, c)]) for p in np.ndindex(others))
        mean[c] = total / math.prod(others)
        squares = sum((float(x[(*p, c)]) - total / math.prod(others)) ** 2 for p in np.ndindex(others))
        var[c] = squares / math.prod(others)
    return batch_norm_eval(x, gamma, beta, mean, var, epsilon), mean, var


def batch_norm_backward(dy, x, gamma, mean, var, epsilon=1e-5):
    _, dgamma, dbeta = batch_norm_eval_backward(dy, x, gamma, mean, var, epsilon)
    dx = np.zeros(x.shape, dy.dtype)
    M = math.prod(x.shape[:-1])                                    # how many numbers share one mean
    for index in np.ndindex(x.shape):
        c = index[-1]
        deviation = math.sqrt(var[c] + epsilon)
        x_hat = (x[index] - mean[c]) / deviation
        dx[index] = gamma[c] / deviation * (dy[index] - dbeta[c] / M - x_hat * dgamma[c] / M)
    return dx, dgamma, dbeta


def batch_norm_eval(x, gamma, beta, mean, var, epsilon=1e-5):
    y = np.zeros(x.shape, x.dtype)
    for index in np.ndindex(x.shape):
        c = index[-1]
        y[index] = gamma[c] * (x[index] - mean[c]) / math.sqrt(var[c] + epsilon) + beta[c]
    return y


def batch_norm_eval_backward(dy, x, gamma, mean, var, epsilon=1e-5):
    dx = np.zeros(x.shape, dy.dtype)
    dgamma, dbeta = np.zeros(x.shape[-1], dy.dtype), np.zeros(x.shape[-1], dy.dtype)
    for index in np.ndindex(x.shape):
        c = index[-1]
        deviation = math.sqrt(var[c] + epsilon)
        dbeta[c] += dy[index]
        dgamma[c] += dy[index] * (x[index] - mean[c]) / deviation
        dx[index] = dy[index] * gamma[c] / deviation
    return dx, dgamma, dbeta
