"""Convolution and its weight gradient on the register tile: implicit im2col.

The reference implementation builds `cols`, one row of KH*KW*C numbers for each output pixel, and multiplies it with the
filters. `cols` holds every input KH*KW times. But in a padded NHWC image the row for pixel (i, j) is already there: KH
runs of KW*C contiguous numbers, run u beginning at pixel (i*stride_h + u, j*stride_w). The rows of neighbouring pixels lie
stride_w*C numbers apart. The register tile takes such steps, so nothing is built: only the image is padded, a block of
rows at a time, into memory that stays in the cache.

- forward:          y  = im2col(x) @ w      tile rows are pixels,  columns filters, the sum runs over (u), (v, c)
- weight gradient:  dw = im2col(x).T @ dy   tile rows are weights, columns filters, the sum runs over (i), (j)

The input gradient is a convolution too (input_gradient in conv.py).

Forward: each output element is one sum in one order, so threads may share the rows in any way. Weight gradient: the images
are cut into chunks whose number depends on the shapes alone; each chunk has its own sum, and the chunks are added in
order. So the bits do not depend on the number of threads.
"""

from numba import prange

from .compiler import serial
from .cpu import VECTORS
from .moves import clear, copy
from .sizes import Columns, Geometry, Loops, Pixels, Rows, Walk, ceil_div
from .threads import parallel
from .tile import tile


@serial
def pad_rows(x, at, row_step, H, W, C, h, w, padded, HP, WP):
    """Copy rows h .. h+HP and columns w .. w+WP of one image into `padded`; zero where there is no pixel."""
    first, last = max(0, -w), max(0, min(WP, W - w))
    for p in range(HP):
        row = p * WP * C
        if 0 <= h + p < H and first < last:
            clear(padded, row, first * C)
            copy(padded, row + first * C, x, at + (h + p) * row_step + (w + first) * C, (last - first) * C)
            clear(padded, row + last * C, (WP - last) * C)
        else:
            clear(padded, row, WP * C)


@serial
def window_rows(x, pad, g, n, i, rows, inside):
    """What `rows` rows of windows of image n see, from row i on: an array, where in it they begin, the step between rows.

    The array is x itself if no window leaves the image (`inside`), else `pad`, into which they are copied.
    """
    if inside:
        return x, (n * g.H + i * g.stride_h) * g.W * g.C, g.W * g.C
    width = (g.OW - 1) * g.stride_w + g.KW
    pad_rows(x, n * g.H * g.W * g.C, g.W * g.C, g.H, g.W, g.C, i * g.stride_h - g.top, -g.left,
             pad, (rows - 1) * g.stride_h + g.KH, width)
    return pad, 0, width * g.C


@parallel
def correlate(x, panels, start, y, pads, sizes, pixels, block, inside, low):
    """y[n, i, j] = max(start + sum_uvc x[n, i*stride_h + u - top, j*stride_w + v - left, c] * w[u, v, c], low).

    `panels` are the filters w (conv.pack), `pixels` says where y's pixels lie, `block` how many rows are padded at once.
    """
    T, PANELS, PANEL = pads.shape[0], panels.shape[0], panels.shape[2]
    LANES, flat = PANEL // VECTORS, panels.reshape(-1)
    g, out = Geometry(*sizes), Pixels(*pixels)
    run = g.KW * g.C
    for t in prange(T):
        first, last = g.N * g.OH * t // T, g.N * g.OH * (t + 1) // T
        while first < last:
            n, i = first // g.OH, first % g.OH
            rows = min(g.OH - i, last - first, block)
            source, at, row = window_rows(x, pads[t], g, n, i, rows, inside)
            for p in range(PANELS):
                valid = min(PANEL, g.F - p * PANEL)
                columns = Columns(p * g.KH * run * PANEL, run * PANEL, PANEL)
                for r in range(rows):
                    here = out.at + n * out.image + (i + r) * out.row + p * PANEL
                    tile(g.OW, ceil_div(valid, LANES), Loops(g.KH, run), y, Rows(here, out.column), start, Rows(p * PANEL, 0),
                         source, Walk(at + r * g.stride_h * row, g.stride_w * g.C, row, 1), flat, columns, valid, low)
            first += rows


@serial
def widen(dy, at, count, F, wide, wide_F):
    """Copy `count` pixels of F numbers to pixels of wide_F, with zeros at their ends: whole vectors."""
    for p in range(count):
        copy(wide, p * wide_F, dy, at + p * F, F)
        clear(wide, p * wide_F + F, wide_F - F)


@serial
def whole_vectors(dy, wide, g, wide_F, n, i, rows):
    """`rows` rows of dy as the tile may read them, in whole vectors: an array, where they begin, the step between pixels.

    A vector may reach into the next pixel (those columns are not used), but not past the end of dy.
    """
    at, end = (n * g.OH + i) * g.OW * g.F, (n * g.OH + i + rows) * g.OW * g.F
    if end + wide_F - g.F <= dy.size:
        return dy, at, g.F
    widen(dy, at, rows * g.OW, g.F, wide, wide_F)
    return wide, 0, wide_F


@serial
def add_block(total, source, source_at, row, dy, dy_at, dy_step, ones, g, wide_F, rows, PANEL, low):
    """Add to `total` what `rows` rows of windows contribute: dw (KH*KW*C rows of wide_F numbers) and, a last row, db."""
    LANES, run = PANEL // VECTORS, g.KW * g.C
    loops = Loops(rows, g.OW)
    for p in range(0, wide_F, PANEL):
        vectors, columns = min(PANEL, wide_F - p) // LANES, Columns(dy_at + p, g.OW * dy_step, dy_step)
        for u in range(g.KH):
            here = Rows(u * run * wide_F + p, wide_F)
            tile(run, vectors, loops, total, here, total, here,
                 source, Walk(source_at + u * row, 1, g.stride_h * row, g.stride_w * g.C), dy, columns, PANEL, low)
        here = Rows(g.KH * run * wide_F + p, wide_F)  # the bias is a weight whose input is always one
        tile(1, vectors, loops, total, here, total, here, ones, Walk(0, 0, 0, 0), dy, columns, PANEL, low)


@parallel
def weight_sums(x, dy, partials, pads, wides, ones, sizes, block, inside, PANEL, low):
    """partials[chunk, (u, v, c), f] = sum over the chunk's (n, i, j) of x[n, i*stride_h + u - top, ..., c] * dy[n, i, j, f].

    The last row of a chunk is the sum of dy. A chunk is a range of blocks of rows.
    """
    T, CHUNKS, wide_F = pads.shape[0], partials.shape[0], partials.shape[2]
    g = Geometry(*sizes)
    BLOCKS = ceil_div(g.OH, block)
    for t in prange(T):
        for chunk in range(CHUNKS * t // T, CHUNKS * (t + 1) // T):
            total = partials[chunk].reshape(-1)
            clear(total, 0, total.size)
            for unit in range(g.N * BLOCKS * chunk // CHUNKS, g.N * BLOCKS * (chunk + 1) // CHUNKS):
                n, i = unit // BLOCKS, unit % BLOCKS * block
                rows = min(g.OH - i, block)
                source, source_at, row = window_rows(x, pads[t], g, n, i, rows, inside)
                pixels, dy_at, dy_step = whole_vectors(dy, wides[t], g, wide_F, n, i, rows)
                add_block(total, source, source_at, row, pixels, dy_at, dy_step, ones, g, wide_F, rows, PANEL, low)


@parallel
def add_up(partials, dw, db):
    """The chunks' sums of dw and, as a last row, db, added in order."""
    CHUNKS, K, _ = partials.shape
    for k in prange(K):
        total = dw[k] if k < K - 1 else db
        for f in range(total.size):
            total[f] = partials[0, k, f]
        for chunk in range(1, CHUNKS):
            for f in range(total.size):
                total[f] += partials[chunk, k, f]


@parallel
def fill_panels(w, panels):
    """panels[p, k, f] = w[k, p * PANEL + f], zero where there is no such filter."""
    K, F, (PANELS, _, PANEL) = w.shape[0], w.shape[1], panels.shape
    for p in prange(PANELS):
        for k in range(K):
            for f in range(PANEL):
                panels[p, k, f] = w[k, p * PANEL + f] if p * PANEL + f < F else 0
