"""The matrix products of a dense layer on the register tile.

The reference implementation writes x @ w, dy @ w.T and x.T @ dy and leaves the rest to NumPy's BLAS. A BLAS brings a thread
pool of its own, and two pools that spin on the same cores cost a factor of four, so the products are cut here:

- y = x @ w + b: the sum over D is long and y is small, so D is cut into splits. Each split is summed by itself (in
  parallel) and the splits are added in order: the same bits on any number of threads.
- dx = dy @ w.T and dw = x.T @ dy share one loop over blocks of D: no two blocks write to the same numbers.

Blocks of x are copied before use. The rows of x lie D numbers apart; D is often a multiple of a power of two, and then
all rows fall into the same few places of the cache and evict each other. The rows of the copy are APART numbers longer.
"""

import numpy as np

from .compiler import serial
from .cpu import VECTORS
from .dots import DOTS, dots
from .moves import clear, copy
from .shares import pieces
from .sizes import Columns, Loops, Rows, Walk, ceil_div
from .threads import parallel
from .tile import tile
from .transpose import transpose

BATCH = 64    # rows of x that `product` copies at once: with SPLIT (dense.py) columns each they fit a core's L2
BLOCK = 96    # columns of x in one block of `gradients`: a multiple of every tile's rows and panel
APART = 16    # numbers between the rows of a copy: one cache line of float32


@serial
def copy_block(a, n, d, D, count, width, out, step):
    """out[r, c] = a[n + r, d + c] with rows of D numbers in a, `step` in out."""
    for r in range(count):
        copy(out, r * step, a, (n + r) * D + d, width)


@serial
def widen_rows(w, d, K, count, out, wide_K):
    """out[r, k] = w[d + r, k], rows of wide_K >= K numbers, zeros at the end."""
    for r in range(count):
        copy(out, r * wide_K, w, (d + r) * K, K)
        clear(out, r * wide_K + K, wide_K - K)


@serial
def multiply_split(x, block, columns, at, sums, s, d, width, wide_K, zeros):
    """sums[s] = x[:, d:d + width] @ (the rows of w that begin at columns[at])."""
    (N, D), PANEL, step, nothing = x.shape, zeros.shape[0], width + APART, x.dtype.type(-np.inf)
    for n in range(0, N, BATCH):
        rows = min(BATCH, N - n)
        copy_block(x.reshape(-1), n, d, D, rows, width, block, step)
        for p in range(0, wide_K, PANEL):
            vectors = min(PANEL, wide_K - p) // (PANEL // VECTORS)
            tile(rows, vectors, Loops(1, width), sums, Rows((s * N + n) * wide_K + p, wide_K), zeros, Rows(0, 0),
                 block, Walk(0, step, 0, 1), columns, Columns(at + p, 0, wide_K), PANEL, nothing)


@parallel
def product(share, x, w, partials, blocks, wides, zeros):
    """partials[s] = x[:, d:d + width] @ w[d:d + width], the columns d, ... of split s."""
    D, K, wide_K = x.shape[1], w.shape[1], partials.shape[2]
    SPLITS, sums = partials.shape[0], partials.reshape(-1)
    for s in pieces(share):
        d, width = D * s // SPLITS, D * (s + 1) // SPLITS - D * s // SPLITS
        columns, at = w.reshape(-1), d * K
        if wide_K > K:
            columns, at = wides[share.t], 0
            widen_rows(w.reshape(-1), d, K, width, columns, wide_K)
        multiply_split(x, blocks[share.t], columns, at, sums, s, d, width, wide_K, zeros)


@parallel
def add_splits(share, partials, b, y, low):
    """y = max(the splits' sums, added in order to b, low)."""
    SPLITS, K = partials.shape[0], y.shape[1]
    for n in pieces(share):
        for k in range(K):
            y[n, k] = b[k]
        for s in range(SPLITS):
            for k in range(K):
                y[n, k] += partials[s, n, k]
        for k in range(K):
            if y[n, k] < low:
                y[n, k] = low


@serial
def multiply_dw(block, wide, dw, d, width, N, K, wide_K, zeros):
    """dw[d:d + width] = (a block of x).T @ dy; `wide` is dy in rows of wide_K numbers."""
    PANEL, step, nothing = zeros.shape[0], BLOCK + APART, dw.dtype.type(-np.inf)
    for p in range(0, wide_K, PANEL):
        vectors = min(PANEL, wide_K - p) // (PANEL // VECTORS)
        tile(width, vectors, Loops(1, N), dw, Rows(d * K + p, K), zeros, Rows(0, 0),
             block, Walk(0, 1, 0, step), wide, Columns(p, 0, wide_K), K - p, nothing)


@serial
def multiply_dx(dy, columns, dx, d, width, N, D, K, zeros):
    """dx[:, d:d + width] = dy @ (a block of w.T)."""
    PANEL, step, nothing = zeros.shape[0], BLOCK + APART, dx.dtype.type(-np.inf)
    for p in range(0, width, PANEL):
        vectors = min(ceil_div(width - p, PANEL // VECTORS), VECTORS)
        tile(N, vectors, Loops(1, K), dx, Rows(d + p, D), zeros, Rows(0, 0),
             dy, Walk(0, K, 0, 1), columns, Columns(p, 0, step), width - p, nothing)


@serial
def dot_dx(dy, w, dx, d, width, K, zeros):
    """dx[0, d:d + width] = w[d:d + width] @ dy[0], for a batch of one: lanes run along the rows of w, which is not copied."""
    row, end = d, d + width
    while row < end:
        rows = DOTS[1] if end - row >= DOTS[1] else 1
        dots(rows, 1, Loops(1, K), dx, Rows(row, 1), zeros, w, Walk(row * K, K, 0, 1), dy, Walk(0, 0, 0, 1),
             dx.dtype.type(-np.inf))
        row += rows


@parallel
def gradients(share, dy, x, w, dx, dw, wide, blocks, transposed, zeros):
    """dx = dy @ w.T (unless dx is empty), dw = x.T @ dy; `wide` is dy in rows of wide_K numbers."""
    (N, D), K, wide_K, LANES = x.shape, dy.shape[1], wide.shape[1], zeros.shape[0] // VECTORS
    block, columns = blocks[share.t], transposed[share.t]
    flat_x, flat_dy, flat_wide = x.reshape(-1), dy.reshape(-1), wide.reshape(-1)
    flat_dx, flat_dw, flat_w = dx.reshape(-1), dw.reshape(-1), w.reshape(-1)
    for d in range(share.start * BLOCK, min(D, share.stop * BLOCK), BLOCK):
        width = min(BLOCK, D - d)
        copy_block(flat_x, 0, d, D, N, width, block, BLOCK + APART)
        multiply_dw(block, flat_wide, flat_dw, d, width, N, K, wide_K, zeros)
        if dx.size and N == 1:
            dot_dx(flat_dy, flat_w, flat_dx, d, width, K, zeros)
        elif dx.size:
            transpose(columns, BLOCK + APART, flat_w, d * K, K, width, K, LANES)
            multiply_dx(flat_dy, columns, flat_dx, d, width, N, D, K, zeros)


@parallel
def column_sums(share, dy, db):
    """db = the sum of dy over its rows."""
    for k in pieces(share):
        total = dy[0, k]
        for n in range(1, dy.shape[0]):
            total += dy[n, k]
        db[k] = total
