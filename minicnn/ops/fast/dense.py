"""The dense layer and its gradients: three matrix products on the register tile.

The reference rung writes x @ w, dy @ w.T and x.T @ dy and leaves the rest to NumPy's BLAS. A BLAS brings a thread pool
of its own, and two pools spinning on the same cores cost a factor of four, so the products are cut here:

- y = x @ w + b: the sum over D is long and y is small, so D is cut into splits of at most SPLIT numbers. Each split is
  summed by itself (in parallel) and the splits are added in order: the same bits on any number of threads.
- dx = dy @ w.T and dw = x.T @ dy share one loop over blocks of D: both products of a block belong to nobody else.

Blocks of x are copied before use. The rows of x lie D numbers apart; D is often a multiple of a power of two, and then
all rows fall into the same few places of the cache and evict each other. The copy's rows are 16 numbers longer.
"""

import numpy as np
from numba import prange

from .kernels.arrays import plain, plains
from .kernels.compiler import serial
from .kernels.cpu import ROWS, lanes, panel
from .kernels.memory_pool import empty
from .kernels.threads import num_threads, parallel
from .kernels.tile import tile

SPLIT = 512   # numbers of one sum in dense: x's block (64 rows) and w's fit a core's L2
BLOCK = 96    # columns of x in one block of dense_backward: a multiple of every tile's rows and panel


@serial
def copy_block(a, n, d, count, width, out, step):
    """out[r, c] = a[n + r, d + c] with rows `step` apart."""
    for r in range(count):
        out[r * step:r * step + width] = a[n + r, d:d + width]


@serial
def widen_rows(w, d, count, out, KP):
    """out[r, k] = w[d + r, k], rows of KP >= K numbers, zeros at the end."""
    K = w.shape[1]
    for r in range(count):
        out[r * KP:r * KP + K] = w[d + r]
        out[r * KP + K:(r + 1) * KP] = 0


@serial
def copy_transposed(w, d, width, out, step):
    """out[k, r] = w[d + r, k], rows `step` apart, zeros at the end."""
    for k in range(w.shape[1]):
        for r in range(width, step):
            out[k * step + r] = 0
    for r in range(width):
        for k in range(w.shape[1]):
            out[k * step + r] = w[d + r, k]


@parallel
def product(x, w, b, y, partials, blocks, wides, zeros, low):
    """y = max(x @ w + b, low)."""
    (N, D), K, KP = x.shape, w.shape[1], partials.shape[2]
    T, SPLITS, PANEL, nothing = blocks.shape[0], partials.shape[0], zeros.shape[0], x.dtype.type(-np.inf)
    LANES, sums = PANEL // 2, partials.reshape(-1)
    for t in prange(T):
        block = blocks[t]
        for s in range(SPLITS * t // T, SPLITS * (t + 1) // T):
            d, width = D * s // SPLITS, D * (s + 1) // SPLITS - D * s // SPLITS
            step = width + 16
            if K == KP:
                columns, at = w.reshape(-1), d * K
            else:
                columns, at = wides[t], 0
                widen_rows(w, d, width, columns, KP)
            for n in range(0, N, 64):
                rows = min(64, N - n)
                copy_block(x, n, d, rows, width, block, step)
                for p in range(0, KP, PANEL):
                    for r in range(0, rows, ROWS):
                        tile(min(ROWS, rows - r), min(PANEL, KP - p) // LANES, (1, width),
                             sums, ((s * N + n + r) * KP + p, KP), zeros, (0, 0),
                             block, (r * step, step, 0, 1), columns, (at + p, 0, KP), PANEL, nothing)
    for n in prange(N):
        for k in range(K):
            y[n, k] = b[k]
        for s in range(SPLITS):
            for k in range(K):
                y[n, k] += partials[s, n, k]
        for k in range(K):
            if y[n, k] < low:
                y[n, k] = low


@parallel
def gradients(dy, x, w, dx, dw, db, wide, blocks, turned, zeros):
    """dx = dy @ w.T (unless dx is empty), dw = x.T @ dy, db = sum of dy; `wide` is dy in rows of KP numbers."""
    (N, D), K, KP = x.shape, dy.shape[1], wide.shape[1]
    T, PANEL, nothing = blocks.shape[0], zeros.shape[0], x.dtype.type(-np.inf)
    LANES, BLOCKS, step = PANEL // 2, -(-D // BLOCK), BLOCK + 16
    left, right, flat_dx, flat_dw = dy.reshape(-1), wide.reshape(-1), dx.reshape(-1), dw.reshape(-1)
    for t in prange(T):
        block, columns = blocks[t], turned[t]
        for d in range(BLOCKS * t // T * BLOCK, min(D, BLOCKS * (t + 1) // T * BLOCK), BLOCK):
            width = min(BLOCK, D - d)
            copy_block(x, 0, d, N, width, block, step)
            for p in range(0, KP, PANEL):
                vectors = min(PANEL, KP - p) // LANES
                for r in range(0, width, ROWS):
                    tile(min(ROWS, width - r), vectors, (1, N), flat_dw, ((d + r) * K + p, K), zeros, (0, 0),
                         block, (r, 1, 0, step), right, (p, 0, KP), K - p, nothing)
            if dx.size:
                copy_transposed(w, d, width, columns, step)
                for p in range(0, width, PANEL):
                    vectors = min(-(-(width - p) // LANES), 2)
                    for n in range(0, N, ROWS):
                        tile(min(ROWS, N - n), vectors, (1, K), flat_dx, (n * D + d + p, D), zeros, (0, 0),
                             left, (n * K, K, 0, 1), columns, (p, 0, step), width - p, nothing)
    for k in prange(K):
        total = dy[0, k]
        for n in range(1, N):
            total += dy[n, k]
        db[k] = total


def dense(x, w, b=None):
    """y = x @ w + b."""
    return at_least(-np.inf, x, w, b)


def at_least(least, x, w, b):
    """y = x @ w + b, with everything below `least` replaced by it (0: a ReLU at no cost)."""
    x, w = plains(x, w)
    (N, D), K, dtype, T = x.shape, w.shape[1], x.dtype, num_threads()
    KP = -(-K // lanes(dtype)) * lanes(dtype)
    SPLITS = max(-(-D // (8 * SPLIT)) * 8 if D > SPLIT else min(8, D // 64), 1)
    LONGEST = -(-D // SPLITS)
    b = np.zeros(K, dtype) if b is None else plain(b, dtype)
    y = empty((N, K), dtype)
    product(x, w, b, y, empty((SPLITS, N, KP), dtype), empty((T, min(N, 64) * (LONGEST + 16)), dtype),
            empty((T, 0 if K == KP else LONGEST * KP), dtype), np.zeros(panel(dtype), dtype), dtype.type(least))
    return y


def dense_backward(dy, x, w, input_gradient=True):
    """dx, dw, db of y = dense(x, w, b); dx is None if nobody needs it."""
    dy, x, w = plains(dy, x, w)
    (N, D), K, dtype, T = x.shape, w.shape[1], x.dtype, num_threads()
    KP = -(-K // lanes(dtype)) * lanes(dtype)
    wide = dy
    if K != KP:
        wide = np.zeros((N, KP), dtype)
        wide[:, :K] = dy
    dx, dw, db = empty((N, D) if input_gradient else (0, 0), dtype), empty((D, K), dtype), np.empty(K, dtype)
    gradients(dy, x, w, dx, dw, db, wide, empty((T, N * (BLOCK + 16)), dtype), empty((T, K * (BLOCK + 16)), dtype),
              np.zeros(panel(dtype), dtype))
    return dx if input_gradient else None, dw, db


def dense_relu(x, w, b=None):
    """y = max(x @ w + b, 0), the maximum taken while the sums are in registers."""
    return at_least(0.0, x, w, b)
