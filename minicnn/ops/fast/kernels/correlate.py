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

from .compiler import serial
from .cpu import VECTORS
from .moves import clear, copy
from .shares import pieces
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

    The array is x itself if only pixels of the image are read (`inside`), else `pad`, into which the rows are copied.
    """
    if inside:
        return x, ((n * g.H + i * g.stride_h - g.top) * g.W - g.left) * g.C, g.W * g.C
    width = (g.OW - 1) * g.stride_w + g.KW
    pad_rows(x, n * g.H * g.W * g.C, g.W * g.C, g.H, g.W, g.C, i * g.stride_h - g.top, -g.left,
             pad, (rows - 1) * g.stride_h + g.KH, width)
    return pad, 0, width * g.C


@serial
def rows_seen(g, i):
    """Which rows of the filters lie on the image, for pixels of row i: from one row to another, at least one.

    The other rows see zeros. For 5x5 filters and padding 2, leaving them out saves 9% on an image of 14 rows.
    """
    first = min(max(0, g.top - i * g.stride_h), g.KH - 1)
    return first, max(first + 1, min(g.KH, g.H + g.top - i * g.stride_h))


@parallel
def correlate(share, x, panels, start, y, pads, sizes, pixels, block, inside, low):
    """y[n, i, j] = max(start + sum_uvc x[n, i*stride_h + u - top, j*stride_w + v - left, c] * w[u, v, c], low).

    `panels` are the filters w (conv.pack), `pixels` says where y's pixels lie, `block` how many rows are padded at once.
    """
    PANELS, _, PANEL = panels.shape
    LANES, flat = PANEL // VECTORS, panels.reshape(-1)
    g, out = Geometry(*sizes), Pixels(*pixels)
    run = g.KW * g.C
    first, last = share.start, share.stop
    while first < last:
        n, i = first // g.OH, first % g.OH
        rows = min(g.OH - i, last - first, block)
        source, at, row = window_rows(x, pads[share.t], g, n, i, rows, inside)
        for p in range(PANELS):
            valid = min(PANEL, g.F - p * PANEL)
            for r in range(rows):
                u, end = rows_seen(g, i + r)
                columns = Columns((p * g.KH + u) * run * PANEL, run * PANEL, PANEL)
                here = out.at + n * out.image + (i + r) * out.row + p * PANEL
                tile(g.OW, ceil_div(valid, LANES), Loops(end - u, run),
                     y, Rows(here, out.column), start, Rows(p * PANEL, 0),
                     source, Walk(at + (r * g.stride_h + u) * row, g.stride_w * g.C, row, 1), flat, columns, valid, low)
        first += rows


@serial
def panel_of(dy, wide, g, p, width, n, i, rows, apart):
    """Panel p of `rows` rows of dy, for the tile to read in whole vectors: an array, where it begins, the step between pixels.

    A vector may reach into the next pixel (those columns are not used), but not past the end of dy: there, the panel is copied,
    with zeros where no filter is. A large dw (`apart`) reads the panel so often that a copy without gaps always pays.
    (Copying every panel made dw of a 1x1 convolution with 64 channels take 1.3 times as long: it reads each only six times.)
    """
    at, count = (n * g.OH + i) * g.OW * g.F + p * width, min(width, g.F - p * width)
    if width == g.F or (not apart and at + (rows * g.OW - 1) * g.F + width <= dy.size):
        return dy, at, g.F
    for pixel in range(rows * g.OW):
        copy(wide, pixel * width, dy, at + pixel * g.F, count)
        clear(wide, pixel * width + count, width - count)
    return wide, 0, width


@serial
def seen(first, after, tap, padding, stride, size):
    """Of the pixels first .. after of an axis of y, those whose windows have `tap` on the image."""
    return max(first, ceil_div(padding - tap, stride)), min(after, (size - 1 + padding - tap) // stride + 1)


@serial
def add_block(total, at, source, source_at, row, dy, dy_at, dy_step, ones, g, width, i, rows, vectors, low, taps):
    """Add to the panel at total[at] what `rows` rows of windows contribute: dw (KH*KW*C rows of `width` numbers), and db.

    `taps` is KW: no zero of the padding is multiplied. Or 1, if C is so small that a row of the filters is one piece.
    """
    run, dy_row = g.KW * g.C // taps, g.OW * dy_step
    for u in range(g.KH):
        first, after = seen(i, i + rows, u, g.top, g.stride_h, g.H)
        for v in range(taps):
            left, right = seen(0, g.OW, v, g.left, g.stride_w, g.W) if taps > 1 else (0, g.OW)
            if first < after and left < right:
                here = Rows(at + (u * taps + v) * run * width, width)
                there = source_at + ((first - i) * g.stride_h + u) * row + (left * g.stride_w + v) * g.C
                tile(run, vectors, Loops(after - first, right - left), total, here, total, here,
                     source, Walk(there, 1, g.stride_h * row, g.stride_w * g.C),
                     dy, Columns(dy_at + (first - i) * dy_row + left * dy_step, dy_row, dy_step), width, low)
    here = Rows(at + g.KH * g.KW * g.C * width, width)                 # the bias is a weight whose input is always one
    tile(1, vectors, Loops(rows, g.OW), total, here, total, here, ones, Walk(0, 0, 0, 0),
         dy, Columns(dy_at, dy_row, dy_step), width, low)


@parallel
def weight_sums(share, x, dy, partials, pads, wides, ones, sizes, block, taps, inside, together, LANES, low):
    """partials[chunk, panel, (u, v, c), f]: over (n, i, j) of a chunk, the sum of x[n, i*stride_h + u - top, ...] * dy[...].

    The last row of a panel is the sum of dy. A chunk is a range of blocks of rows. `together` panels are one piece of work: all
    of them, or one of a large dw, which then stays in the cache while the whole chunk is added to it.
    """
    CHUNKS, PANELS, K, width = partials.shape
    g, GROUPS, flat = Geometry(*sizes), PANELS // together, partials.reshape(-1)
    BLOCKS = ceil_div(g.OH, block)
    for piece in pieces(share):
        chunk, first = piece // GROUPS, piece % GROUPS * together
        clear(flat, (chunk * PANELS + first) * K * width, together * K * width)
        for unit in range(g.N * BLOCKS * chunk // CHUNKS, g.N * BLOCKS * (chunk + 1) // CHUNKS):
            n, i = unit // BLOCKS, unit % BLOCKS * block
            rows = min(g.OH - i, block)
            source, source_at, row = window_rows(x, pads[share.t], g, n, i, rows, inside)
            for p in range(first, first + together):
                pixels, dy_at, dy_step = panel_of(dy, wides[share.t], g, p, width, n, i, rows, GROUPS > 1)
                add_block(flat, (chunk * PANELS + p) * K * width, source, source_at, row, pixels, dy_at, dy_step, ones, g,
                          width, i, rows, ceil_div(min(width, g.F - p * width), LANES), low, taps)


@parallel
def add_up(share, partials, dw, db):
    """The chunks' sums of dw and, as a last row, db, added in order."""
    CHUNKS, PANELS, K, width = partials.shape
    for k in pieces(share):
        total = dw[k] if k < K - 1 else db
        for p in range(PANELS):
            first, count = p * width, min(width, total.size - p * width)
            for f in range(count):
                total[first + f] = partials[0, p, k, f]
            for chunk in range(1, CHUNKS):
                for f in range(count):
                    total[first + f] += partials[chunk, p, k, f]


@parallel
def fill_panels(share, w, panels):
    """panels[p, k, f] = w[k, p * PANEL + f], zero where there is no such filter."""
    K, F, PANEL = w.shape[0], w.shape[1], panels.shape[2]
    for p in pieces(share):
        for k in range(K):
            for f in range(PANEL):
                panels[p, k, f] = w[k, p * PANEL + f] if p * PANEL + f < F else 0
