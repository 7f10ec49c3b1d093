"""The kernels of batch norm: statistics, normalization and gradients, each one pass through memory.

A row of the arrays holds several pixels side by side, so that few channels fill the vector lanes. The rows are cut into
chunks. Each chunk sums by itself, and the chunks are added in order. A chunk stays in a core's cache, so its sum and its
squares around its own mean cost one pass through memory. The squares are then moved to the mean of all:

    sum of (x - mean)**2 = sum over chunks of  squares of the chunk + pixels of the chunk * (mean of the chunk - mean)**2

All terms are positive. mean(x**2) - mean(x)**2 would lose all digits where the mean is large.
"""

from .compiler import serial_apart
from .shares import pieces
from .threads import parallel


@serial_apart
def sum_chunk(x, first, last, partials, chunk):
    """Of the rows first..last-1 of x: the sum (0), the sum of the squares around the rows' mean (1), and that mean (2)."""
    width, zero = x.shape[1], x.dtype.type(0)
    for k in range(width):
        partials[chunk, 0, k], partials[chunk, 1, k] = zero, zero
    odd = first + (last - first) % 2
    for m in range(first, odd):
        for k in range(width):
            partials[chunk, 0, k] += x[m, k]
    for m in range(odd, last, 2):                                  # two rows at once: half of the loads and stores of sums
        for k in range(width):
            partials[chunk, 0, k] += x[m, k] + x[m + 1, k]
    for k in range(width):
        partials[chunk, 2, k] = partials[chunk, 0, k] / x.dtype.type(last - first)
    for m in range(first, odd):
        for k in range(width):
            a = x[m, k] - partials[chunk, 2, k]
            partials[chunk, 1, k] += a * a
    for m in range(odd, last, 2):
        for k in range(width):
            a, b = x[m, k] - partials[chunk, 2, k], x[m + 1, k] - partials[chunk, 2, k]
            partials[chunk, 1, k] += a * a + b * b


@serial_apart
def add_chunks(partials, part, total):
    """total[c] = the sum of partials[chunk, part, k] over all chunks, and over all k that belong to channel c."""
    CHUNKS, width, C = partials.shape[0], partials.shape[2], total.shape[0]
    for chunk in range(1, CHUNKS):
        for k in range(width):
            partials[0, part, k] += partials[chunk, part, k]
    for c in range(C):
        total[c] = partials[0, part, c]
    for k in range(C, width):
        total[k % C] += partials[0, part, k]


@serial_apart
def add_moments(partials, M, mean, var):
    """Mean and variance from the chunks of M rows; after it, partials[0, 0] is the mean of each number of a row."""
    CHUNKS, width, C = partials.shape[0], partials.shape[2], mean.shape[0]
    number = partials.dtype.type
    pixels = number(M * (width // C))
    add_chunks(partials, 0, mean)
    for c in range(C):
        mean[c] /= pixels
    for k in range(width):
        partials[0, 0, k] = mean[k % C]
    for chunk in range(CHUNKS):
        rows = number(M * (chunk + 1) // CHUNKS - M * chunk // CHUNKS)
        for k in range(width):
            distance = partials[chunk, 2, k] - partials[0, 0, k]
            partials[chunk, 1, k] += rows * distance * distance
    add_chunks(partials, 1, var)
    for c in range(C):
        var[c] /= pixels


@parallel
def sum_chunks(share, x, partials):
    """sum_chunk for the chunks of the share."""
    M, CHUNKS = x.shape[0], partials.shape[0]
    for chunk in pieces(share):
        sum_chunk(x, M * chunk // CHUNKS, M * (chunk + 1) // CHUNKS, partials, chunk)


@parallel
def moments_of_chunks(share, partials, M, mean, var):
    """Mean and biased variance of each channel, from the chunks of M rows: one piece."""
    for _ in pieces(share):
        add_moments(partials, M, mean, var)


@serial_apart
def normalize_rows(x, y, first, last, vectors, low):
    for m in range(first, last):
        for k in range(x.shape[1]):
            z = (x[m, k] - vectors[0, k]) * vectors[1, k] + vectors[2, k]
            y[m, k] = low if z < low else z


@parallel
def normalize(share, x, y, vectors, low, CHUNKS):
    """y = max((x - mean) * scale + shift, low); these three are the rows of `vectors`."""
    M = x.shape[0]
    for chunk in pieces(share):
        normalize_rows(x, y, M * chunk // CHUNKS, M * (chunk + 1) // CHUNKS, vectors, low)


@serial_apart
def sum_gradients(dy, x, first, last, vectors, everywhere, partials, chunk):
    """Over the rows first..last-1, and where the ReLU let x through: the sum of dy (0) and the sum of dy * x_hat (1)."""
    width, zero = x.shape[1], x.dtype.type(0)
    for k in range(width):
        partials[chunk, 0, k], partials[chunk, 1, k] = zero, zero
    odd = first + (last - first) % 2
    for m in range(first, odd):
        for k in range(width):
            a = x[m, k] - vectors[0, k]
            g = dy[m, k] if (a * vectors[1, k] + vectors[2, k] > zero) | everywhere else zero
            partials[chunk, 0, k] += g
            partials[chunk, 1, k] += g * (a * vectors[3, k])
    for m in range(odd, last, 2):
        for k in range(width):
            a, b = x[m, k] - vectors[0, k], x[m + 1, k] - vectors[0, k]
            g = dy[m, k] if (a * vectors[1, k] + vectors[2, k] > zero) | everywhere else zero
            h = dy[m + 1, k] if (b * vectors[1, k] + vectors[2, k] > zero) | everywhere else zero
            partials[chunk, 0, k] += g + h
            partials[chunk, 1, k] += g * (a * vectors[3, k]) + h * (b * vectors[3, k])


@parallel
def sum_gradient_chunks(share, dy, x, vectors, everywhere, partials):
    """sum_gradients for the chunks of the share.

    The rows of `vectors` are mean, scale, shift and 1 / std: x_hat = (x - mean) / std, y = (x - mean) * scale + shift.
    """
    M, CHUNKS = x.shape[0], partials.shape[0]
    for chunk in pieces(share):
        sum_gradients(dy, x, M * chunk // CHUNKS, M * (chunk + 1) // CHUNKS, vectors, everywhere, partials, chunk)


@parallel
def gradients_of_chunks(share, partials, dbeta, dgamma):
    """dbeta and dgamma from the chunks: two pieces."""
    for part in pieces(share):
        add_chunks(partials, part, dgamma if part else dbeta)


@serial_apart
def combine_rows(dy, x, dx, first, last, vectors, everywhere):
    zero = x.dtype.type(0)
    for m in range(first, last):
        for k in range(x.shape[1]):
            distance = x[m, k] - vectors[0, k]
            g = dy[m, k] if (distance * vectors[1, k] + vectors[2, k] > zero) | everywhere else zero
            dx[m, k] = g * vectors[3, k] + distance * vectors[4, k] + vectors[5, k]


@parallel
def combine(share, dy, x, dx, vectors, everywhere, CHUNKS):
    """dx = dy * dy_scale + (x - mean) * x_scale + dx_shift, with dy as in gradient_sums.

    The rows of `vectors` are mean, scale, shift, dy_scale, x_scale and dx_shift.
    """
    M = x.shape[0]
    for chunk in pieces(share):
        combine_rows(dy, x, dx, M * chunk // CHUNKS, M * (chunk + 1) // CHUNKS, vectors, everywhere)
