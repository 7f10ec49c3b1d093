"""The kernels of pooling: one walk over the windows, the channels side by side in vector lanes.

The reference implementation combines KH*KW shifted views of the whole image, each a pass through memory. Here a window's
numbers are combined while they are in registers: one pass to read x, one to write y. Windows are clipped to the image
instead of padded (minus infinity never wins, a zero adds nothing).

Threads share images if windows overlap (two windows add to one pixel), else rows of windows.
"""

from .compiler import serial
from .pool_four import four_to_largest
from .shares import pieces
from .sizes import Geometry, ceil_div
from .threads import parallel


@serial
def clip(i, stride, before, kernel, size):
    """First and last+1 pixel of window i that lie in the image."""
    first = i * stride - before
    return max(first, 0), min(first + kernel, size)


@serial
def larger(a, b):
    """The larger; a NaN wins."""
    return b if b > a or b != b else a


@parallel
def largest(share, x, y, sizes):
    """y[n, i, j, c] = the largest number of the window."""
    g = Geometry(*sizes)
    for row in pieces(share):
        n, i = row // g.OH, row % g.OH
        h0, h1 = clip(i, g.stride_h, g.top, g.KH, g.H)
        for j in range(g.OW):
            w0, w1 = clip(j, g.stride_w, g.left, g.KW, g.W)
            if h1 - h0 == 2 and w1 - w0 == 2:
                for c in range(g.C):
                    m = larger(x[n, h0, w0, c], x[n, h0, w0 + 1, c])
                    y[n, i, j, c] = larger(larger(m, x[n, h0 + 1, w0, c]), x[n, h0 + 1, w0 + 1, c])
            else:
                for c in range(g.C):
                    y[n, i, j, c] = x[n, h0, w0, c]
                for h in range(h0, h1):
                    for w in range(w0, w1):
                        for c in range(g.C):
                            y[n, i, j, c] = larger(y[n, i, j, c], x[n, h, w, c])


@serial
def wins(value, best):
    """Whether `value`, met later, takes the place of `best`: the first maximum stays, and a NaN is the largest."""
    return ((value > best) | (value != value)) & (best == best)


@parallel
def to_largest(share, dy, x, dx, sizes, block, relu):
    """dx[n, h, w, c] = sum of dy over the windows whose first maximum the pixel is; `block` rows of windows at a time."""
    g = Geometry(*sizes)
    BLOCKS = ceil_div(g.OH, block)
    for unit in pieces(share):
        n, first = unit // BLOCKS, unit % BLOCKS * block
        last = min(first + block, g.OH)
        top = max(0, first * g.stride_h - g.top) if first else 0
        bottom = min(g.H, last * g.stride_h - g.top) if last < g.OH else g.H
        dx[n, top:bottom] = 0
        for i in range(first, last):
            h0, h1 = clip(i, g.stride_h, g.top, g.KH, g.H)
            for j in range(g.OW):
                w0, w1 = clip(j, g.stride_w, g.left, g.KW, g.W)
                for c in range(g.C):
                    best, h, w = x[n, h0, w0, c], h0, w0
                    for p in range(h0, h1):
                        for q in range(w0, w1):
                            if wins(x[n, p, q, c], best):
                                best, h, w = x[n, p, q, c], p, q
                    if not relu or best > 0:
                        dx[n, h, w, c] += dy[n, i, j, c]


@parallel
def to_largest_of_four(share, dy, x, dx, relu):
    """to_largest for windows of 2x2 side by side."""
    _, OH, OW, C = dy.shape
    H, W = x.shape[1], x.shape[2]
    flat_dy, flat_x, flat_dx = dy.reshape(-1), x.reshape(-1), dx.reshape(-1)
    for row in pieces(share):
        n, i = row // OH, row % OH
        four_to_largest(flat_dy, row * OW * C, flat_x, (n * H + 2 * i) * W * C, flat_dx, W, OW, C, relu)
        dx[n, 2 * i, 2 * OW:], dx[n, 2 * i + 1, 2 * OW:] = 0, 0
        if i == OH - 1:
            dx[n, 2 * OH:] = 0


@parallel
def means(share, x, y, sizes, weight):
    """y[n, i, j, c] = weight * the sum of the window."""
    g = Geometry(*sizes)
    for row in pieces(share):
        n, i = row // g.OH, row % g.OH
        h0, h1 = clip(i, g.stride_h, g.top, g.KH, g.H)
        for j in range(g.OW):
            w0, w1 = clip(j, g.stride_w, g.left, g.KW, g.W)
            if h1 - h0 == 2 and w1 - w0 == 2:
                for c in range(g.C):
                    total = x[n, h0, w0, c] + x[n, h0, w0 + 1, c] + x[n, h0 + 1, w0, c] + x[n, h0 + 1, w0 + 1, c]
                    y[n, i, j, c] = total * weight
            else:
                y[n, i, j] = 0
                for h in range(h0, h1):
                    for w in range(w0, w1):
                        for c in range(g.C):
                            y[n, i, j, c] += x[n, h, w, c]
                for c in range(g.C):
                    y[n, i, j, c] *= weight


@parallel
def to_all(share, dy, dx, sizes, weight):
    """dx = weight * the sum of dy over the windows that see the pixel.

    The product comes last: where a product and a sum may be fused, LLVM fuses them in one of two versions of the loop and
    picks a version by where the arrays lie in memory, so the last bit could change from call to call.
    """
    g = Geometry(*sizes)
    apart = g.stride_h >= g.KH and g.stride_w >= g.KW              # no pixel lies in two windows: there is no sum
    for n in pieces(share):
        dx[n] = 0
        for i in range(g.OH):
            h0, h1 = clip(i, g.stride_h, g.top, g.KH, g.H)
            for j in range(g.OW):
                w0, w1 = clip(j, g.stride_w, g.left, g.KW, g.W)
                for h in range(h0, h1):
                    for w in range(w0, w1):
                        for c in range(g.C):
                            if apart:
                                dx[n, h, w, c] = dy[n, i, j, c] * weight
                            else:
                                dx[n, h, w, c] += dy[n, i, j, c]
        if not apart:
            for h in range(g.H):
                for w in range(g.W):
                    for c in range(g.C):
                        dx[n, h, w, c] *= weight
