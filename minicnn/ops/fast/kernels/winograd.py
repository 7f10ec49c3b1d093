"""Winograd's convolution: 3x3 filters, stride 1, with fewer multiplications than the definition has.

One tile of M x M output pixels needs M*M*9 multiplications for each channel and filter. Winograd's identity

    y = A.T [ (G w G.T) * (B.T x B) ] A        (* entry by entry; x the tile's M+2 x M+2 input pixels)

needs (M+2)**2: for M = 4 that is 36 instead of 144 (docs/fast.md works a small case with numbers). The sum over channels
goes inside the brackets, so for each of the (M+2)**2 places it is a matrix product, (tiles, C) @ (C, F): the register tile
again. What is added are the three small transforms around it (transforms.py), all channels side by side. The
forward pass (winograd_forward.py):

    gather      copy rows of tiles with their padding, transform them:  x_hat[place] (tiles, C) = B.T x B
    multiply    for each place, a matrix product with the transformed filters:  y_hat[place] (tiles, F)
    scatter     transform back, A.T y_hat A, add the bias, write the pixels

The formula is linear in x, w and y, so its gradients are made of the same parts, each transform transposed:

    dx: a convolution with flipped filters (conv.py), so the same kernel
    dw = G.T [ sum over tiles of (B.T x B) * (A dy A.T) ] G        (winograd_weights.py)

Measured on two cores of a Zen 5, 32 to 128 channels, against the direct kernel's 424 to 488 GFLOP/s: forward 2.4 to 3
times as fast, input gradient 2.2 to 3, weight gradient 1.9 to 2.5. The transforms add numbers of different size, which
costs accuracy: the root mean square error is about twice the direct kernel's (a test bounds it). winograd_range.py says
which tiles are computed directly instead. float64 is for proofs and never comes here.

Source: Lavin, Gray, 'Fast Algorithms for Convolutional Neural Networks', 2015, section 4.
"""

import math

import numpy as np

from .correlate import add_up, fill_panels
from .cpu import lanes, panel
from .memory_pool import empty
from .sizes import ceil_div, padded_to
from .threads import num_threads
from .transforms import PLACES, M
from .winograd_forward import Tiling, direct_tiles, transform_filters, winograd_correlate
from .winograd_range import DIRECT, GROWTH, limits
from .winograd_weights import winograd_weight_sums

CACHE = 700 * 1024   # bytes of transformed tiles of one block: most of a core's L2
TILES = 64           # tiles of one sum in the weight gradient; 128 take 1.03 to 1.08 times as long (AMD EPYC, Zen 4)
CHUNKS = 8           # partial sums of a weight gradient (one image as two sums, for two threads: not faster) ...
SMALL_CHUNKS = 16    # ... or so many if C * F is at most SMALL: adding them up is cheap then
SMALL = 1 << 12


def fits(dtype, g):
    """Whether Winograd's convolution can compute this one, and pays."""
    return (dtype == np.float32 and (g.KH, g.KW, g.stride_h, g.stride_w) == (3, 3, 1, 1)
            and g.C % lanes(dtype) == g.F % lanes(dtype) == 0 and min(g.C, g.F) >= 16 and min(g.OH, g.OW) >= M)


def place_step(size):
    """A step between places that does not put them all into the same few lines of the cache, as powers of two do."""
    return size + 16 if size % 32 == 0 else size


def tiling_of(g, block, group):
    TH, TW = ceil_div(g.OH, M), ceil_div(g.OW, M)
    tiles = group * block * TW
    return Tiling(TH, TW, block, group, place_step(tiles * g.C), place_step(tiles * g.F))


def pixels_of(tiling):
    """Padded pixels of one block of rows of tiles."""
    return (tiling.block * M + 2) * (tiling.TW * M + 2)


def convolve(x, w, b, y, g, low):
    """Yield the kernels, with their arguments, that compute y = max(x * w + b, low), as conv.convolve does."""
    dtype, T, PANEL, TH, TW = x.dtype, num_threads(), panel(x.dtype), ceil_div(g.OH, M), ceil_div(g.OW, M)
    block = int(max(1, min(TH, CACHE // (PLACES * TW * (g.C + g.F) * dtype.itemsize))))
    tiling = tiling_of(g, block, 1)
    w_hat, sizes = empty((PLACES, ceil_div(g.F, PANEL), g.C, PANEL), dtype), np.empty(9 * g.C, np.int32)
    zeros, bias, kinds = np.zeros(PANEL, dtype), np.zeros(padded_to(g.F, PANEL), dtype), np.empty(g.N * TH * TW, np.uint8)
    if b is not None:
        bias[:g.F] = b
    transform_filters(g.C, w, w_hat, sizes, zeros, lanes(dtype))
    flat_x, flat_y, low = x.reshape(-1), y.reshape(-1), dtype.type(low)
    pads = empty((T, pixels_of(tiling) * g.C), dtype)
    yield winograd_correlate, (
        g.N * TH, flat_x, w_hat, bias, zeros, flat_y, pads, empty((T, PLACES * tiling.x_step), dtype),
        empty((T, PLACES * tiling.y_step), dtype), empty((T, M * M * g.F), dtype),
        empty((T, 3, pixels_of(tiling)), np.int32), kinds, tuple(g), tuple(tiling), limits(sizes, g.C), low)
    if (kinds == DIRECT).any():
        panels = empty((ceil_div(g.F, PANEL), 9 * g.C, PANEL), dtype)
        fill_panels(len(panels), w.reshape(-1, g.F), panels)
        yield direct_tiles, (kinds.size, flat_x, panels, bias, flat_y, pads, kinds, tuple(g), low)


def weight_gradient(dy, x, dw, db, g):
    """dw (9*C, F) and db of y = conv2d(x, w, b)."""
    dtype, T, TH, TW = x.dtype, num_threads(), ceil_div(g.OH, M), ceil_div(g.OW, M)
    block = max(1, min(TH, TILES // TW))
    blocks, tiling = ceil_div(TH, block), tiling_of(g, block, max(1, TILES // (block * TW)))
    chunks = min(g.N * blocks, SMALL_CHUNKS if g.C * g.F <= SMALL else CHUNKS)
    partials, kinds = empty((chunks, 1, 9 * g.C + 1, g.F), dtype), np.empty(g.N * TH * TW, np.uint8)
    winograd_weight_sums(chunks, x.reshape(-1), dy.reshape(-1), partials, empty((T, pixels_of(tiling) * g.C), dtype),
                         empty((T, block * M * TW * M * g.F), dtype), empty((T, PLACES * tiling.x_step), dtype),
                         empty((T, PLACES * tiling.y_step), dtype), empty((T, (PLACES * g.C + 1) * g.F), dtype),
                         empty((T, 3, pixels_of(tiling)), np.int32), kinds, np.ones(1, dtype), np.zeros(panel(dtype), dtype),
                         tuple(g), tuple(tiling), GROWTH + math.ceil(math.log2(kinds.size * M * M)), panel(dtype))
    add_up(len(dw) + 1, partials, dw, db)
