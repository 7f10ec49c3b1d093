"""Pooling: one walk over the windows, the channels side by side in vector lanes.

The reference rung combines KH*KW shifted views of the whole image, each a pass through memory. Here a window's numbers
are combined while they are in registers: one pass to read x, one to write y. Windows are clipped to the image instead
of padded (minus infinity never wins, a zero adds nothing).

max_pool2d_backward finds the winners again from x rather than from an index that forward would have to store: the
index costs as much traffic as it saves, and an op keeps no state. With `relu` (see fused.py) it is the backward pass of
ReLU and of the pooling behind it at once, given the ReLU's result as x: a winner that is not positive passes nothing on. (The
pooling of the ReLU and the ReLU of the pooling are the same numbers.)

Threads share images where windows overlap (two windows add to one pixel), else rows of windows.
"""

from numba import prange

from ...shapes import window
from .kernels.arrays import plain, plains
from .kernels.compiler import serial, serial_apart
from .kernels.memory_pool import empty
from .kernels.threads import parallel


@serial
def clip(i, stride, before, kernel, size):
    """First and last+1 pixel of window i that lie in the image."""
    first = i * stride - before
    return max(first, 0), min(first + kernel, size)


@parallel
def largest(x, y, sizes):
    N, H, W, C, KH, KW, SH, SW, top, left, OH, OW = sizes
    for row in prange(N * OH):
        n, i = row // OH, row % OH
        h0, h1 = clip(i, SH, top, KH, H)
        for j in range(OW):
            w0, w1 = clip(j, SW, left, KW, W)
            if h1 - h0 == 2 and w1 - w0 == 2:
                for c in range(C):
                    m = larger(x[n, h0, w0, c], x[n, h0, w0 + 1, c])
                    y[n, i, j, c] = larger(larger(m, x[n, h0 + 1, w0, c]), x[n, h0 + 1, w0 + 1, c])
            else:
                for c in range(C):
                    y[n, i, j, c] = x[n, h0, w0, c]
                for h in range(h0, h1):
                    for w in range(w0, w1):
                        for c in range(C):
                            y[n, i, j, c] = larger(y[n, i, j, c], x[n, h, w, c])


@serial
def larger(a, b):
    """The larger; a NaN wins."""
    return b if b > a or b != b else a


@parallel
def to_largest(dy, x, dx, sizes, ROWS, relu):
    """dx[n, h, w, c] = sum of dy over the windows whose first maximum the pixel is."""
    N, H, W, C, KH, KW, SH, SW, top, left, OH, OW = sizes
    BLOCKS = -(-OH // ROWS)
    for unit in prange(N * BLOCKS):
        n, first = unit // BLOCKS, unit % BLOCKS * ROWS
        last = min(first + ROWS, OH)
        dx[n, max(0, first * SH - top) if first else 0:min(H, last * SH - top) if last < OH else H] = 0
        for i in range(first, last):
            h0, h1 = clip(i, SH, top, KH, H)
            for j in range(OW):
                w0, w1 = clip(j, SW, left, KW, W)
                for c in range(C):
                    best, h, w = x[n, h0, w0, c], h0, w0
                    for p in range(h0, h1):
                        for q in range(w0, w1):
                            if wins(x[n, p, q, c], best):
                                best, h, w = x[n, p, q, c], p, q
                    if not relu or best > 0:
                        dx[n, h, w, c] += dy[n, i, j, c]


@serial
def wins(value, best):
    """Whether `value`, met later, takes the place of `best`: the first maximum stays, and a NaN is the largest."""
    return ((value > best) | (value != value)) & (best == best)


@serial_apart
def four_to_largest(dy, above, below, dx_a, dx_b, dx_c, dx_d, relu):
    """One row of 2x2 windows a b / c d: a tournament instead of a search, all channels at once."""
    zero = dy.dtype.type(0)
    for j in range(dy.shape[0]):
        for c in range(dy.shape[1]):
            a, b = above[2 * j, c], above[2 * j + 1, c]
            right = wins(b, a)
            best = b if right else a
            a, b = below[2 * j, c], below[2 * j + 1, c]
            right_below = wins(b, a)
            best_below = b if right_below else a
            down = wins(best_below, best)
            best = best_below if down else best
            g = dy[j, c] if (best > zero) | (not relu) else zero
            dx_a[2 * j, c] = zero if right | down else g
            dx_b[2 * j + 1, c] = g if right & (not down) else zero
            dx_c[2 * j, c] = g if down & (not right_below) else zero
            dx_d[2 * j + 1, c] = g if down & right_below else zero


@parallel
def to_largest_of_four(dy, x, dx, relu):
    """to_largest for windows of 2x2 side by side."""
    N, OH, OW, _ = dy.shape
    for row in prange(N * OH):
        n, i = row // OH, row % OH
        above, below = dx[n, 2 * i], dx[n, 2 * i + 1]
        four_to_largest(dy[n, i], x[n, 2 * i], x[n, 2 * i + 1], above, above, below, below, relu)
        above[2 * OW:], below[2 * OW:] = 0, 0
        dx[n, 2 * OH:] = 0


@parallel
def means(x, y, sizes, share):
    N, H, W, C, KH, KW, SH, SW, top, left, OH, OW = sizes
    for row in prange(N * OH):
        n, i = row // OH, row % OH
        h0, h1 = clip(i, SH, top, KH, H)
        for j in range(OW):
            w0, w1 = clip(j, SW, left, KW, W)
            y[n, i, j] = 0
            for h in range(h0, h1):
                for w in range(w0, w1):
                    for c in range(C):
                        y[n, i, j, c] += x[n, h, w, c]
            for c in range(C):
                y[n, i, j, c] *= share


@parallel
def to_all(dy, dx, sizes, share):
    N, H, W, C, KH, KW, SH, SW, top, left, OH, OW = sizes
    for n in prange(N):
        dx[n] = 0
        for i in range(OH):
            h0, h1 = clip(i, SH, top, KH, H)
            for j in range(OW):
                w0, w1 = clip(j, SW, left, KW, W)
                for h in range(h0, h1):
                    for w in range(w0, w1):
                        for c in range(C):
                            dx[n, h, w, c] += dy[n, i, j, c] * share


def sizes_of(x_shape, kernel_size, stride, padding):
    stride = kernel_size if stride is None else stride
    KH, KW, SH, SW, top, _, left, _, OH, OW = window("pooling", x_shape, kernel_size, stride, padding)
    return (*x_shape, KH, KW, SH, SW, top, left, OH, OW)


def output(sizes, dtype):
    return empty((sizes[0], *sizes[10:], sizes[3]), dtype)


def max_pool2d(x, kernel_size, stride=None, padding=0):
    """The largest value of each window; a NaN is the largest of all."""
    sizes = sizes_of(x.shape, kernel_size, stride, padding)
    y = output(sizes, x.dtype)
    largest(plain(x), y, sizes)
    return y


def max_pool2d_backward(dy, x, kernel_size, stride=None, padding=0):
    """Each dy to the first maximum of its window."""
    return to_winners(False, dy, x, kernel_size, stride, padding)


def to_winners(relu, dy, x, kernel_size, stride, padding):
    """dx of y = max_pool2d(x); with `relu`, x is the result of a ReLU, and dx the gradient of the ReLU's input."""
    dy, x = plains(dy, x)
    sizes = sizes_of(x.shape, kernel_size, stride, padding)
    _, H, W, _, KH, _, SH, _, _, _, OH, OW = sizes
    dx = empty(x.shape, x.dtype)
    if sizes[4:10] == (2, 2, 2, 2, 0, 0) and 2 * OH <= H and 2 * OW <= W:
        to_largest_of_four(dy, x, dx, relu)
    else:
        to_largest(dy, x, dx, sizes, OH if KH > SH else min(OH, 4), relu)
    return dx


def avg_pool2d(x, kernel_size, stride=None, padding=0):
    """The mean of each window, padding counted as zeros."""
    sizes = sizes_of(x.shape, kernel_size, stride, padding)
    y = output(sizes, x.dtype)
    means(plain(x), y, sizes, x.dtype.type(1 / (sizes[4] * sizes[5])))
    return y


def avg_pool2d_backward(dy, x_shape, kernel_size, stride=None, padding=0):
    """Each dy, shared out evenly over its window."""
    sizes = sizes_of(x_shape, kernel_size, stride, padding)
    dx = empty(x_shape, dy.dtype)
    to_all(plain(dy), dx, sizes, dy.dtype.type(1 / (sizes[4] * sizes[5])))
    return dx


def global_avg_pool2d(x):
    """The mean over all pixels of each channel."""
    return avg_pool2d(x, x.shape[1:3]).reshape(x.shape[0], x.shape[3])


def global_avg_pool2d_backward(dy, x_shape):
    """The same share of dy for every pixel."""
    return avg_pool2d_backward(dy[:, None, None, :], x_shape, x_shape[1:3])


def max_pool2d_relu_backward(dy, y, kernel_size, stride=None, padding=0):
    """dx of max_pool2d(relu(x)), from y = relu(x)."""
    return to_winners(True, dy, y, kernel_size, stride, padding)
