"""Batch normalization: statistics over all axes but the channels; alone, and together with the ReLU after it.

The formulas of the reference implementation, in few passes through memory; the kernels are in kernels/batchnorm.py. Forward
reads x twice and writes y, backward reads dy and x twice and writes dx. The ReLU costs no pass: forward takes the maximum
with 0 before it writes, and backward computes again which numbers were positive.
"""

import numpy as np

from .kernels.arrays import plains
from .kernels.batchnorm import combine, gradients_of_chunks, moments_of_chunks, normalize, sum_chunks, sum_gradient_chunks
from .kernels.memory_pool import empty
from .kernels.sizes import ceil_div, remembered

CHUNKS = 64         # at least: enough for the threads of a large machine ...
SHORTEST = 16       # ... but a chunk has at least so many rows,
CACHE = 128 * 1024  # and its numbers take at most so many bytes
WIDE = 128          # numbers in a row, at most, if it holds several pixels


@remembered
def cut(M, C, itemsize):
    """How many pixels are put side by side in a row, and how many chunks of rows there are, for M pixels of C channels."""
    together = 1
    while 2 * together * C <= WIDE and M % (2 * together) == 0:
        together *= 2
    rows = M // together
    return together, min(max(CHUNKS, ceil_div(M * C * itemsize, CACHE)), ceil_div(rows, SHORTEST))


def rows(*arrays):
    """(how many chunks of rows there are, the arrays as rows of several pixels)."""
    arrays = plains(*arrays)
    C = arrays[0].shape[-1]
    together, chunks = cut(arrays[0].size // C, C, arrays[0].itemsize)
    return chunks, [array.reshape(-1, together * C) for array in arrays]


def wide(vectors, like):
    """Vectors (C,) as rows as long as those of `like`: one number for each number of several pixels."""
    width, C = like.shape[1], len(vectors[0])
    found = np.empty((len(vectors), width // C, C), like.dtype)
    for row, vector in zip(found, vectors):
        row[:] = vector
    return found.reshape(-1, width)


def batch_norm(x, gamma, beta, epsilon=1e-5):
    """y, mean, var: each channel of this batch at mean 0 and variance 1, then scaled and shifted."""
    mean, var = moments(x)
    return normalized(x, gamma, beta, mean, var, epsilon, -np.inf), mean, var


def batch_norm_relu(x, gamma, beta, epsilon=1e-5):
    """max(y, 0), mean, var."""
    mean, var = moments(x)
    return normalized(x, gamma, beta, mean, var, epsilon, 0), mean, var


def batch_norm_eval(x, gamma, beta, mean, var, epsilon=1e-5):
    """y = gamma * (x - mean) / sqrt(var + epsilon) + beta, with statistics that are given."""
    return normalized(x, gamma, beta, mean, var, epsilon, -np.inf)


def batch_norm_eval_relu(x, gamma, beta, mean, var, epsilon=1e-5):
    """max(y, 0), with statistics that are given."""
    return normalized(x, gamma, beta, mean, var, epsilon, 0)


def moments(x):
    """Mean and biased variance of each channel."""
    chunks, (flat,) = rows(x)
    mean, var = np.empty((2, x.shape[-1]), flat.dtype)
    partials = empty((chunks, 3, flat.shape[1]), flat.dtype)
    sum_chunks(chunks, flat, partials)
    moments_of_chunks(1, partials, len(flat), mean, var)
    return mean, var


def normalized(x, gamma, beta, mean, var, epsilon, low):
    """max(gamma * (x - mean) / sqrt(var + epsilon) + beta, low)."""
    chunks, (flat,) = rows(x)
    dtype = flat.dtype
    y = empty(flat.shape, dtype)
    normalize(chunks, flat, y, wide((mean, gamma / np.sqrt(var + dtype.type(epsilon)), beta), flat), dtype.type(low), chunks)
    return y.reshape(x.shape)


def batch_norm_backward(dy, x, gamma, mean, var, epsilon=1e-5):
    """dx = gamma / sqrt(var + epsilon) * (dy - mean of dy - x_hat * mean of (dy * x_hat)), dgamma, dbeta."""
    return backward(dy, x, gamma, gamma, mean, var, epsilon, True)


def batch_norm_relu_backward(dy, x, gamma, beta, mean, var, epsilon=1e-5):
    """The same for the dy of the ReLU's result: it counts where gamma * x_hat + beta > 0."""
    return backward(dy, x, gamma, beta, mean, var, epsilon, False)


def backward(dy, x, gamma, beta, mean, var, epsilon, everywhere):
    """dx, dgamma, dbeta; unless `everywhere`, for y = relu(batch_norm(x))."""
    shape, (chunks, (dy, x)) = x.shape, rows(dy, x)
    std, scale, dgamma, dbeta = gradients_of_vectors(dy, x, gamma, beta, mean, var, epsilon, everywhere, chunks)
    dx, M = empty(x.shape, x.dtype), x.dtype.type(x.size // len(gamma))
    vectors = wide((mean, scale, beta, scale, -scale * std * dgamma / M, -scale * dbeta / M), x)
    combine(chunks, dy, x, dx, vectors, everywhere, chunks)
    return dx.reshape(shape), dgamma, dbeta


def gradients_of_vectors(dy, x, gamma, beta, mean, var, epsilon, everywhere, chunks):
    """1 / sqrt(var + epsilon), gamma times that, dgamma = sum of dy * x_hat, and dbeta = sum of dy."""
    std = x.dtype.type(1) / np.sqrt(var + x.dtype.type(epsilon))
    dgamma, dbeta = np.empty((2, len(gamma)), x.dtype)
    partials = empty((chunks, 2, x.shape[1]), x.dtype)
    sum_gradient_chunks(chunks, dy, x, wide((mean, gamma * std, beta, std), x), everywhere, partials)
    gradients_of_chunks(2, partials, dbeta, dgamma)
    return std, gamma * std, dgamma, dbeta


def batch_norm_eval_backward(dy, x, gamma, mean, var, epsilon=1e-5):
    """dx = dy * gamma / sqrt(var + epsilon), dgamma, dbeta: mean and var are constants."""
    shape, (chunks, (dy, x)) = x.shape, rows(dy, x)
    _, scale, dgamma, dbeta = gradients_of_vectors(dy, x, gamma, gamma, mean, var, epsilon, True, chunks)
    dx, zero = empty(x.shape, x.dtype), np.zeros_like(scale)
    normalize(chunks, dy, dx, wide((zero, scale, zero), x), x.dtype.type(-np.inf), chunks)
    return dx.reshape(shape), dgamma, dbeta
