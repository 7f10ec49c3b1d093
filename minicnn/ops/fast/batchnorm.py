"""Batch normalization: statistics over all axes but the channels.

The formulas of the reference implementation. The pixels are cut into chunks, how many depends on the number of pixels
alone; each chunk sums by itself, and the chunks are added in order. Normalising is then one pass, y = x * scale + shift,
with one scale and one shift a channel: gamma / sqrt(var + epsilon) is computed once, not for each pixel.
The variance is the mean of (x - mean)**2, in a second pass: mean(x**2) - mean(x)**2 would lose all digits where the
mean is large.
"""

import numpy as np
from numba import prange

from .kernels.arrays import plain, plains
from .kernels.memory_pool import empty
from .kernels.sizes import ceil_div
from .kernels.threads import parallel

CHUNKS = 64     # enough for the threads of a large machine
SHORTEST = 16   # pixels


@parallel
def channel_sums(a, b, mean, scale, plain_sum, product_sum, partials):
    """plain_sum[c] = sum of a, product_sum[c] = sum of a * (b - mean) * scale, over all pixels."""
    (M, C), CHUNKS = a.shape, partials.shape[0]
    for chunk in prange(CHUNKS):
        partials[chunk] = 0
        for m in range(M * chunk // CHUNKS, M * (chunk + 1) // CHUNKS):
            for c in range(C):
                partials[chunk, 0, c] += a[m, c]
                partials[chunk, 1, c] += a[m, c] * ((b[m, c] - mean[c]) * scale[c])
    for c in prange(C):
        plain_sum[c], product_sum[c] = partials[0, 0, c], partials[0, 1, c]
        for chunk in range(1, CHUNKS):
            plain_sum[c] += partials[chunk, 0, c]
            product_sum[c] += partials[chunk, 1, c]


@parallel
def square_sums(x, mean, total, partials):
    """total[c] = sum of (x - mean)**2 over all pixels."""
    (M, C), CHUNKS = x.shape, partials.shape[0]
    for chunk in prange(CHUNKS):
        partials[chunk] = 0
        for m in range(M * chunk // CHUNKS, M * (chunk + 1) // CHUNKS):
            for c in range(C):
                partials[chunk, 0, c] += (x[m, c] - mean[c]) * (x[m, c] - mean[c])
    for c in prange(C):
        total[c] = partials[0, 0, c]
        for chunk in range(1, CHUNKS):
            total[c] += partials[chunk, 0, c]


@parallel
def normalize(x, y, mean, scale, shift):
    """y = (x - mean) * scale + shift, one mean, scale and shift a channel."""
    M, C = x.shape
    for m in prange(M):
        for c in range(C):
            y[m, c] = (x[m, c] - mean[c]) * scale[c] + shift[c]


@parallel
def combine(dy, x, dx, mean, scale, x_scale, shift):
    """dx = dy * scale + (x - mean) * x_scale + shift."""
    M, C = x.shape
    for m in prange(M):
        for c in range(C):
            dx[m, c] = dy[m, c] * scale[c] + (x[m, c] - mean[c]) * x_scale[c] + shift[c]


def partial_sums(M, C, dtype):
    """Memory for the chunks' sums: at most CHUNKS chunks, each of at least SHORTEST pixels."""
    return empty((min(CHUNKS, ceil_div(M, SHORTEST)), 2, C), dtype)


def rows(*arrays):
    """Images (N, H, W, C) or rows (N, C) as rows (N*H*W, C)."""
    return [array.reshape(-1, array.shape[-1]) for array in plains(*arrays)]


def batch_norm(x, gamma, beta, epsilon=1e-5):
    """y, mean, var: each channel of this batch at mean 0 and variance 1, then scaled and shifted."""
    flat, = rows(x)
    (M, C), dtype = flat.shape, flat.dtype
    mean, var, unused = np.zeros(C, dtype), empty((C,), dtype), empty((C,), dtype)
    total = empty((C,), dtype)
    channel_sums(flat, flat, mean, np.ones(C, dtype), total, unused, partial_sums(M, C, dtype))
    mean = total / dtype.type(M)
    square_sums(flat, mean, var, partial_sums(M, C, dtype))
    var /= dtype.type(M)
    return batch_norm_eval(x, gamma, beta, mean, var, epsilon), mean, var


def batch_norm_eval(x, gamma, beta, mean, var, epsilon=1e-5):
    """y = gamma * (x - mean) / sqrt(var + epsilon) + beta, with statistics that are given."""
    flat, = rows(x)
    dtype = flat.dtype
    y = empty(flat.shape, dtype)
    scale = gamma / np.sqrt(var + dtype.type(epsilon))
    normalize(flat, y, plain(mean, dtype), plain(scale, dtype), plain(beta, dtype))
    return y.reshape(x.shape)


def sums_backward(dy, x, mean, var, epsilon):
    """dgamma = sum of dy * x_hat, dbeta = sum of dy, and 1 / sqrt(var + epsilon)."""
    (M, C), dtype = x.shape, x.dtype
    scale = dtype.type(1) / np.sqrt(var + dtype.type(epsilon))
    dgamma, dbeta = empty((C,), dtype), empty((C,), dtype)
    channel_sums(dy, x, plain(mean, dtype), plain(scale, dtype), dbeta, dgamma, partial_sums(M, C, dtype))
    return dgamma, dbeta, scale


def batch_norm_backward(dy, x, gamma, mean, var, epsilon=1e-5):
    """dx = gamma / sqrt(var + epsilon) * (dy - mean of dy - x_hat * mean of (dy * x_hat)), dgamma, dbeta."""
    shape, (dy, x) = x.shape, rows(dy, x)
    M, dtype = x.dtype.type(x.shape[0]), x.dtype
    dgamma, dbeta, scale = sums_backward(dy, x, mean, var, epsilon)
    dx, dy_scale = empty(x.shape, dtype), gamma * scale
    combine(dy, x, dx, *(plain(a, dtype) for a in (mean, dy_scale, -dy_scale * scale * dgamma / M, -dy_scale * dbeta / M)))
    return dx.reshape(shape), dgamma, dbeta


def batch_norm_eval_backward(dy, x, gamma, mean, var, epsilon=1e-5):
    """dx = dy * gamma / sqrt(var + epsilon), dgamma, dbeta: mean and var are constants."""
    shape, (dy, x) = x.shape, rows(dy, x)
    dtype = x.dtype
    dgamma, dbeta, scale = sums_backward(dy, x, mean, var, epsilon)
    dx, zero = empty(x.shape, dtype), np.zeros(x.shape[1], dtype)
    normalize(dy, dx, zero, plain(gamma * scale, dtype), zero)
    return dx.reshape(shape), dgamma, dbeta
