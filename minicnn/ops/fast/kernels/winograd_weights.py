"""The weight gradient of Winograd's convolution: dw = G.T [ sum over tiles of (B.T x B) * (A dy A.T) ] G (see winograd.py).

For each place, the sum over tiles is a matrix product, x_hat[place].T (C, tiles) @ dy_hat[place] (tiles, F). As in
correlate.py, the images are cut into chunks whose number depends on the shapes alone, and the chunks are added in order.
"""

import numpy as np

from .compiler import serial
from .correlate import pad_rows
from .cpu import VECTORS
from .moves import clear, copy
from .shares import pieces
from .sizes import Columns, Geometry, Loops, Rows, Walk, ceil_div
from .threads import parallel
from .tile import tile
from .transforms import PLACES, SIDE, M, Square, transform_gradient, transform_weight_sum
from .winograd_forward import Tiling, transform_tiles
from .winograd_range import DIRECT, WINOGRAD, kind_of, largest_smallest, measure, measure_windows, pair_fits


@serial
def gather(x, dy, n, i, rows, count, g, tiling, growth, pad, dy_pad, sizes, across, windows, x_hat, dy_hat, kinds,
           zeros, LANES):
    """Pad and transform `rows` rows of tiles of x and dy, as tiles `count`, count + 1, ... of the matrices.

    A tile of kind DIRECT enters as zeros: add_direct adds it afterwards.
    """
    WP, highest, nothing = tiling.TW * M + 2, np.int32(0x7F7FFFFF), x.dtype.type(-np.inf)
    pad_rows(x, n * g.H * g.W * g.C, g.W * g.C, g.H, g.W, g.C, i * M - g.top, -g.left, pad, rows * M + 2, WP)
    pad_rows(dy, n * g.OH * g.OW * g.F, g.OW * g.F, g.OH, g.OW, g.F, i * M, 0, dy_pad, rows * M, WP - 2)
    measure(pad, 0, sizes, 0, (rows * M + 2) * WP, g.C)
    measure_windows(sizes, WP, rows * M, across, windows)
    measure(dy_pad, 0, sizes, 0, rows * M * (WP - 2), g.F)
    transform_tiles(pad, WP, g.C, rows * tiling.TW, tiling.TW, x_hat, count, tiling.x_step, zeros, LANES)
    for t in range(rows * tiling.TW):
        r, w = t // tiling.TW, t % tiling.TW * M
        at = (r * M * (WP - 2) + w) * g.F
        transform_gradient(dy_pad, Square(at, (WP - 2) * g.F, g.F),
                           dy_hat, Square((count + t) * g.F, SIDE * tiling.y_step, tiling.y_step),
                           zeros, 0, g.F // LANES, nothing)
        largest, smallest, _ = largest_smallest(windows, r * M * WP + w, WP)
        dy_largest, dy_smallest, _ = largest_smallest(sizes, r * M * (WP - 2) + w, WP - 2)
        direct = (kind_of(largest, smallest, False, 0, highest) == DIRECT or not pair_fits(largest, dy_largest, growth)
                  or kind_of(dy_largest, dy_smallest, False, 0, highest) == DIRECT)
        kinds[(n * tiling.TH + i) * tiling.TW + t] = DIRECT if direct else WINOGRAD
        if direct:
            for place in range(PLACES):
                clear(x_hat, place * tiling.x_step + (count + t) * g.C, g.C)
                clear(dy_hat, place * tiling.y_step + (count + t) * g.F, g.F)


@serial
def add_bias(total, dy_pad, ones, rows, g, TW, PANEL):
    """total[PLACES * C] += the plain sum of dy: db."""
    for p in range(0, g.F, PANEL):
        vectors, here = min(PANEL, g.F - p) // (PANEL // VECTORS), Rows(PLACES * g.C * g.F + p, g.F)
        tile(1, vectors, Loops(rows * M, TW * M), total, here, total, here, ones, Walk(0, 0, 0, 0),
             dy_pad, Columns(p, TW * M * g.F, g.F), PANEL, dy_pad.dtype.type(-np.inf))


@serial
def multiply(x_hat, dy_hat, total, count, g, tiling, PANEL):
    """total[place] += x_hat[place].T @ dy_hat[place], a sum over `count` tiles."""
    loops, nothing = Loops(1, count), x_hat.dtype.type(-np.inf)
    for p in range(0, g.F, PANEL):
        vectors = min(PANEL, g.F - p) // (PANEL // VECTORS)
        for place in range(PLACES):
            here = Rows(place * g.C * g.F + p, g.F)
            tile(g.C, vectors, loops, total, here, total, here, x_hat, Walk(place * tiling.x_step, 1, 0, g.C),
                 dy_hat, Columns(place * tiling.y_step + p, 0, g.F), PANEL, nothing)


@serial
def add_direct(total, x, dy, index, g, tiling, pad, dy_pad, PANEL):
    """total[(u, v, c), f] += what tile `index` contributes to dw by the definition."""
    n, h, w = index // (tiling.TH * tiling.TW), index // tiling.TW % tiling.TH * M, index % tiling.TW * M
    pad_rows(x, n * g.H * g.W * g.C, g.W * g.C, g.H, g.W, g.C, h - g.top, w - g.left, pad, SIDE, SIDE)
    pad_rows(dy, n * g.OH * g.OW * g.F, g.OW * g.F, g.OH, g.OW, g.F, h, w, dy_pad, M, M)
    high, wide, run = min(M, g.OH - h), min(M, g.OW - w), 3 * g.C
    loops, nothing = Loops(high, wide), x.dtype.type(-np.inf)
    for p in range(0, g.F, PANEL):
        vectors, columns = min(PANEL, g.F - p) // (PANEL // VECTORS), Columns(p, M * g.F, g.F)
        for u in range(3):
            here = Rows(u * run * g.F + p, g.F)
            tile(run, vectors, loops, total, here, total, here, pad, Walk(u * SIDE * g.C, 1, SIDE * g.C, g.C),
                 dy_pad, columns, PANEL, nothing)


@serial
def first_tile(unit, BLOCKS, tiling):
    """The index of the first tile of a block of rows of tiles."""
    return (unit // BLOCKS * tiling.TH + unit % BLOCKS * tiling.block) * tiling.TW


@parallel
def winograd_weight_sums(share, x, dy, partials, pads, dy_pads, x_hats, dy_hats, totals, measures, kinds, ones, zeros,
                         sizes, tiles, growth, PANEL):
    """correlate.weight_sums for 3x3 filters and stride 1: partials[chunk, 0, (u, v, c) or bias, f]."""
    CHUNKS, LANES, t = partials.shape[0], PANEL // VECTORS, share.t
    g, tiling, nothing = Geometry(*sizes), Tiling(*tiles), x.dtype.type(-np.inf)
    BLOCKS = ceil_div(tiling.TH, tiling.block)
    pad, dy_pad, x_hat, dy_hat, total = pads[t], dy_pads[t], x_hats[t], dy_hats[t], totals[t]
    for chunk in pieces(share):
        clear(total, 0, total.size)
        start, stop = g.N * BLOCKS * chunk // CHUNKS, g.N * BLOCKS * (chunk + 1) // CHUNKS
        for first in range(start, stop, tiling.group):
            count = 0
            for unit in range(first, min(first + tiling.group, stop)):
                n, i = unit // BLOCKS, unit % BLOCKS * tiling.block
                rows = min(tiling.TH - i, tiling.block)
                gather(x, dy, n, i, rows, count, g, tiling, growth, pad, dy_pad,
                       measures[t, 0], measures[t, 1], measures[t, 2], x_hat, dy_hat, kinds, zeros, LANES)
                add_bias(total, dy_pad, ones, rows, g, tiling.TW, PANEL)
                count += rows * tiling.TW
            multiply(x_hat, dy_hat, total, count, g, tiling, PANEL)
        result = partials[chunk].reshape(-1)
        transform_weight_sum(total, Square(0, SIDE * g.C * g.F, g.C * g.F), result, Square(0, 3 * g.C * g.F, g.C * g.F),
                             zeros, 0, g.C * g.F // LANES, nothing)
        copy(result, 9 * g.C * g.F, total, PLACES * g.C * g.F, g.F)
        for index in range(first_tile(start, BLOCKS, tiling), first_tile(stop, BLOCKS, tiling)):
            if kinds[index] == DIRECT:
                add_direct(result, x, dy, index, g, tiling, pad, dy_pad, PANEL)
