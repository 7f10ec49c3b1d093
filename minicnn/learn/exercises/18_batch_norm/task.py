"""Exercise 18: batch norm, forward and backward. Chapter 12, 'Batch norm, derived'.

Each channel (the last axis) has its own mean and variance. They are taken over all other axes: over the batch, and for
images over all rows and columns too.

Replace each `...` by your code. Then run:  minicnn learn check 18
"""

import numpy as np


def batch_norm(x, gamma, beta, epsilon=1e-5):
    """Bring each channel to mean 0 and variance 1, then scale and shift it.

        x_hat = (x - mean) / sqrt(var + epsilon),      y = gamma * x_hat + beta

    var is the mean of the squares of x - mean: divided by M, not by M - 1.
    Shapes: x (N, C) or (N, H, W, C), gamma (C,), beta (C,) -> the tuple (y, mean, var): y like x, mean (C,), var (C,).
    """
    axes = tuple(range(x.ndim - 1))                      # all axes but the channels
    ...


def batch_norm_backward(dy, x, gamma, mean, var, epsilon=1e-5):
    """The gradients with respect to x, gamma and beta. mean and var are what forward returned.

    x reaches y by three paths: directly, through the mean, and through the variance. Use the stages of chapter 12, or the
    formula at their end.
    Shapes: dy like x -> the tuple (dx, dgamma, dbeta): dx like x, dgamma (C,), dbeta (C,).
    """
    axes = tuple(range(x.ndim - 1))
    ...
