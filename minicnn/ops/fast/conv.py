"""conv2d and conv2d_backward: what Python decides before the kernels of correlate.py and winograd.py run."""

from typing import NamedTuple

import numpy as np

from ...shapes import conv_window
from .kernels import winograd
from .kernels.arrays import plain, plains
from .kernels.correlate import add_up, correlate, fill_panels, weight_sums
from .kernels.correlate_thin import correlate_thin
from .kernels.cpu import VECTORS, lanes, panel
from .kernels.dots import MOST
from .kernels.memory_pool import empty
from .kernels.sizes import Geometry, Pixels, ceil_div, padded_to, remembered
from .kernels.threads import Launch, num_threads

CACHE = 384 * 1024   # bytes of images that a block of rows may take, well within a core's L2
BLOCKS = 8           # at least so many blocks of rows in a weight gradient: so many threads can share a small batch
CHUNKS = 8           # so many partial sums of a weight gradient, each the size of dw ...
SMALL_CHUNKS = 16    # ... or so many if dw has at most SMALL numbers: adding them up is cheap then
SMALL = 1 << 16
LARGE = 2 << 20      # bytes of a dw that no core's L2 holds (13% faster in single panels at 4.7 MB, slower at 1.2 MB; Zen 4)
WIDE = 8             # channels from which a weight gradient is computed tap by tap


def geometry_of(x, w, stride, padding):
    """The sizes of the convolution of x with w."""
    return geometry_of_shapes(x.shape, w.shape, *(tuple(v) if isinstance(v, list) else v for v in (stride, padding)))


@remembered
def geometry_of_shapes(x_shape, w_shape, stride, padding):
    window = conv_window("conv2d", x_shape, w_shape, stride, padding)
    return Geometry(*x_shape, window.KH, window.KW, window.stride_h, window.stride_w, window.top, window.left,
                    window.OH, window.OW, w_shape[3])


@remembered
def is_inside(g):
    """Whether no window leaves the image, so that x can be read where it lies."""
    return (g.top == g.left == 0 and (g.OH - 1) * g.stride_h + g.KH <= g.H
            and (g.OW - 1) * g.stride_w + g.KW <= g.W)


def padded_row(g):
    """Numbers in one padded row: what the windows of one row of pixels see."""
    return ((g.OW - 1) * g.stride_w + g.KW) * g.C


@remembered
def rows_per_block(g, bytes_per_row):
    return int(max(1, min(g.OH, CACHE // bytes_per_row)))


def pads_for(g, block, inside, dtype):
    """Memory for the padded rows of each thread's block."""
    return empty((num_threads(), 0 if inside else ((block - 1) * g.stride_h + g.KH) * padded_row(g)), dtype)


def pack(w):
    """Filters (K, F) as panels (PANELS, K, PANEL), zeros where no filter is: the tile reads whole vectors, in order."""
    K, F = w.shape
    PANEL = panel(w.dtype)
    panels = empty((ceil_div(F, PANEL), K, PANEL), w.dtype)
    fill_panels(len(panels), w, panels)
    return panels


def conv2d(x, w, b=None, stride=1, padding=0):
    """y = x * w + b."""
    y, launches = forward(x, w, b, stride, padding, -np.inf)
    for kernel, arguments in launches:
        with Launch(kernel, arguments) as run:
            run(*arguments)
    return y


def conv2d_relu(x, w, b=None, stride=1, padding=0):
    """y = max(x * w + b, 0), the maximum taken while the sums are in registers."""
    y, launches = forward(x, w, b, stride, padding, 0.0)
    for kernel, arguments in launches:
        with Launch(kernel, arguments) as run:
            run(*arguments)
    return y


def forward(x, w, b, stride, padding, low):
    """Memory for y, and the kernels with their arguments that fill it with max(x * w + b, low)."""
    x, w = plains(x, w)
    g = geometry_of(x, w, stride, padding)
    y = empty((g.N, g.OH, g.OW, g.F), x.dtype)
    if winograd.fits(x.dtype, g):
        return y, winograd.convolve(x, w, b, y, g, low)
    return y, convolve(x, w, b, y, g, Pixels(0, g.OH * g.OW * g.F, g.OW * g.F, g.F), low)


def convolve(x, w, b, y, g, pixels, low=-np.inf):
    """Yield the kernel that suits the sizes, with its arguments, for y = max(x * w + b, low).

    `pixels` says where y's pixels lie.
    """
    dtype, PANEL = x.dtype, panel(x.dtype)
    if g.F <= MOST and (g.stride_h, g.stride_w) == (1, 1) and lanes(dtype) <= g.KW * g.C:
        start = np.zeros(g.F, dtype) if b is None else plain(b, dtype)
        yield correlate_thin, (g.N * g.OH, x.reshape(-1), plain(w.transpose(3, 0, 1, 2)).reshape(-1), start, y.reshape(-1),
                               tuple(g), tuple(pixels), dtype.type(low))
        return
    together = pixels_together(g.F, g.OW, lanes(dtype)) if pixels.column == g.F else 1
    if together > 1 and not np.isfinite(x.sum()):
        together = 1                                               # the zeros among the filters: 0 * infinity is NaN
    start = np.zeros(padded_to(together * g.F, PANEL), dtype)
    if b is not None:
        start[:together * g.F].reshape(together, g.F)[:] = b
    if together > 1:
        w = side_by_side(w, together, g.stride_w)
        g = g._replace(KW=w.shape[1], stride_w=together * g.stride_w, OW=g.OW // together, F=together * g.F)
        pixels = pixels._replace(column=together * pixels.column)
    inside, block = is_inside(g), rows_per_block(g, padded_row(g) * g.stride_h * x.itemsize)
    yield correlate, (g.N * g.OH, x.reshape(-1), pack(np.ascontiguousarray(w).reshape(-1, g.F)), start, y.reshape(-1),
                      pads_for(g, block, inside, dtype), tuple(g), tuple(pixels), block, inside, dtype.type(low))


@remembered
def pixels_together(F, OW, LANES):
    """How many neighbouring pixels to compute as one pixel with more filters, if F alone would leave lanes empty.

    (LeNet-5's 6 filters in 16 lanes: 1.6 times as fast in pairs.)
    """
    return max(g for g in range(1, OW + 1) if g == 1 or (OW % g == 0 and g * F <= LANES and OW // g >= 4))


def side_by_side(w, together, stride_w):
    """The filters that compute `together` neighbouring pixels at once: each filter moved by one stride more, zero elsewhere.

    In NHWC the results of neighbours are contiguous, so these are the results of one pixel of together * F filters.
    """
    KH, KW, C, F = w.shape
    wide = np.zeros((KH, KW + (together - 1) * stride_w, C, together, F), w.dtype)
    for k in range(together):
        wide[:, k * stride_w:k * stride_w + KW, :, k] = w
    return wide.reshape(KH, -1, C, together * F)


def conv2d_backward(dy, x, w, stride=1, padding=0, input_gradient=True):
    """dx, dw, db of y = conv2d(x, w, b); dx is None if input_gradient is False."""
    dy, x, w = plains(dy, x, w)
    g = geometry_of(x, w, stride, padding)
    dw, db = weight_gradient(dy, x, g)
    return input_gradient_of(dy, w, g) if input_gradient else None, dw.reshape(w.shape), db


def weight_gradient(dy, x, g):
    """dw as a matrix (KH*KW*C, F), and db."""
    dtype, K = x.dtype, g.KH * g.KW * g.C
    dw, db = empty((K, g.F), dtype), empty((g.F,), dtype)
    if winograd.fits(dtype, g):
        winograd.weight_gradient(dy, x, dw, db, g)
        return dw, db
    taps = g.KW if g.C >= WIDE else 1
    inside = taps > 1 or is_inside(g)                              # tap by tap, the padding is never read
    width, panels, together, block, chunks = cut(g, inside, lanes(dtype), x.itemsize)
    wides = empty((num_threads(), 0 if width == g.F else block * g.OW * width), dtype)
    partials = empty((chunks, panels, K + 1, width), dtype)
    weight_sums(chunks * panels // together, x.reshape(-1), dy.reshape(-1), partials, pads_for(g, block, inside, dtype), wides,
                np.ones(1, dtype), tuple(g), block, taps, inside, together, lanes(dtype), dtype.type(-np.inf))
    add_up(K + 1, partials, dw, db)
    return dw, db


@remembered
def cut(g, inside, LANES, itemsize):
    """How a weight gradient is cut: the panels of dw, and how many are one piece of work; rows in a block; partial sums."""
    width = min(padded_to(g.F, LANES), VECTORS * LANES)
    panels, K = ceil_div(g.F, width), g.KH * g.KW * g.C
    block = rows_per_block(g, (padded_row(g) * g.stride_h + g.OW * panels * width) * itemsize)
    block = min(block, ceil_div(g.OH, ceil_div(BLOCKS, g.N)))
    chunks = min(g.N * ceil_div(g.OH, block), SMALL_CHUNKS if K * panels * width <= SMALL else CHUNKS)
    if inside and K * g.F * itemsize > LARGE:                      # each panel reads x again, where it lies
        return width, panels, 1, block, min(chunks, ceil_div(CHUNKS, panels))
    return width, panels, panels, block, chunks


class Phase(NamedTuple):
    """The pixels first, first + stride, ... of one axis of dx: they see the same taps (rows or columns) of the filters."""

    first: int
    count: int    # of pixels
    tap: int      # the taps are tap, tap + stride, ...
    before: int   # how much dy is padded before its first pixel


def phases(size, kernel, stride, padding):
    """The phases of an axis of `size` pixels.

    Pixel h of x lies at place h + padding of the padded image. Window i reads it with tap u if i * stride + u = h + padding.
    So the taps that read it are those with u = h + padding modulo stride, the same ones for every stride-th pixel.
    """
    for first in range(min(stride, size)):
        window, tap = divmod(first + padding, stride)
        if tap < kernel:
            yield Phase(first, ceil_div(size - first, stride), tap, ceil_div(kernel - tap, stride) - 1 - window)


@remembered
def backward_geometry(g):
    """The sizes of the convolution that computes dx, if the stride is 1."""
    back = g._replace(H=g.OH, W=g.OW, C=g.F, OH=g.H, OW=g.W, F=g.C)
    return back._replace(top=g.KH - 1 - g.top, left=g.KW - 1 - g.left)


@remembered
def backward_parts(g):
    """Where the first of its taps is, the sizes and the pixels of each convolution that computes a part of dx."""
    back = backward_geometry(g)._replace(stride_h=1, stride_w=1)
    return [(row.tap, column.tap,
             back._replace(KH=ceil_div(g.KH - row.tap, g.stride_h), KW=ceil_div(g.KW - column.tap, g.stride_w),
                           top=row.before, left=column.before, OH=row.count, OW=column.count),
             Pixels((row.first * g.W + column.first) * g.C, g.H * g.W * g.C, g.stride_h * g.W * g.C, g.stride_w * g.C))
            for row in phases(g.H, g.KH, g.stride_h, g.top) for column in phases(g.W, g.KW, g.stride_w, g.left)]


def input_gradient_of(dy, w, g):
    """dx: each phase is a convolution of dy, stride 1, with its taps flipped and C and F exchanged.

    No multiplication is spent on the zeros that a dilated dy would bring.
    """
    dtype, dx = dy.dtype, empty((g.N, g.H, g.W, g.C), dy.dtype)
    if (g.stride_h, g.stride_w) == (1, 1) and winograd.fits(dtype, backward_geometry(g)):
        run_all(winograd.convolve(dy, flipped(w), None, dx, backward_geometry(g), -np.inf))
        return dx
    if g.stride_h > g.KH or g.stride_w > g.KW:
        dx.fill(0)  # pixels between the windows
    for row, column, part, pixels in backward_parts(g):
        taps = flipped(w[row::g.stride_h, column::g.stride_w])
        run_all(convolve(dy, taps, None, dx, part, pixels))
    return dx


def run_all(launches):
    """Run the kernels, one after the other."""
    for kernel, arguments in launches:
        kernel(*arguments)


def flipped(w):
    """Filters rotated by 180 degrees, C and F exchanged."""
    return plain(w[::-1, ::-1].transpose(0, 1, 3, 2))
