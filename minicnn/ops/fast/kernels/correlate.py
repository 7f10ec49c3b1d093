"""conv2d and its gradients: implicit im2col.

The reference rung builds `cols`, one row of KH*KW*C numbers for each output pixel, and multiplies it with the filters.
`cols` holds every input KH*KW times. But in a padded NHWC image the row for pixel (i, j) is already there: KH runs of
KW*C contiguous numbers, the run u beginning at pixel (i*stride_h + u, j*stride_w). The rows of neighbouring pixels lie
stride_w*C numbers apart. The register tile walks exactly such steps, so nothing is built: only the image is padded, one
at a time, into memory that stays in the cache.

- forward:          y  = im2col(x) @ w      tile rows are pixels,  columns filters, the sum runs over (u), (v, c)
- weight gradient:  dw = im2col(x).T @ dy   tile rows are weights, columns filters, the sum runs over (i), (j)
- input gradient:   dx = a convolution again, of dy with the filters turned by 180 degrees and C, F exchanged. With a
  stride, the pixels of dx fall into stride_h * stride_w families, each of which sees a subset of the filter: one
  stride-1 convolution each (no multiplication with a zero that a dilated dy would bring).

Forward and input gradient: each output element is one sum in one order, so the threads may share the rows anyhow.
Weight gradient: images are cut into a number of chunks that depends on the shapes alone; each chunk sums by itself, and
the chunks are added in order. So the bits do not depend on the number of threads.
"""

from numba import prange

from .compiler import serial
from .cpu import ROWS
from .threads import parallel
from .tile import tile


@serial
def pad_rows(x, at, row_step, H, W, C, h, w, padded, HP, WP):
    """Copy rows h .. h+HP and columns w .. w+WP of one image into `padded`; zero where there is no pixel."""
    first, last = max(0, -w), max(0, min(WP, W - w))
    for p in range(HP):
        row = p * WP * C
        if 0 <= h + p < H and first < last:
            padded[row:row + first * C] = 0
            source = at + (h + p) * row_step + (w + first) * C
            padded[row + first * C:row + last * C] = x[source:source + (last - first) * C]
            padded[row + last * C:row + WP * C] = 0
        else:
            padded[row:row + WP * C] = 0


@serial
def even(count, most):
    """The smallest step that cuts `count` into as few parts as steps of `most` would."""
    parts = -(-count // most)
    return -(-count // parts)


@parallel
def correlate(x, panels, start, y, pads, sizes, inside, y_where, low):
    """y[n, i, j] = max(start + sum_uvc x[n, i*SH + u - top, j*SW + v - left, c] * w[u, v, c], low); y written in steps."""
    N, H, W, C, KH, KW, SH, SW, top, left, OH, OW, F, BLOCK = sizes
    y_at, y_image, y_row, y_col = y_where
    T, P, PANEL = pads.shape[0], panels.shape[0], panels.shape[2]
    LANES, K = PANEL // 2, KH * KW * C
    flat, WP, HALF = panels.reshape(-1), (OW - 1) * SW + KW, even(OW, ROWS)
    for t in prange(T):
        first, last = N * OH * t // T, N * OH * (t + 1) // T
        while first < last:
            n, i = first // OH, first % OH
            rows = min(OH - i, last - first, BLOCK)
            if inside:
                source, at, row = x, (n * H + i * SH) * W * C, W * C
            else:
                source, at, row = pads[t], 0, WP * C
                pad_rows(x, n * H * W * C, W * C, H, W, C, i * SH - top, -left, source, (rows - 1) * SH + KH, WP)
            for p in range(P):
                valid = min(PANEL, F - p * PANEL)
                vectors = -(-valid // LANES)
                for r in range(rows):
                    for j in range(0, OW, HALF):
                        tile(min(HALF, OW - j), vectors, (KH, KW * C),
                             y, (y_at + n * y_image + (i + r) * y_row + j * y_col + p * PANEL, y_col),
                             start, (p * PANEL, 0),
                             source, (at + r * SH * row + j * SW * C, SW * C, row, 1),
                             flat, (p * K * PANEL, KW * C * PANEL, PANEL), valid, low)
            first += rows


@serial
def widen(dy, at, count, F, wide, FP):
    """Copy `count` pixels of F numbers to FP, zeros after them: whole vectors."""
    for p in range(count):
        wide[p * FP:p * FP + F] = dy[at + p * F:at + (p + 1) * F]
        wide[p * FP + F:(p + 1) * FP] = 0


@parallel
def weight_sums(x, dy, partials, pads, wides, ones, sizes, inside, PANEL, low):
    """partials[chunk, (u, v, c), f] = sum_nij x[n, i*SH + u - top, j*SW + v - left, c] * dy[n, i, j, f]; last: sum_nij dy."""
    N, H, W, C, KH, KW, SH, SW, top, left, OH, OW, F, BLOCK = sizes
    T, CHUNKS, K, FP = pads.shape[0], partials.shape[0], KH * KW * C, partials.shape[2]
    BLOCKS, WP, LANES = -(-OH // BLOCK), (OW - 1) * SW + KW, PANEL // 2
    for t in prange(T):
        for chunk in range(CHUNKS * t // T, CHUNKS * (t + 1) // T):
            partials[chunk] = 0
            total = partials[chunk].reshape(-1)
            for unit in range(N * BLOCKS * chunk // CHUNKS, N * BLOCKS * (chunk + 1) // CHUNKS):
                n, i = unit // BLOCKS, unit % BLOCKS * BLOCK
                rows = min(OH - i, BLOCK)
                if inside:
                    source, at, row = x, (n * H + i * SH) * W * C, W * C
                else:
                    source, at, row = pads[t], 0, WP * C
                    pad_rows(x, n * H * W * C, W * C, H, W, C, i * SH - top, -left, source, (rows - 1) * SH + KH, WP)
                if F == FP or n < N - 1:
                    b, b_at, b_step = dy, (n * OH + i) * OW * F, F
                else:
                    b, b_at, b_step = wides[t], 0, FP
                    widen(dy, (n * OH + i) * OW * F, rows * OW, F, b, FP)
                step = even(KW * C, ROWS)
                for p in range(0, FP, PANEL):
                    vectors = min(PANEL, FP - p) // LANES
                    for u in range(KH):
                        for k in range(0, KW * C, step):
                            here = ((u * KW * C + k) * FP + p, FP)
                            tile(min(step, KW * C - k), vectors, (rows, OW), total, here, total, here,
                                 source, (at + u * row + k, 1, SH * row, SW * C),
                                 b, (b_at + p, OW * b_step, b_step), PANEL, low)
                    here = (K * FP + p, FP)  # the bias is a weight whose input is always one
                    tile(1, vectors, (rows, OW), total, here, total, here,
                         ones, (0, 0, 0, 0), b, (b_at + p, OW * b_step, b_step), PANEL, low)


@parallel
def add_up(partials, dw, db):
    """The chunks' sums of dw and, as a last row, db, added in order."""
    CHUNKS, ROWS, _ = partials.shape
    for k in prange(ROWS):
        total = dw[k] if k < ROWS - 1 else db
        total[:] = partials[0, k, :total.size]
        for chunk in range(1, CHUNKS):
            for f in range(total.size):
                total[f] += partials[chunk, k, f]


@parallel
def fill_panels(w, panels):
    K, F, (P, _, PANEL) = w.shape[0], w.shape[1], panels.shape
    for p in prange(P):
        for k in range(K):
            for f in range(PANEL):
                panels[p, k, f] = w[k, p * PANEL + f] if p * PANEL + f < F else 0
