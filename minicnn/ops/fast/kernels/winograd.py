"""Winograd's convolution: 3x3 filters, stride 1, with fewer multiplications than the definition has.

One tile of M x M output pixels needs M*M*9 multiplications for each channel and filter. Winograd's identity

    y = A.T [ (G w G.T) * (B.T x B) ] A        (* entry by entry; x the tile's M+2 x M+2 input pixels)

needs (M+2)**2: for M = 4 that is 36 instead of 144. The sum over channels goes inside the
brackets, so for each of the (M+2)**2 places it is a matrix product, (tiles, C) @ (C, F): the register tile again. What
is added are the three little transforms around it (transforms.py), all channels side by side.

The formula is linear in x, w and y, so its gradients are the same pieces turned round (each transform by its transpose):

    dx: a convolution with turned filters (see conv.py), hence the same again
    dw = G.T [ sum over tiles of (B.T x B) * (A dy A.T) ] G

Measured on two cores, 32 to 128 channels, with the points 0, +-1, +-2 (transforms.py: as much work), against the direct
kernel's 424 to 488 GFLOP/s: forward 2.4 to 3 times as fast, input gradient 2.2 to 3, weight gradient 1.9 to 2.5. The
transforms add numbers of different size, which costs accuracy: the root mean square error is about twice the direct
kernel's (a test bounds it). float64 is for proofs and never comes here.
Infinity - infinity would spread NaN to pixels that never saw it, so a kernel that meets a number that is not finite says
so, and conv.py computes directly.

Source: Lavin, Gray, 'Fast Algorithms for Convolutional Neural Networks', 2015, section 4.
"""

import numpy as np
from numba import prange

from .arrays import plain
from .compiler import any_order, serial
from .correlate import add_up, even, pad_rows
from .cpu import ROWS, lanes, panel
from .memory_pool import empty
from .threads import num_threads, parallel
from .tile import tile
from .transforms import (
    PLACES,
    SIDE,
    M,
    transform_filter,
    transform_gradient,
    transform_pixels,
    transform_result,
    transform_weight_sum,
)

SPACE = 700 * 1024  # bytes of transformed pixels and products of one block: most of a core's L2
TILES = 128         # tiles of one sum in weight_gradient (64 and 256 were no faster)


@any_order
def finite(x, count):
    """Whether the first `count` numbers are all finite: 0 * x is 0 then, and NaN otherwise."""
    total = x.dtype.type(0)
    for i in range(count):
        total += x[i] * x.dtype.type(0)
    return total == 0


@parallel
def transform_filters(w, out, zeros, LANES):
    """out[place, panel, c, f] = G w[:, :, c, f] G.T, panels as the tile wants them."""
    (_, P, C, PANEL), F = out.shape, w.shape[3]
    flat, target, nothing = w.reshape(-1), out.reshape(-1), w.dtype.type(-np.inf)
    for c in prange(C):
        for f in range(0, F, LANES):
            transform_filter(flat, (c * F + f, 3 * C * F, C * F),
                             target, ((f // PANEL * C + c) * PANEL + f % PANEL, SIDE * P * C * PANEL, P * C * PANEL),
                             zeros, 0, nothing)


@serial
def transform_tiles(source, WP, C, count, TW, V, STEP, zeros, LANES):
    """V[place, t, c] = B.T x B of `count` tiles, from padded pixel rows; places lie STEP numbers apart."""
    nothing = V.dtype.type(-np.inf)
    for t in range(count):
        at = (t // TW * M * WP + t % TW * M) * C
        for c in range(0, C, LANES):
            transform_pixels(source, (at + c, WP * C, C), V, (t * C + c, SIDE * STEP, STEP), zeros, 0, nothing)


@parallel
def fast_correlate(x, filters, bias, zeros, y, pads, transformed, products, corners, sizes, trouble, low):
    """conv.correlate for 3x3 filters and stride 1; trouble[t] where a thread met a number that is not finite."""
    N, H, W, C, top, left, OH, OW, F, BLOCK, STEP_V, STEP_Z = sizes
    T, P, PANEL = pads.shape[0], filters.shape[1], filters.shape[3]
    LANES, TH, TW, U = PANEL // 2, -(-OH // M), -(-OW // M), filters.reshape(-1)
    WP, nothing = TW * M + 2, x.dtype.type(-np.inf)
    for t in prange(T):
        pad, V, Z, corner = pads[t], transformed[t], products[t], corners[t]
        first, last = N * TH * t // T, N * TH * (t + 1) // T
        while first < last:
            n, i = first // TH, first % TH
            rows = min(TH - i, last - first, BLOCK)
            count = rows * TW
            pad_rows(x, n * H * W * C, W * C, H, W, C, i * M - top, -left, pad, rows * M + 2, WP)
            if not finite(pad, (rows * M + 2) * WP * C):
                trouble[t] = True
            transform_tiles(pad, WP, C, count, TW, V, STEP_V, zeros, LANES)
            step = even(count, ROWS)
            for place in range(PLACES):
                for p in range(P):
                    vectors = min(PANEL, F - p * PANEL) // LANES
                    for r in range(0, count, step):
                        tile(min(step, count - r), vectors, (1, C), Z, (place * STEP_Z + r * F + p * PANEL, F), zeros, (0, 0),
                             V, (place * STEP_V + r * C, C, 0, 1), U, ((place * P + p) * C * PANEL, 0, PANEL), PANEL, nothing)
            for r in range(count):
                h, w = (i + r // TW) * M, r % TW * M
                high, wide = min(M, OH - h), min(M, OW - w)
                for f in range(0, F, LANES):
                    at = ((n * OH + h) * OW + w) * F + f
                    where = (r * F + f, SIDE * STEP_Z, STEP_Z)
                    if high == M and wide == M:
                        transform_result(Z, where, y, (at, OW * F, F), bias, f, low)
                    else:
                        transform_result(Z, where, corner, (0, M * LANES, LANES), bias, f, low)
                        for a in range(high):
                            for b in range(wide):
                                here = at + (a * OW + b) * F
                                y[here:here + LANES] = corner[(a * M + b) * LANES:(a * M + b + 1) * LANES]
            first += rows


@parallel
def fast_weight_sums(x, dy, partials, pads, dy_pads, transformed, dy_transformed, sums, ones, zeros, sizes, trouble):
    """conv.weight_sums for 3x3 filters and stride 1, up to the last addition: partials[chunk, (u, v, c) or bias, f]."""
    N, H, W, C, top, left, OH, OW, F, BLOCK, GROUP, STEP_V, STEP_Z, PANEL = sizes
    T, CHUNKS, LANES = pads.shape[0], partials.shape[0], PANEL // 2
    TH, TW, nothing = -(-OH // M), -(-OW // M), x.dtype.type(-np.inf)
    BLOCKS, WP = -(-TH // BLOCK), TW * M + 2
    step = even(C, ROWS)
    for t in prange(T):
        pad, dy_pad, V, Z, S = pads[t], dy_pads[t], transformed[t], dy_transformed[t], sums[t]
        for chunk in range(CHUNKS * t // T, CHUNKS * (t + 1) // T):
            S[:] = 0
            first, last = N * BLOCKS * chunk // CHUNKS, N * BLOCKS * (chunk + 1) // CHUNKS
            while first < last:
                count = 0
                for unit in range(first, min(first + GROUP, last)):
                    n, i = unit // BLOCKS, unit % BLOCKS * BLOCK
                    rows = min(TH - i, BLOCK)
                    pad_rows(x, n * H * W * C, W * C, H, W, C, i * M - top, -left, pad, rows * M + 2, WP)
                    pad_rows(dy, n * OH * OW * F, OW * F, OH, OW, F, i * M, 0, dy_pad, rows * M, TW * M)
                    if not (finite(pad, (rows * M + 2) * WP * C) and finite(dy_pad, rows * M * TW * M * F)):
                        trouble[t] = True
                    transform_tiles(pad, WP, C, rows * TW, TW, V[count * C:], STEP_V, zeros, LANES)
                    for r in range(rows * TW):
                        for f in range(0, F, LANES):
                            transform_gradient(dy_pad, ((r // TW * TW * M + r % TW) * M * F + f, TW * M * F, F),
                                               Z, ((count + r) * F + f, SIDE * STEP_Z, STEP_Z), zeros, 0, nothing)
                    for p in range(0, F, PANEL):
                        vectors, here = min(PANEL, F - p) // LANES, (PLACES * C * F + p, F)  # the bias: the plain sum of dy
                        tile(1, vectors, (rows * M, TW * M), S, here, S, here,
                             ones, (0, 0, 0, 0), dy_pad, (p, TW * M * F, F), PANEL, nothing)
                    count += rows * TW
                for p in range(0, F, PANEL):
                    vectors = min(PANEL, F - p) // LANES
                    for place in range(PLACES):
                        for c in range(0, C, step):
                            here = ((place * C + c) * F + p, F)
                            tile(min(step, C - c), vectors, (1, count), S, here, S, here,
                                 V, (place * STEP_V + c, 1, 0, C), Z, (place * STEP_Z + p, 0, F), PANEL, nothing)
                first += GROUP
            total = partials[chunk].reshape(-1)
            for c in range(C):
                for f in range(0, F, LANES):
                    transform_weight_sum(S, (c * F + f, SIDE * C * F, C * F), total, (c * F + f, 3 * C * F, C * F),
                                         zeros, 0, nothing)
            total[9 * C * F:] = S[PLACES * C * F:]


def fits(dtype, KH, KW, SH, SW, C, F, OH, OW):
    """Where Winograd's way is open and pays."""
    return (dtype == np.float32 and (KH, KW, SH, SW) == (3, 3, 1, 1) and C % lanes(dtype) == F % lanes(dtype) == 0
            and min(C, F) >= 16 and min(OH, OW) >= M)


def transformed_filters(w):
    _, _, C, F = w.shape
    PANEL = panel(w.dtype)
    filters = empty((PLACES, -(-F // PANEL), C, PANEL), w.dtype)
    transform_filters(w, filters, np.zeros(PANEL, w.dtype), lanes(w.dtype))
    return filters


def apart(size):
    """A step between places that does not put them all into the same few lines of the cache, as powers of two do."""
    return size + 16 if size % 32 == 0 else size


def convolve(x, w, b, y, top, left, least):
    """y = x * w + b as conv.conv2d has it; False (and y worthless) where x is not finite."""
    (N, H, W, C), (_, OH, OW, F), dtype, T = x.shape, y.shape, x.dtype, num_threads()
    filters = transformed_filters(w)
    bias, zeros = np.zeros(F, dtype) if b is None else plain(b, dtype), np.zeros(panel(dtype), dtype)
    TH, TW, LANES = -(-OH // M), -(-OW // M), lanes(dtype)
    BLOCK = int(max(1, min(TH, SPACE // (PLACES * TW * (C + F) * dtype.itemsize))))
    STEP_V, STEP_Z = apart(BLOCK * TW * C), apart(BLOCK * TW * F)
    trouble = np.zeros(T, np.bool_)
    fast_correlate(x.reshape(-1), filters, bias, zeros, y.reshape(-1), empty((T, (BLOCK * M + 2) * (TW * M + 2) * C), dtype),
                   empty((T, PLACES * STEP_V), dtype), empty((T, PLACES * STEP_Z), dtype), empty((T, M * M * LANES), dtype),
                   (N, H, W, C, top, left, OH, OW, F, BLOCK, STEP_V, STEP_Z), trouble, dtype.type(least))
    return not trouble.any()


def weight_gradient(dy, x, dw, db, top, left):
    """dw (9*C, F) and db of y = conv2d(x, w, b); False (and both worthless) where x or dy is not finite."""
    (N, H, W, C), (_, OH, OW, F), dtype, T = x.shape, dy.shape, x.dtype, num_threads()
    TH, TW = -(-OH // M), -(-OW // M)
    BLOCK = max(1, min(TH, TILES // TW))
    BLOCKS, GROUP = -(-TH // BLOCK), max(1, TILES // (BLOCK * TW))
    CHUNKS = min(N * BLOCKS, 16 if C * F <= 1 << 12 else 8)
    STEP_V, STEP_Z = apart(GROUP * BLOCK * TW * C), apart(GROUP * BLOCK * TW * F)
    partials, trouble = empty((CHUNKS, 9 * C + 1, F), dtype), np.zeros(T, np.bool_)
    fast_weight_sums(x.reshape(-1), dy.reshape(-1), partials, empty((T, (BLOCK * M + 2) * (TW * M + 2) * C), dtype),
                     empty((T, BLOCK * M * TW * M * F), dtype), empty((T, PLACES * STEP_V), dtype),
                     empty((T, PLACES * STEP_Z), dtype),
                     empty((T, (PLACES * C + 1) * F), dtype), np.ones(1, dtype),
                     np.zeros(panel(dtype), dtype),
                     (N, H, W, C, top, left, OH, OW, F, BLOCK, GROUP, STEP_V, STEP_Z, panel(dtype)), trouble)
    add_up(partials, dw, db)
    return not trouble.any()
