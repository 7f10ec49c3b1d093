"""The forward pass of Winograd's convolution (winograd.py explains it): gather, multiply, scatter."""

from typing import NamedTuple

import numpy as np

from .compiler import serial
from .correlate import pad_rows
from .cpu import VECTORS
from .moves import copy
from .shares import pieces
from .sizes import Columns, Geometry, Loops, Rows, Walk, ceil_div
from .threads import parallel
from .tile import tile
from .transforms import PLACES, SIDE, M, Square, transform_filter, transform_pixels, transform_result
from .winograd_range import DIRECT, ZEROS, kind_of, largest_smallest, measure, measure_windows


class Tiling(NamedTuple):
    """How images are cut into tiles, and where transformed tiles lie."""

    TH: int      # tiles of an image, down
    TW: int      # and across
    block: int   # rows of tiles that are gathered at once
    group: int   # blocks of one matrix product (in the weight gradient; forward has one)
    x_step: int  # numbers from one place to the next in x_hat
    y_step: int  # and in y_hat


@parallel
def transform_filters(share, w, w_hat, sizes, zeros, LANES):
    """w_hat[place, panel, c, f] = G w[:, :, c, f] G.T, in panels as the tile wants them; sizes[tap * C + c] of w."""
    (_, PANELS, C, PANEL), F = w_hat.shape, w.shape[3]
    flat, target, nothing = w.reshape(-1), w_hat.reshape(-1), w.dtype.type(-np.inf)
    for c in pieces(share):
        for tap in range(9):
            measure(flat, (tap * C + c) * F, sizes, tap * C + c, 1, F)
        for p in range(PANELS):
            transform_filter(flat, Square(c * F + p * PANEL, 3 * C * F, C * F),
                             target, Square((p * C + c) * PANEL, SIDE * PANELS * C * PANEL, PANELS * C * PANEL),
                             zeros, 0, min(PANEL, F - p * PANEL) // LANES, nothing)


@serial
def transform_tiles(pad, WP, C, count, TW, x_hat, at, x_step, zeros, LANES):
    """x_hat[place, at + t, c] = B.T x B of `count` tiles, from padded pixel rows of WP pixels."""
    nothing = x_hat.dtype.type(-np.inf)
    for t in range(count):
        corner = (t // TW * M * WP + t % TW * M) * C
        transform_pixels(pad, Square(corner, WP * C, C), x_hat, Square((at + t) * C, SIDE * x_step, x_step),
                         zeros, 0, C // LANES, nothing)


@serial
def gather(x, n, i, rows, g, tiling, limits, pad, sizes, across, windows, x_hat, kinds, zeros, LANES):
    """Pad `rows` rows of tiles from row i of tiles on, find out each tile's kind, and transform all of them."""
    WP, lowest, highest = tiling.TW * M + 2, limits[0], limits[1]
    pad_rows(x, n * g.H * g.W * g.C, g.W * g.C, g.H, g.W, g.C, i * M - g.top, -g.left, pad, rows * M + 2, WP)
    measure(pad, 0, sizes, 0, (rows * M + 2) * WP, g.C)
    measure_windows(sizes, WP, rows * M, across, windows)
    for t in range(rows * tiling.TW):
        largest, smallest, zero = largest_smallest(windows, t // tiling.TW * M * WP + t % tiling.TW * M, WP)
        kinds[(n * tiling.TH + i) * tiling.TW + t] = kind_of(largest, smallest, zero, lowest, highest)
    transform_tiles(pad, WP, g.C, rows * tiling.TW, tiling.TW, x_hat, 0, tiling.x_step, zeros, LANES)


@serial
def multiply(x_hat, w_hat, y_hat, zeros, count, g, tiling, PANELS, PANEL):
    """y_hat[place] = x_hat[place] @ w_hat[place] for `count` tiles."""
    loops, LANES, nothing = Loops(1, g.C), PANEL // VECTORS, x_hat.dtype.type(-np.inf)
    for place in range(PLACES):
        for p in range(PANELS):
            vectors = min(PANEL, g.F - p * PANEL) // LANES
            columns = Columns((place * PANELS + p) * g.C * PANEL, 0, PANEL)
            tile(count, vectors, loops, y_hat, Rows(place * tiling.y_step + p * PANEL, g.F), zeros, Rows(0, 0),
                 x_hat, Walk(place * tiling.x_step, g.C, 0, 1), w_hat, columns, PANEL, nothing)


@serial
def scatter(y_hat, y, n, i, rows, g, tiling, bias, corner, windows, kinds, low, LANES):
    """y = A.T y_hat A + bias for `rows` rows of tiles; a window of zeros gets the bias alone."""
    WP = tiling.TW * M + 2
    for t in range(rows * tiling.TW):
        r, h, w = t // tiling.TW, (i + t // tiling.TW) * M, t % tiling.TW * M
        high, wide = min(M, g.OH - h), min(M, g.OW - w)
        zeros = kinds[(n * tiling.TH + i) * tiling.TW + t] == ZEROS
        at, square = ((n * g.OH + h) * g.OW + w) * g.F, Square(t * g.F, SIDE * tiling.y_step, tiling.y_step)
        if high == M and wide == M and not zeros:
            transform_result(y_hat, square, y, Square(at, g.OW * g.F, g.F), bias, 0, g.F // LANES, low)
            continue
        transform_result(y_hat, square, corner, Square(0, M * g.F, g.F), bias, 0, g.F // LANES, low)
        for a in range(high):
            if not zeros:
                copy(y, at + a * g.OW * g.F, corner, a * M * g.F, wide * g.F)
                continue
            for b in range(wide):
                here, there = at + (a * g.OW + b) * g.F, (a * M + b) * g.F
                if windows[(r * M + a) * WP + w + b] == 0:
                    for f in range(g.F):
                        y[here + f] = low if bias[f] < low else bias[f]
                else:
                    copy(y, here, corner, there, g.F)


@parallel
def winograd_correlate(share, x, w_hat, bias, zeros, y, pads, x_hats, y_hats, corners, measures, kinds, sizes, tiles, limits,
                       low):
    """correlate.correlate for 3x3 filters and stride 1, but for the tiles whose kind turns out to be DIRECT."""
    PANELS, PANEL, flat, t = w_hat.shape[1], w_hat.shape[3], w_hat.reshape(-1), share.t
    g, tiling = Geometry(*sizes), Tiling(*tiles)
    pad, x_hat, y_hat, windows = pads[t], x_hats[t], y_hats[t], measures[t, 2]
    first, last = share.start, share.stop
    while first < last:
        n, i = first // tiling.TH, first % tiling.TH
        rows = min(tiling.TH - i, last - first, tiling.block)
        gather(x, n, i, rows, g, tiling, limits, pad, measures[t, 0], measures[t, 1], windows, x_hat, kinds, zeros,
               PANEL // VECTORS)
        multiply(x_hat, flat, y_hat, zeros, rows * tiling.TW, g, tiling, PANELS, PANEL)
        scatter(y_hat, y, n, i, rows, g, tiling, bias, corners[t], windows, kinds, low, PANEL // VECTORS)
        first += rows


@parallel
def direct_tiles(share, x, panels, start, y, pads, kinds, sizes, low):
    """The tiles of kind DIRECT by the definition: correlate.correlate for one tile at a time."""
    PANELS, PANEL, flat, pad = panels.shape[0], panels.shape[2], panels.reshape(-1), pads[share.t]
    g = Geometry(*sizes)
    TH, TW, run = ceil_div(g.OH, M), ceil_div(g.OW, M), 3 * g.C
    for index in pieces(share):
        if kinds[index] != DIRECT:
            continue
        n, h, w = index // (TH * TW), index // TW % TH * M, index % TW * M
        pad_rows(x, n * g.H * g.W * g.C, g.W * g.C, g.H, g.W, g.C, h - g.top, w - g.left, pad, SIDE, SIDE)
        for p in range(PANELS):
            valid, columns = min(PANEL, g.F - p * PANEL), Columns(p * 3 * run * PANEL, run * PANEL, PANEL)
            for a in range(min(M, g.OH - h)):
                at = ((n * g.OH + h + a) * g.OW + w) * g.F + p * PANEL
                tile(min(M, g.OW - w), valid // (PANEL // VECTORS), Loops(3, run), y, Rows(at, g.F),
                     start, Rows(p * PANEL, 0), pad, Walk(a * SIDE * g.C, g.C, SIDE * g.C, 1), flat, columns, valid, low)
