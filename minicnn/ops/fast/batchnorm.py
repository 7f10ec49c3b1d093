"""Batch normalization: statistics over all axes but the channels.

The formulas of the reference implementation. The pixels are cut into chunks, how many depends on the number of pixels
alone; each chunk sums by itself, and the chunks are added in order. Normalising is then one pass, y = x * scale + shift,
with one scale and one shift a channel: gamma / sqrt(var + epsilon) is computed once, not for each pixel.
The variance is the mean of (x - mean)**2, in a second pass: mean(x**2) - mean(x)**2 would lose all digits where the
mean is large.
"""

import numpy as np

from .kernels.arrays import plain, plains
from .kernels.memory_pool import empty
from .kernels.shares import pieces
from .kernels.sizes import ceil_div
from .kernels.threads import parallel

CHUNKS = 64     # enough for the threads of a large machine
SHORTEST = 16   # pixels


@parallel
def channel_sums(share, a, b, mean, scale, partials):
    """partials[chunk, 0, c] = sum of a, partials[chunk, 1, c] = sum of a * (b - mean) * scale, over the pixels of a chunk."""
    (M, C), CHUNKS = a.shape, partials.shape[0]
    for chunk in pieces(share):
        partials[chunk] = 0
        for m in range(M * chunk // CHUNKS, M * (chunk + 1) // CHUNKS):
            for c in range(C):
                partials[chunk, 0, c] += a[m, c]
                partials[chunk, 1, c] += a[m, c] * ((b[m, c] - mean[c]) * scale[c])


@parallel
def square_sums(share, x, mean, partials):
    """partials[chunk, 0, c] = sum of (x - mean)**2 over the pixels of a chunk."""
    (M, C), CHUNKS = x.shape, partials.shape[0]
    for chunk in pieces(share):
        partials[chunk] = 0
        for m in range(M * chunk // CHUNKS, M * (chunk + 1) // CHUNKS):
            for c in range(C):
                partials[chunk, 0, c] += (x[m, c] - mean[c]) * (x[m, c] - mean[c])


@parallel
def add_chunks(share, partials, sums):
    """sums[s, c] = the chunks' sums, added in order."""
    for c in pieces(share):
        for s in range(2):
            sums[s, c] = partials[0, s, c]
            for chunk in range(1, partials.shape[0]):
                sums[s, c] += partials[chunk, s, c]


@parallel
def normalize(share, x, y, mean, scale, shift):
    """y = (x - mean) * scale + shift, one mean, scale and shift a channel."""
    C = x.shape[1]
    for m in pieces(share):
        for c in range(C):
            y[m, c] = (x[m, c] - mean[c]) * scale[c] + shift[c]


@parallel
def combine(share, dy, x, dx, mean, scale, x_scale, shift):
    """dx = dy * scale + (x - mean) * x_scale + shift."""
    C = x.shape[1]
    for m in pieces(share):
        for c in range(C):
            dx[m, c] = dy[m, c] * scale[c] + (x[m, c] - mean[c]) * x_scale[c] + shift[c]


def sums_of(kernel, *arrays):
    """The two sums of each channel that `kernel` computes: (2, C).

    The pixels are cut into at most CHUNKS chunks, each of at least SHORTEST pixels.
    """
    (M, C), dtype = arrays[0].shape, arrays[0].dtype
    chunks = min(CHUNKS, ceil_div(M, SHORTEST))
    partials, sums = empty((chunks, 2, C), dtype), empty((2, C), dtype)
    kernel(chunks, *arrays, partials)
    add_chunks(C, partials, sums)
    return sums


def rows(*arrays):
    """Images (N, H, W, C) or rows (N, C) as rows (N*H*W, C)."""
    return [array.reshape(-1, array.shape[-1]) for array in plains(*arrays)]


def batch_norm(x, gamma, beta, epsilon=1e-5):
    """y, mean, var: each channel of this batch at mean 0 and variance 1, then scaled and shifted."""
    flat, = rows(x)
    (M, C), dtype = flat.shape, flat.dtype
    mean = sums_of(channel_sums, flat, flat, np.zeros(C, dtype), np.ones(C, dtype))[0] / dtype.type(M)
    var = sums_of(square_sums, flat, mean)[0] / dtype.type(M)
    return batch_norm_eval(x, gamma, beta, mean, var, epsilon), mean, var


def batch_norm_eval(x, gamma, beta, mean, var, epsilon=1e-5):
    """y = gamma * (x - mean) / sqrt(var + epsilon) + beta, with statistics that are given."""
    flat, = rows(x)
    dtype = flat.dtype
    y = empty(flat.shape, dtype)
    scale = gamma / np.sqrt(var + dtype.type(epsilon))
    normalize(len(flat), flat, y, plain(mean, dtype), plain(scale, dtype), plain(beta, dtype))
    return y.reshape(x.shape)


def sums_backward(dy, x, mean, var, epsilon):
    """dgamma = sum of dy * x_hat, dbeta = sum of dy, and 1 / sqrt(var + epsilon)."""
    dtype = x.dtype
    scale = dtype.type(1) / np.sqrt(var + dtype.type(epsilon))
    dbeta, dgamma = sums_of(channel_sums, dy, x, plain(mean, dtype), plain(scale, dtype))
    return dgamma, dbeta, scale


def batch_norm_backward(dy, x, gamma, mean, var, epsilon=1e-5):
    """dx = gamma / sqrt(var + epsilon) * (dy - mean of dy - x_hat * mean of (dy * x_hat)), dgamma, dbeta."""
    shape, (dy, x) = x.shape, rows(dy, x)
    M, dtype = x.dtype.type(x.shape[0]), x.dtype
    dgamma, dbeta, scale = sums_backward(dy, x, mean, var, epsilon)
    dx, dy_scale = empty(x.shape, dtype), gamma * scale
    x_scale, shift = -dy_scale * scale * dgamma / M, -dy_scale * dbeta / M
    combine(len(dy), dy, x, dx, *(plain(a, dtype) for a in (mean, dy_scale, x_scale, shift)))
    return dx.reshape(shape), dgamma, dbeta


def batch_norm_eval_backward(dy, x, gamma, mean, var, epsilon=1e-5):
    """dx = dy * gamma / sqrt(var + epsilon), dgamma, dbeta: mean and var are constants."""
    shape, (dy, x) = x.shape, rows(dy, x)
    dtype = x.dtype
    dgamma, dbeta, scale = sums_backward(dy, x, mean, var, epsilon)
    dx, zero = empty(x.shape, dtype), np.zeros(x.shape[1], dtype)
    normalize(len(dy), dy, dx, zero, plain(gamma * scale, dtype), zero)
    return dx.reshape(shape), dgamma, dbeta
